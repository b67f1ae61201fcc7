"""What notices say: the templates there are, their placeholders, and texts filled in by language and channel.

A text has placeholders such as `{when}`. It is filled in late, in the language of whoever reads it, from values that
know no language: times as ISO 8601, places as record ids. Only what is words already comes in both (`reason_zh`,
`reason_en`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from backend.services.values.saying import say_time
from backend.wording import LANGUAGES, t

# text: words or names, the same in each language or given as NAME_zh and NAME_en; time: an aware ISO 8601 time;
# place: the id of a place.
Kind = Literal["text", "time", "place"]
# What a template has a text for; every channel uses one or two of them.
PARTS = ("title", "text", "sms")
MAX_TEXT = 1000
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_WHAT: Mapping[str, Kind] = {"what": "text", "when": "time", "code": "text"}
_ALERT: Mapping[str, Kind] = {"headline": "text", "area": "text", "advice": "text"}


@dataclass(frozen=True)
class Template:
    """A kind of notice: the placeholders its texts may have, and values to show it with."""

    key: str
    placeholders: Mapping[str, Kind]
    sample: Mapping[str, str] = field(default_factory=dict)


_SAMPLE = {
    "what_zh": "鸽子窝公园",
    "what_en": "Geziwo Park",
    "when": "2026-07-01T01:30:00+00:00",
    "until": "2026-07-01T01:00:00+00:00",
    "code": "K7M2",
    "party": "2",
    "headline_zh": "大风黄色预警",
    "headline_en": "Yellow gale warning",
    "area_zh": "北戴河区沿海",
    "area_en": "the coast of Beidaihe",
    "advice_zh": "请勿下海，远离堤岸。",
    "advice_en": "Stay out of the water and off the sea walls.",
    "station_zh": "老虎石海水浴场",
    "station_en": "Tiger Rock beach",
    "text_zh": "浪高1.5米，不宜下水。",
    "text_en": "Waves of 1.5 m: better not to bathe.",
    "title_zh": "停水通知",
    "title_en": "Water supply",
    "status_zh": "已派单",
    "status_en": "assigned",
}


def _template(key: str, placeholders: Mapping[str, Kind]) -> tuple[str, Template]:
    wanted = {name for placeholder in placeholders for name in (placeholder, *_in_languages(placeholder))}
    return key, Template(key, placeholders, {name: value for name, value in _SAMPLE.items() if name in wanted})


def _in_languages(placeholder: str) -> tuple[str, ...]:
    return tuple(f"{placeholder}_{lang}" for lang in LANGUAGES)


TEMPLATES: Mapping[str, Template] = dict(
    [
        _template("booking_confirmed", {**_WHAT, "party": "text"}),
        _template("booking_reminder", _WHAT),
        _template("booking_moved", _WHAT),
        _template("booking_cancelled", _WHAT),
        _template("booking_closed", _WHAT),
        _template("waiting_offer", {**_WHAT, "until": "time"}),
        _template("waiting_lapsed", {"what": "text", "when": "time"}),
        _template("request_moved", {"code": "text", "status": "text"}),
        _template("alert", _ALERT),
        _template("alert_update", _ALERT),
        _template("alert_all_clear", {"headline": "text", "area": "text"}),
        _template("reading_threshold", {"station": "text", "text": "text"}),
        _template("announcement", {"title": "text", "text": "text"}),
    ]
)


class UnknownTemplate(ValueError):
    """There is no template of this key."""


class MissingValue(ValueError):
    """A template was given no value for one of its placeholders, or one that cannot be said. `placeholder` names it."""

    def __init__(self, key: str, placeholder: str, problem: str) -> None:
        super().__init__(f"template {key}: {{{placeholder}}} {problem}")
        self.placeholder = placeholder


class InvalidText(ValueError):
    """A text that cannot be used. `lang` and `part` say which, `problem` is the id of a message that says what to mend,
    with `values` for its words.
    """

    def __init__(self, lang: str, part: str, problem: str, **values: object) -> None:
        super().__init__(problem, values)
        self.lang = lang
        self.part = part
        self.problem = problem
        self.values = values


def template_of(key: str) -> Template:
    """The template of a key. Raises UnknownTemplate, which names those there are."""
    try:
        return TEMPLATES[key]
    except KeyError:
        raise UnknownTemplate(f"there is no template {key!r}: choose of {', '.join(TEMPLATES)}") from None


def check_values(key: str, values: Mapping[str, str]) -> None:
    """Raises UnknownTemplate, and MissingValue for the first placeholder without a value that can be said."""
    for name, kind in template_of(key).placeholders.items():
        if kind == "text" and all(each in values for each in _in_languages(name)):
            continue
        if name not in values:
            given = f"give {name}" + (f", or {' and '.join(_in_languages(name))}" if kind == "text" else "")
            raise MissingValue(key, name, f"has no value: {given}")
        if kind == "time":
            _time(key, name, values[name])


def shipped(key: str) -> dict[str, dict[str, str]]:
    """The texts a template comes with: {language: {part: text}}."""
    names = {name: f"{{{name}}}" for name in template_of(key).placeholders}
    message = f"notice-{key.replace('_', '-')}"
    return {lang: {part: t(lang, f"{message}-{part}", **names) for part in PARTS} for lang in LANGUAGES}


def check_texts(key: str, texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Texts somebody wrote, checked and trimmed: complete, and with no placeholder the template has no value for.

    Raises UnknownTemplate and InvalidText.
    """
    known = template_of(key).placeholders
    checked: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        checked[lang] = {}
        for part in PARTS:
            text = str(texts.get(lang, {}).get(part, "")).replace("\r\n", "\n").strip()
            if not text:
                raise InvalidText(lang, part, "edit-required")
            if len(text) > MAX_TEXT:
                raise InvalidText(lang, part, "template-too-long", count=len(text), most=MAX_TEXT)
            unknown = [name for name in placeholders(text) if name not in known]
            if unknown:
                may = " ".join(f"{{{name}}}" for name in known)
                raise InvalidText(lang, part, "template-unknown-placeholder", name=f"{{{unknown[0]}}}", known=may)
            if any(brace in _PLACEHOLDER.sub("", text) for brace in "{}"):
                raise InvalidText(lang, part, "template-stray-brace")
            checked[lang][part] = text
    return checked


def placeholders(text: str) -> list[str]:
    """The names of the placeholders in a text, in their order."""
    return _PLACEHOLDER.findall(text)


@dataclass(frozen=True)
class Filler:
    """Fills texts in: knows the city's time zone and the names of places (`name_of(place id, language)`)."""

    zone: ZoneInfo
    name_of: Callable[[str, str], str]

    def fill(self, key: str, text: str, lang: str, values: Mapping[str, str], today: dt.date) -> str:
        """The text in words. `today` is the city's: the year is said with times of other years. Raises MissingValue."""
        kinds = template_of(key).placeholders
        said = {name: self._say(key, name, kinds[name], lang, values, today) for name in set(placeholders(text))}
        filled = _PLACEHOLDER.sub(lambda match: said[match[1]], text)
        # An optional value that is empty leaves no double space or line behind.
        return re.sub(r"[ \t]+(?=\n|$)|(?<=\n)\n+", "", re.sub(r" {2,}", " ", filled)).strip()

    def _say(self, key: str, name: str, kind: Kind, lang: str, values: Mapping[str, str], today: dt.date) -> str:
        if kind == "text":
            value = values.get(f"{name}_{lang}", values.get(name))
            if value is None:
                raise MissingValue(key, name, f"has no value in {lang}")
            return value
        if name not in values:
            raise MissingValue(key, name, "has no value")
        if kind == "place":
            return self.name_of(values[name], lang)
        return say_moment(_time(key, name, values[name]).astimezone(self.zone), lang, today)


def say_moment(moment: dt.datetime, lang: str, today: dt.date) -> str:
    """A local time so that it is right whenever it is read: 7月1日周三 9:30, "Wed 1 Jul 9:30 am"."""
    from babel.dates import format_date  # its tables take long to import

    year = moment.year != today.year
    if lang == "zh":
        return f"{format_date(moment, 'y年M月d日EEE' if year else 'M月d日EEE', locale='zh')} {moment:%H:%M}"
    return f"{format_date(moment, 'EEE d MMM y' if year else 'EEE d MMM', locale='en')} {say_time(moment.time(), lang)}"


def _time(key: str, name: str, value: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise MissingValue(key, name, f"is no time in ISO 8601: {value!r}") from None
    if moment.tzinfo is None:
        raise MissingValue(key, name, f"has no time zone: {value!r}")
    return moment


def both(name: str, zh: str, en: str) -> dict[str, str]:
    """The values of a placeholder that is words already."""
    return {f"{name}_zh": zh, f"{name}_en": en}


def keys() -> Iterable[str]:
    """The keys of all templates."""
    return TEMPLATES.keys()
