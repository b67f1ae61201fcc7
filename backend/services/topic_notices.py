"""Who is told of readings beyond a limit and of places that close, and what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from backend.models import Contact, Event, Notice, Place, Station, utcnow
from backend.services.notices import Urgency, tell_all
from backend.services.quantities import AIR
from backend.services.subscription_topics import AIR_LEVELS, ANYWHERE
from backend.services.subscriptions import slice_of, subscribers
from backend.services.templates import both
from backend.services.thresholds import PASSED
from backend.services.values import say_date
from backend.wording import LANGUAGES, t

AT_ONCE = 1_000
# Later than this a reading tells of another time.
HOLDS_FOR = dt.timedelta(hours=3)
_CLOSURE = frozenset({"closed_from", "closed_to"})
_TOPIC = {
    "beach_flag": "beach_flag",
    "wave_height": "sea",
    "bathing_water_class": "sea",
    "faecal_coliforms": "sea",
    "swimming_suitability": "sea",
    "wind_speed": "wind",
    **dict.fromkeys(AIR, "air_quality"),
}


class TopicNotices:
    """Tells people; the handlers of a follower."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def threshold(self, session: Session, event: Event, after: str) -> str | None:
        """Tells subscribers that a reading passed a limit, once, and those who heard it that it is over, once."""
        data = event.data
        observed_at = dt.datetime.fromisoformat(data["observed_at"])
        station = session.get(Station, data["station"])
        wanted = _subscribed(data, station)
        if station is None or wanted is None or observed_at < utcnow() - HOLDS_FOR:
            return None
        subject = f"{data['station']}/{data['threshold']}"
        passed = event.type == PASSED
        if not passed:
            heard = select(Notice.contact_id).where(Notice.subject == subject)
            wanted = wanted.where(exists(heard.where(Notice.contact_id == wanted.selected_columns[0])))
        said = {
            lang: t(lang, "subscriptions-passed" if passed else "subscriptions-over", text=data[f"text_{lang}"])
            for lang in LANGUAGES
        }
        return _tell(
            session,
            slice_of(session, wanted, after, AT_ONCE),
            template="reading_threshold",
            values=both("station", station.name_zh, station.name_en or station.name_zh)
            | both("text", said["zh"], said["en"]),
            subject=subject,
            dedupe=f"{subject}:{data['observed_at']}:{'passed' if passed else 'over'}",
            expires_at=observed_at + HOLDS_FOR,
            urgency="urgent" if passed and data["severity"] == "danger" else "normal",
        )

    def closure(self, session: Session, event: Event, after: str) -> str | None:
        """Tells subscribers of a place that staff have closed it, or opened it again before its time."""
        kind, _, place_id = event.subject.partition("/")
        if kind != "place" or not _CLOSURE & set(event.data.get("changed", ())):
            return None
        place = session.get(Place, place_id)
        if place is None or place.deleted_at is not None:
            return None
        today = utcnow().astimezone(self._zone).date()
        if place.closed_to is not None and place.closed_to < today:
            return None
        said = {lang: _closure(place, lang, today) for lang in LANGUAGES}
        return _tell(
            session,
            slice_of(session, subscribers("closure", [place_id]), after, AT_ONCE),
            template="announcement",
            values=both("title", place.name_zh, place.name_en or place.name_zh) | both("text", said["zh"], said["en"]),
            subject=f"closure/{place_id}",
            dedupe=f"closure:{place_id}:{event.data['version']}",
            expires_at=None,
            urgency="normal",
        )


def _subscribed(data: Mapping[str, Any], station: Station | None) -> Select[Any] | None:
    """Who wants to hear of a threshold; None where nobody can subscribe to it."""
    topic = _TOPIC.get(data["quantity"])
    if topic is None or station is None or (data["severity"] == "notice" and topic != "air_quality"):
        return None  # a notice is for staff alone; bands of air quality are what people themselves chose to hear of
    if topic in ("sea", "beach_flag"):
        return subscribers(topic, [station.place_id] if station.place_id else [])
    where = [station.district or ANYWHERE, ANYWHERE]
    if topic == "wind":
        return subscribers(topic, where)
    level = data.get("level")
    return subscribers(topic, [f"{level}@{district}" for district in where]) if level in AIR_LEVELS else None


def _tell(
    session: Session,
    contacts: list[str],
    *,
    template: str,
    values: Mapping[str, str],
    subject: str,
    dedupe: str,
    expires_at: dt.datetime | None,
    urgency: Urgency,
) -> str | None:
    if not contacts:
        return None
    tell_all(
        session,
        select(Contact.id).where(Contact.id.in_(contacts)),
        template=template,
        values=values,
        subject=subject,
        dedupe=dedupe,
        expires_at=expires_at,
        urgency=urgency,
    )
    return contacts[-1]


def _closure(place: Place, lang: str, today: dt.date) -> str:
    name = place.name_zh if lang == "zh" else place.name_en or place.name_zh
    if place.closed_from is None and place.closed_to is None:
        return t(lang, "subscriptions-reopened", name=name)
    reason = place.closed_reason_zh if lang == "zh" else place.closed_reason_en
    begin, end = place.closed_from or today, place.closed_to
    return t(
        lang,
        "subscriptions-closed",
        name=name,
        reason=reason or "none",
        begin="today" if begin <= today else say_date(begin, lang, today),
        end="open" if end is None else "same" if end <= max(begin, today) else say_date(end, lang, today),
    )
