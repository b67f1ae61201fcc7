"""What is wrong with a field of a request, in the caller's language, from what pydantic found."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.wording import t

# Pydantic's types of errors (https://docs.pydantic.dev/latest/errors/validation_errors/), by what people are told.
_WORDS = {
    "missing": "field-missing",
    "extra_forbidden": "field-unknown",
    "finite_number": "field-number",
    "float_parsing": "field-number",
    "float_type": "field-number",
    "int_parsing": "field-number",
    "int_from_float": "field-number",
    "int_type": "field-number",
    "timezone_aware": "field-time",
    "datetime_parsing": "field-time",
    "datetime_from_date_parsing": "field-time",
    "datetime_object_invalid": "field-time",
    "datetime_type": "field-time",
    "string_pattern_mismatch": "field-pattern",
    "string_too_short": "field-short",
}
_BOUNDS = {
    "greater_than_equal": ("field-at-least", "ge"),
    "greater_than": ("field-more-than", "gt"),
    "less_than_equal": ("field-at-most", "le"),
    "less_than": ("field-less-than", "lt"),
    "string_too_long": ("field-long", "max_length"),
}


def fields(error: ValidationError, lang: str) -> dict[str, list[str]]:
    """What is wrong by field, in `lang`; what concerns the request as a whole stands under `request`."""
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in detail["loc"]) or "request"
        found.setdefault(name, []).append(_said(detail, lang))
    return found


def _said(detail: ErrorDetails, lang: str) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _BOUNDS:
        key, bound = _BOUNDS[kind]
        return t(lang, key, bound=_plain(context[bound]))
    if kind == "literal_error":
        return t(lang, "field-choice", values=str(context["expected"]).replace("'", "").replace(" or ", ", "))
    if kind == "value_error":
        # Our own validators raise ValueError with the id of a message.
        code = str(context["error"])
        return t(lang, code) if code.startswith("field-") else code
    return t(lang, _WORDS[kind]) if kind in _WORDS else detail["msg"]


def _plain(number: Any) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)
