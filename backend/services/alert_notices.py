"""Who is told of an alert, and what: subscribers where it holds and, where lives depend on it, whoever lately shared
that they are there; of an update and of the end everybody who was told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, distinct, exists, false, func, select, union
from sqlalchemy.orm import Session

from backend.database import insert_or_ignore
from backend.geo import Point
from backend.models import Alert, AlertRecipient, Contact, Conversation, Event, Notice, Subscription, utcnow
from backend.services.alert_areas import CITY
from backend.services.alert_kinds import WINDY
from backend.services.alerts import districts_of
from backend.services.alerts_here import in_language, message_of, speaks, touches
from backend.services.cap import Info
from backend.services.cap.message import CERTAINTY, SEVERITY
from backend.services.notices import Urgency, tell_all
from backend.services.shared_positions import point_of, recently_shared
from backend.services.subscription_topics import ANYWHERE
from backend.services.subscriptions import slice_of
from backend.services.templates import say_moment
from backend.wording import LANGUAGES, t

# The id of the district a point probably lies in; "" where nobody knows.
DistrictOf = Callable[[Point], str]
# So many people are told in one transaction.
AT_ONCE = 1_000
# What a person is advised goes out in whole sentences, as many as find room: by SMS each further segment costs.
MAX_ADVICE = {"zh": 100, "en": 200}


class AlertNotices:
    """Tells people; the handlers of a follower."""

    def __init__(self, zone: ZoneInfo, district_of: DistrictOf) -> None:
        self._zone = zone
        self._district_of = district_of

    def raised(self, session: Session, event: Event, after: str) -> str | None:
        """Tells the subscribers where an alert holds and, where lives depend on it, those who are there; of an update
        everybody who was told before, too.
        """
        row = session.get(Alert, event.data["alert"], with_for_update=True)
        # Locked, so that nobody is told of it any more once it is over.
        if row is None or row.state != "current" or row.expires_at <= utcnow():
            return None
        wanted = _wanted(row)
        update = event.type == "alert.updated"
        if update:
            wanted = union(wanted, _told(row.thread_id)).subquery().select()
        found = slice_of(session, _candidates(row, wanted), after, AT_ONCE)
        if not found:
            return None
        contacts = _concerned(session, row, wanted, found, self._district_of)
        if not contacts:
            return found[-1]
        tell_all(
            session,
            _these(contacts),
            template="alert_update" if update else "alert",
            values=self._values(row),
            subject=f"alert/{row.id}",
            dedupe=f"alert:{row.id}",
            expires_at=row.expires_at,
            urgency=urgency_of(row),
        )
        now = utcnow()
        rows = [{"thread_id": row.thread_id, "contact_id": id_, "told_at": now} for id_ in contacts]
        insert_or_ignore(session, AlertRecipient.__table__, rows)  # type: ignore[arg-type]
        return found[-1]

    def cleared(self, session: Session, event: Event, after: str) -> str | None:
        """Tells exactly those who were told of the alert that it is over. One that merely ran out is told to nobody:
        nobody has said that there is no danger any more.
        """
        if event.data.get("reason") != "all_clear":
            return None
        row = session.get(Alert, event.data["alert"])
        thread = list(session.scalars(select(Alert).where(Alert.thread_id == event.data["thread"])))
        if row is None or any(other.state == "current" for other in thread):
            return None
        last = next((other for other in thread if other.ended_by == row.id), row)
        contacts = slice_of(session, _who_got(thread), after, AT_ONCE)
        if not contacts:
            return None
        values = self._values(last)
        tell_all(
            session,
            _these(contacts),
            template="alert_all_clear",
            values={name: value for name, value in values.items() if not name.startswith("advice")},
            subject=f"alert/{row.id}",
            dedupe=f"alert:{row.id}",
            urgency="urgent" if urgency_of(last) == "life_safety" else "normal",
        )
        return contacts[-1]

    def _values(self, row: Alert) -> dict[str, str]:
        infos = message_of(row.xml).infos
        today = utcnow().astimezone(self._zone).date()
        values: dict[str, str] = {}
        for lang in LANGUAGES:
            info = in_language(_gravest_first(infos), lang)
            until = say_moment((info.expires or row.expires_at).astimezone(self._zone), lang, today)
            advice = [t(lang, "alerts-until", until=until), _sentences(info.instruction, MAX_ADVICE[lang])]
            values[f"headline_{lang}"] = headline(info, lang)
            values[f"area_{lang}"] = area(info, lang)
            values[f"advice_{lang}"] = ("" if lang == "zh" else " ").join(part for part in advice if part)
        return values


def urgency_of(row: Alert) -> Urgency:
    """How urgent it is to tell of an alert: grave and at hand is a matter of life."""
    at_hand = row.urgency in ("Immediate", "Expected")
    likely = CERTAINTY.index(row.certainty) <= CERTAINTY.index("Possible")
    grave = SEVERITY.index(row.severity)
    if at_hand and likely and grave <= SEVERITY.index("Severe"):
        return "life_safety"
    if grave <= SEVERITY.index("Severe") or (at_hand and row.severity == "Moderate"):
        return "urgent"
    return "normal"


def how_many(session: Session, row: Alert, district_of: DistrictOf) -> int:
    """How many people would be told of an alert, whether it is stored or not."""
    wanted = _wanted(row)
    count = session.scalar(select(func.count(distinct(wanted.subquery().c[0])))) or 0
    if urgency_of(row) != "life_safety":
        return count
    others = session.execute(recently_shared().where(Conversation.contact_id.not_in(wanted)))
    return count + sum(_is_there(row, stored, district_of) for _, stored in others)


def headline(info: Info, lang: str) -> str:
    """What an alert says in a few words; that it is in another language only is said plainly."""
    said = info.headline or info.event
    return said if speaks(info, lang) else t(lang, "alerts-foreign", headline=said)


def area(info: Info, lang: str) -> str:
    """Where it holds, in its own words."""
    named = dict.fromkeys(one.description for one in info.areas if one.description)
    return t(lang, "list-join").join(named) or t(lang, "alerts-area-unknown")


def _wanted(row: Alert) -> Select[Any]:
    """Who subscribed to what it is about. Where nobody can tell where it holds, nobody is told."""
    districts = districts_of(row)
    topics = ("alerts", "wind") if row.kind in WINDY else ("alerts",)
    wanted = select(Subscription.contact_id).where(Subscription.topic.in_(topics), Subscription.ended_at.is_(None))
    if not districts:
        return wanted.where(false())
    return wanted if CITY in districts else wanted.where(Subscription.about.in_([*districts, ANYWHERE]))


def _candidates(row: Alert, wanted: Select[Any]) -> Select[Any]:
    """Who asked to be told and, where lives depend on it, everybody who may be there."""
    if urgency_of(row) != "life_safety":
        return wanted
    shared = recently_shared().with_only_columns(Conversation.contact_id)
    return union(wanted, shared).subquery().select()


def _concerned(
    session: Session, row: Alert, wanted: Select[Any], contacts: list[str], district_of: DistrictOf
) -> list[str]:
    """Those of some candidates who asked to be told or are there, in their order."""
    if urgency_of(row) != "life_safety":
        return contacts
    asked = wanted.subquery()
    told = set(session.scalars(select(asked.c[0]).where(asked.c[0].in_(contacts))))
    others = recently_shared().where(Conversation.contact_id.in_([id_ for id_ in contacts if id_ not in told]))
    told |= {id_ for id_, stored in session.execute(others) if _is_there(row, stored, district_of)}
    return [id_ for id_ in contacts if id_ in told]


def _is_there(row: Alert, stored: Any, district_of: DistrictOf) -> bool:
    point = point_of(stored)
    return point is not None and touches(row, point, district_of(point))


def _told(thread_id: str) -> Select[Any]:
    return select(AlertRecipient.contact_id).where(AlertRecipient.thread_id == thread_id)


def _who_got(thread: Sequence[Alert]) -> Select[Any]:
    """Those who were told of any message of a thread, but for whom it was withdrawn before it was on its way."""
    subjects = [f"alert/{row.id}" for row in thread]
    got = exists().where(
        Notice.contact_id == AlertRecipient.contact_id,
        Notice.subject.in_(subjects),
        Notice.error.is_distinct_from("withdrawn"),
    )
    return _told(thread[0].thread_id).where(got)


def _these(contacts: Sequence[str]) -> Select[Any]:
    return select(Contact.id).where(Contact.id.in_(contacts))


def _gravest_first(infos: Sequence[Info]) -> list[Info]:
    return sorted(infos, key=lambda info: SEVERITY.index(info.severity))


def _sentences(text: str, room: int) -> str:
    """The first sentences of a text that fit into so many characters; none where not even the first does."""
    found = ""
    for sentence in re.findall(r"[^。！？.!?]+[。！？.!?]*\s*", text):
        if len((found + sentence).strip()) > room:
            break
        found += sentence
    return found.strip()
