"""How single values are shown to a clerk: times in the city's zone, ids as words, lists on one line."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from typing import Any

from backend.console.blueprint import lang, say
from backend.geo import Datum
from backend.models import Article, Edited, Place, utcnow
from backend.services.content import closed_on
from backend.services.opening import open_state
from backend.web_context import parts
from backend.wording import has

CONFIDENCE_COLOURS = {"high": "success", "medium": "warning", "low": "danger"}
_CHOICES = {"status": "console-status", "confidence": "console-confidence"}


def local(time: dt.datetime | None) -> str:
    """A stored time in the city's zone, to the minute."""
    return time.astimezone(parts().time_zone).strftime("%Y-%m-%d %H:%M") if time else ""


def hours(start: dt.datetime, end: dt.datetime) -> str:
    """From when to when, by the city's clock, without the day."""
    zone = parts().time_zone
    return f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"


def today() -> dt.date:
    """Today in the city's calendar."""
    return utcnow().astimezone(parts().time_zone).date()


def districts() -> list[tuple[str, str]]:
    """The districts of the city to choose from: ids, and names in the reader's language."""
    counties = (one for one in parts().alerts.ground().divisions if one.level == "county")
    return [(one.id, one.name_zh if lang() == "zh" else one.name_en or one.name_zh) for one in counties]


def words() -> dict[str, str]:
    """Names of districts and terms by id, in the reader's language."""
    return {
        key: zh if lang() == "zh" else en or zh
        for group in parts().content.vocabulary().values()
        for key, zh, en in group
    }


def name(record: Edited) -> str:
    """What a record is called, in the reader's language."""
    said = "title" if isinstance(record, Article) else "name"
    zh, en = getattr(record, f"{said}_zh"), getattr(record, f"{said}_en")
    return zh if lang() == "zh" else en or zh


def other_name(record: Edited) -> str:
    """What it is called in the other language."""
    said = "title" if isinstance(record, Article) else "name"
    return getattr(record, f"{said}_{'en' if lang() == 'zh' else 'zh'}")


def topic(code: str) -> str:
    """A topic in words; one nobody has words for as it is."""
    key = f"console-topic-{code.replace('_', '-')}"
    return say(key) if has(key) else code


def value(name: str, stored: Any, known: Mapping[str, str]) -> str:
    """A stored value as a clerk reads it; what is empty says so."""
    if name == "deleted_at":
        return say("console-is-deleted" if stored else "console-not-deleted")
    if stored in (None, "", [], {}):
        return say("console-empty")
    if name in _CHOICES:
        return say(f"{_CHOICES[name]}-{stored}")
    if name == "datum":
        return say(f"console-datum-{Datum(stored).name.lower()}")
    if isinstance(stored, list):
        return say("list-join").join(known.get(str(entry), str(entry)) for entry in stored)
    return known.get(str(stored), str(stored))


def state(place: Place) -> tuple[str, str]:
    """`(colour, words)` of what a visitor would find now: closed by staff, out of service, open, closed, not known."""
    now = utcnow().astimezone(parts().time_zone)
    if place.deleted_at:
        return "dark", say("console-is-deleted")
    if closed_on(place, now.date()):
        last = place.closed_to
        if last is None:
            return "danger", say("console-closed-open-end")
        return "danger", say("console-closed-today") if last == now.date() else say("console-closed-to", date=str(last))
    if place.status in ("closed", "suspended"):
        return "danger", say(f"console-status-{place.status}")
    kind = open_state(place, now, parts().calendar_days.current()).kind
    colour = {"open": "success", "closed": "secondary"}.get(kind, "light")
    return colour, say(f"console-now-{kind}") if kind in ("open", "closed") else say("console-now-unknown")


def as_read(text: str, channel: str) -> str:
    """An answer as the person sees it: WeChat shows a link's title and hides its markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)) if channel == "wechat" else text


def action(code: str) -> str:
    """An audit action in words; a code nobody has words for as it is."""
    key = f"console-action-{code.replace('.', '_')}"
    return say(key) if has(key) else code


def detail(stored: Mapping[str, Any]) -> str:
    """What the audit trail says about an action, on one line."""
    said = []
    if stored.get("changed"):
        named = [f"console-field-{name}" for name in stored["changed"]]
        said.append(
            say("list-join").join(say(key) if has(key) else key.removeprefix("console-field-") for key in named)
        )
    if stored.get("version"):
        said.append(say("console-version", version=str(stored["version"])))
    said += [str(stored[key]) for key in ("comment", "summary", "role") if stored.get(key)]
    return " · ".join(said)
