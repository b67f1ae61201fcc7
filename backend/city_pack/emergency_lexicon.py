"""From the validated `emergency.yml` to its lexicon: numbers exist, and the examples are recognised as they should."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document
from backend.city_pack.emergency import find_emergencies
from backend.city_pack.errors import PackError
from backend.city_pack.model import EmergencyGroup, EmergencyLexicon


def lexicon_of(document: Document, hotlines: Collection[str] | None, errors: list[PackError]) -> EmergencyLexicon:
    """The lexicon; `hotlines` are those with a phone number, None where they are not known."""
    value = document.value
    checks = Checks(document, errors)
    for index, raw in enumerate(value["groups"]):
        for number, hotline in enumerate(raw["hotlines"]):
            if hotlines is not None and hotline.removeprefix("hotline:") not in hotlines:
                message = f"“{hotline}” is not a hotline with a phone number; write an id such as hotline:police"
                checks.problem(("groups", index, "hotlines", number), message)
    lexicon = EmergencyLexicon(
        groups=tuple(_group(raw, checks.line(("groups", index))) for index, raw in enumerate(value["groups"])),
        harmless=_compiled(value["harmless"]),
        must_match=tuple((group, text) for group, texts in value["must_match"].items() for text in texts),
        must_not_match=tuple(value["must_not_match"]),
    )
    _check_examples(checks, value, lexicon)
    return lexicon


def _check_examples(checks: Checks, value: Mapping[str, Any], lexicon: EmergencyLexicon) -> None:
    """The sentences given as examples are recognised as the file says."""
    for group, texts in value["must_match"].items():
        for index, text in enumerate(texts):
            found = [match.id for match in find_emergencies(lexicon, text)]
            if group not in found:
                seen_as = ", ".join(found) or "nothing"
                message = f"“{text}” is recognised as {seen_as}; add a pattern to the group “{group}”"
                checks.problem(("must_match", group, index), message)
    for index, text in enumerate(lexicon.must_not_match):
        found = [match.id for match in find_emergencies(lexicon, text)]
        if found:
            message = f"“{text}” is taken for {', '.join(found)}; narrow a pattern there or add a harmless phrase"
            checks.problem(("must_not_match", index), message)


def _group(raw: Mapping[str, Any], line: int) -> EmergencyGroup:
    return EmergencyGroup(
        id=raw["id"],
        hotlines=tuple(raw["hotlines"]),
        advice_zh=tuple(raw["advice_zh"]),
        advice_en=tuple(raw["advice_en"]),
        patterns=_compiled([*raw["patterns_zh"], *raw["patterns_en"]]),
        line=line,
    )


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
