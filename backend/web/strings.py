"""The pages' words in every language, as one JSON object: the page changes language without asking the server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from backend.services.city_words import CityWords
from backend.wording import LANGUAGES, t

_CATALOGUE = Path(__file__).parents[1] / "wording" / "en" / "web.ftl"
_ID = re.compile(r"^(web|sim)-([a-z0-9-]+) *=", re.MULTILINE)


def collect(prefix: str, city: CityWords) -> dict[str, dict[str, str]]:
    """`{lang: {key: text}}` of all messages named `<prefix>-<key>` in web.ftl.

    `{ $city }` is the city's name, `{ $emergency }` its numbers for help. `{ $n }`, `{ $date }` and their like are
    filled in by the page: they stay as `{n}`, `{date}`.
    """
    keys = [key for found, key in _ID.findall(_CATALOGUE.read_text(encoding="utf-8")) if found == prefix]
    slots = {name: f"{{{name}}}" for name in ("n", "date", "name", "word", "left", "source")}

    def text(lang: str, key: str) -> str:
        return t(lang, f"{prefix}-{key}", city=city.name[lang], emergency=city.emergency_numbers[lang], **slots)

    return {lang: {key: text(lang, key) for key in keys} for lang in LANGUAGES}


def as_script(data: Any) -> str:
    """JSON that is safe inside a `<script type="application/json">`: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
