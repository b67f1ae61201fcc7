"""Alerts that our staff raise, update and end: what they fill in becomes a CAP message like any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from backend.database import Database
from backend.geo import Datum, Point, convert
from backend.models import Alert, new_uuid, utcnow
from backend.services.alert_areas import CITY, Ground, city_codes
from backend.services.alert_kinds import KIND_CODE, KINDS, category_of
from backend.services.alert_notices import how_many
from backend.services.alerts import Alerts
from backend.services.alerts_here import message_of
from backend.services.cap import Area, Circle, Info, Message, Named
from backend.services.cap.message import CERTAINTY, SEVERITY, URGENCY
from backend.services.content_rules import InvalidEdit
from backend.services.editing import Editor, NoSuchRecord
from backend.wording import LANGUAGES, t

MAX_HEADLINE = {"zh": 40, "en": 90}  # it goes out by SMS
MAX_TEXT = 1000
MAX_DAYS = 7
MAX_RADIUS_KM = 500.0
_TAG = {"zh": "zh-CN", "en": "en-GB"}


@dataclass(frozen=True)
class Draft:
    """What a member of staff fills in. Texts are by language; the English ones may be empty. `districts` are ids, or
    `CITY`; `centre` with `radius_km` is a circle besides. `expires` is aware.
    """

    kind: str
    severity: str
    urgency: str
    certainty: str
    headline: Mapping[str, str]
    instruction: Mapping[str, str]
    districts: tuple[str, ...]
    expires: dt.datetime | None
    centre: Point | None = None
    radius_km: float | None = None


@dataclass(frozen=True)
class SecondLook:
    """What would go out: the row it would be, and how many people would be told."""

    alert: Alert
    people: int


class StaffAlerts:
    """Raises, updates and ends alerts. `sender` is our name in CAP messages."""

    def __init__(self, db: Database, alerts: Alerts, sender: str, zone: ZoneInfo) -> None:
        self._db = db
        self._alerts = alerts
        self._sender = sender
        self._zone = zone

    def look(self, draft: Draft) -> SecondLook:
        """What a draft would be, before it goes out. Raises InvalidEdit."""
        row = self._alerts.row_of(self._message(draft, None))
        with self._db.read() as session:
            return SecondLook(row, how_many(session, row, self._alerts.district_of))

    def raise_(self, draft: Draft, editor: Editor) -> Alert:
        """Raises an alert. Raises InvalidEdit."""
        return self._alerts.store(self._message(draft, None), editor=editor).alert

    def update(self, alert_id: str, draft: Draft, editor: Editor) -> Alert:
        """Puts another message in the place of one that holds. Raises NoSuchRecord where none does, InvalidEdit."""
        return self._alerts.store(self._message(draft, self._running(alert_id)), editor=editor).alert

    def clear(self, alert_id: str, editor: Editor) -> Alert:
        """Says that the danger is over; those who were told of it are told. Raises NoSuchRecord."""
        running = self._running(alert_id)
        cancel = Message(
            identifier=new_uuid(),
            sender=self._sender,
            sent=self._now(),
            status="Actual",
            msg_type="Cancel",
            scope="Public",
            references=(message_of(running.xml).as_reference,),
            infos=message_of(running.xml).infos,
        )
        return self._alerts.store(cancel, editor=editor).alert

    def draft_of(self, alert: Alert) -> Draft:
        """What was filled in, or could have been, for an alert: to begin an update from."""
        infos = message_of(alert.xml).infos
        by_lang = {lang: [one for one in infos if one.language.startswith(lang)] for lang in LANGUAGES}
        circles = [circle for info in infos for area in info.areas for circle in area.circles]
        return Draft(
            kind=alert.kind,
            severity=alert.severity,
            urgency=alert.urgency,
            certainty=alert.certainty,
            headline={lang: found[0].headline if found else "" for lang, found in by_lang.items()},
            instruction={lang: found[0].instruction if found else "" for lang, found in by_lang.items()},
            districts=tuple(sorted({id_ for reach in alert.reach for id_ in reach["named"]})),
            expires=alert.expires_at,
            centre=circles[0].centre if circles else None,
            radius_km=circles[0].radius_km if circles else None,
        )

    def _running(self, alert_id: str) -> Alert:
        row = self._alerts.get(alert_id)
        if row is None or row.state not in ("waiting", "current"):
            raise NoSuchRecord(alert_id)
        return row

    def _message(self, draft: Draft, instead_of: Alert | None) -> Message:
        if problems := self._problems(draft):
            raise InvalidEdit(problems)
        assert draft.expires is not None
        now, ground = self._now(), self._alerts.ground()
        languages = [lang for lang in LANGUAGES if draft.headline.get(lang, "").strip()]
        return Message(
            identifier=new_uuid(),
            sender=self._sender,
            sent=now,
            status="Actual",
            msg_type="Alert" if instead_of is None else "Update",
            scope="Public",
            references=() if instead_of is None else (message_of(instead_of.xml).as_reference,),
            infos=tuple(self._info(draft, lang, ground, now) for lang in languages),
        )

    def _info(self, draft: Draft, lang: str, ground: Ground, now: dt.datetime) -> Info:
        assert draft.expires is not None
        codes, divisions = city_codes(ground.divisions, draft.districts)
        circles: tuple[Circle, ...] = ()
        names = [one.name_zh if lang == "zh" else one.name_en or one.name_zh for one in divisions]
        if draft.centre is not None and draft.radius_km:
            circles = (Circle(convert(draft.centre, Datum.WGS84), draft.radius_km),)
            names.append(t(lang, "alerts-circle", radius=f"{draft.radius_km:g}"))
        return Info(
            language=_TAG[lang],
            categories=(category_of(draft.kind),),
            event_codes=(Named(KIND_CODE, draft.kind),),
            event=t(lang, f"alerts-kind-{draft.kind.replace('_', '-')}"),
            urgency=draft.urgency,
            severity=draft.severity,
            certainty=draft.certainty,
            effective=now,
            expires=draft.expires.astimezone(self._zone).replace(microsecond=0),
            headline=draft.headline[lang].strip(),
            instruction=draft.instruction.get(lang, "").strip(),
            areas=(Area(t(lang, "list-join").join(names), circles=circles, geocodes=codes),),
        )

    def _problems(self, draft: Draft) -> dict[str, str]:
        """What is wrong, by field, as ids of messages."""
        problems: dict[str, str] = {}
        for name, value, known in (
            ("kind", draft.kind, KINDS),
            ("severity", draft.severity, SEVERITY),
            ("urgency", draft.urgency, URGENCY),
            ("certainty", draft.certainty, CERTAINTY),
        ):
            if value not in known:
                problems[name] = "edit-choose"
        if not draft.headline.get("zh", "").strip():
            problems["headline_zh"] = "edit-required"
        for lang in LANGUAGES:
            if len(draft.headline.get(lang, "")) > MAX_HEADLINE[lang]:
                problems[f"headline_{lang}"] = "edit-too-long"
            if len(draft.instruction.get(lang, "")) > MAX_TEXT:
                problems[f"instruction_{lang}"] = "edit-too-long"
        known_ids = {CITY, *(division.id for division in self._alerts.ground().divisions)}
        circle = draft.centre is not None and draft.radius_km is not None
        if not set(draft.districts) <= known_ids:
            problems["districts"] = "edit-choose"
        elif not draft.districts and not circle:
            problems["districts"] = "alerts-where-required"
        if (draft.centre is None) != (draft.radius_km is None):
            problems["radius_km"] = "alerts-whole-circle"
        elif draft.radius_km is not None and not 0 < draft.radius_km <= MAX_RADIUS_KM:
            problems["radius_km"] = "alerts-radius"
        elif draft.centre is not None and draft.centre.datum is Datum.UNKNOWN:
            problems["datum"] = "edit-choose"
        now = utcnow()
        if draft.expires is None:
            problems["expires"] = "edit-required"
        elif not now < draft.expires <= now + dt.timedelta(days=MAX_DAYS):
            problems["expires"] = "alerts-expires-range"
        return problems

    def _now(self) -> dt.datetime:
        return utcnow().astimezone(self._zone).replace(microsecond=0)
