"""Errors of the API: `{"error": {"code", "message"}}`, the message in the caller's language."""

from __future__ import annotations

from typing import Any

from apiflask import HTTPError
from flask import request
from pydantic import ValidationError

from backend.api.field_errors import fields
from backend.wording import LANGUAGES, has, t

# Codes of errors raised by the framework, by status.
_CODES = {
    400: "invalid_body",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_long",
    415: "invalid_body",
    429: "busy",
}


class ApiError(HTTPError):
    """An error with a stable code; words for it are looked up as `error-<code>`. `fields` says what is wrong where, by
    location (`query`, `json`) and name.
    """

    def __init__(self, status: int, code: str, retry_after: int | None = None, detail: Any = None) -> None:
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        super().__init__(status, detail=detail, extra_data={"code": code}, headers=headers)


def person_lang() -> str:
    """The language of the person behind this request: the one it asks for, else by Accept-Language."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, default="zh") or "zh"


def error_body(status: int, code: str | None = None, detail: Any = None) -> dict[str, Any]:
    """The JSON of an error. `detail` names the fields that are wrong, where the framework knows them."""
    code = code or _CODES.get(status) or f"http_{status}"
    key = f"error-{code.replace('_', '-')}"
    body: dict[str, Any] = {"code": code, "message": t(person_lang(), key if has(key) else "error-other")}
    if detail:
        body["fields"] = detail
    return {"error": body}


def process(error: HTTPError) -> tuple[dict[str, Any], int, Any]:
    """What APIFlask calls for every error raised in the API."""
    code = error.extra_data.get("code") if error.extra_data else None
    detail = error.detail
    if isinstance(error.__cause__, ValidationError) and detail:
        detail = {location: fields(error.__cause__, person_lang()) for location in detail}
    return error_body(error.status_code, code, detail), error.status_code, error.headers
