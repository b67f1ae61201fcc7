"""How single facts of a place are said: names, distances, cautions, cards with their source and map links."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote
from zoneinfo import ZoneInfo

from backend.geo import Datum, convert
from backend.models import Article, Hotline, Place
from backend.services.answers.asking import Asking
from backend.services.content import closed_on
from backend.services.opening import open_state
from backend.services.opening_week import next_days
from backend.services.places import position
from backend.services.replies import Card, CardPlace, Choice, Link, Source
from backend.services.values import say_date
from backend.wording import t


def fact(record: object, field: str, lang: str) -> str:
    """A text in the person's language, the Chinese one where there is no English."""
    text: str = getattr(record, f"{field}_{lang}") or getattr(record, f"{field}_zh")
    return text


def name(record: Place | Hotline, lang: str) -> str:
    """The name in the person's language."""
    return record.name_zh if lang == "zh" else record.name_en or record.name_zh


def source(record: Place | Hotline | Article) -> Source:
    """Where the record comes from and who checked it last."""
    return Source(record.id, record.source, record.confidence, record.as_of, record.checked_by)


def caution(record: Place | Hotline | Article, lang: str, field_confidence: str = "") -> str:
    """A line asking to check first, for facts nobody vouches for; empty otherwise."""
    if "low" in (record.confidence, field_confidence):
        return t(lang, "caution-low", date=record.as_of or t(lang, "date-unknown"))
    return ""


def distance(metres: float, lang: str) -> str:
    """A distance as people say it: to ten metres below a kilometre, to a hundred above."""
    if metres < 1000:
        return t(lang, "distance-metres", metres=str(max(10, round(metres / 10) * 10)))
    return t(lang, "distance-kilometres", kilometres=f"{metres / 1000:.1f}")


def status_line(place: Place, asking: Asking) -> str:
    """Open or closed now, as far as known; empty where it is not."""
    state = open_state(place, asking.now)
    lang = asking.lang
    if state.kind == "closed_by_staff":
        reason = fact(place, "closed_reason", lang)
        last = place.closed_to.isoformat() if place.closed_to and place.closed_to != asking.now.date() else ""
        return t(lang, "closed-by-staff", reason=reason or "none", until=last or "none")
    if state.kind == "out_of_service":
        return t(lang, "out-of-service")
    if state.kind == "open":
        return t(lang, "open-until", time=state.until.strftime("%H:%M")) if state.until else t(lang, "open-always")
    if state.kind == "closed" and state.next_open:
        days = (state.next_open.date() - asking.now.date()).days
        day = (
            t(lang, "day-today")
            if days == 0
            else t(lang, "day-tomorrow")
            if days == 1
            else state.next_open.date().isoformat()
        )
        return t(lang, "closed-until", day=day, time=state.next_open.strftime("%H:%M"))
    return t(lang, "closed-now") if state.kind == "closed" else ""


def day_line(place: Place, asking: Asking, day: dt.date) -> str:
    """The hours of another day, "tomorrow (Mon 23 Nov): 08:00-17:30"; empty where they are not known."""
    lang, today = asking.lang, asking.now.date()
    said = say_date(day, lang, today)
    if closed_on(place, day):
        return t(lang, "day-closed", day=said)
    zone = asking.now.tzinfo
    if place.status in ("closed", "suspended") or not place.opening_hours or not isinstance(zone, ZoneInfo):
        return ""
    days = next_days(place.opening_hours, day, zone, 1)
    if not days or any(not span.certain for span in days[0].spans):
        return ""
    if days[0].all_day:
        return t(lang, "day-all-day", day=said)
    if not days[0].spans:
        return t(lang, "day-closed", day=said)
    spans = [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in days[0].spans]
    return t(lang, "day-hours", day=said, hours=t(lang, "list-join").join(spans))


def is_shut(place: Place, asking: Asking) -> bool:
    """Whether the place is closed today against its rule, or out of service."""
    return open_state(place, asking.now).kind in ("closed_by_staff", "out_of_service")


def map_links(place: Place, lang: str) -> list[Link]:
    """Links that open a map app at the place, each in the datum that app expects."""
    point = position(place)
    if point is None:
        return []
    gcj, wgs = convert(point, Datum.GCJ02), convert(point, Datum.WGS84)
    label = quote(name(place, lang), safe="")
    return [
        Link(
            t(lang, "map-amap"),
            f"https://uri.amap.com/marker?position={gcj.lon:.6f},{gcj.lat:.6f}&name={
                quote(place.name_zh, safe='')
            }&coordinate=gaode",
        ),
        # Apple's maps of China are in GCJ-02 too.
        Link(t(lang, "map-apple"), f"https://maps.apple.com/?ll={gcj.lat:.6f},{gcj.lon:.6f}&q={label}"),
        Link(t(lang, "map-other"), f"geo:{wgs.lat:.6f},{wgs.lon:.6f}?q={wgs.lat:.6f},{wgs.lon:.6f}({label})"),
    ]


def place_card(place: Place, asking: Asking, extra: list[str] | None = None) -> Card:
    """A place with what is known of it, most wanted first."""
    lang = asking.lang
    lines = [*(extra or [])]
    status = status_line(place, asking)
    if status:
        lines.append(status)
    for label, text in (
        ("label-hours", fact(place, "hours_text", lang)),
        ("label-price", fact(place, "price_text", lang)),
        ("label-address", fact(place, "address", lang)),
    ):
        if text:
            lines.append(t(lang, label, text=text))
    if place.phones:
        lines.append(t(lang, "label-phone", text=", ".join(place.phones)))
    if lang != "zh" and place.name_en:
        lines.append(place.name_zh)  # for the taxi driver
    point = position(place)
    card_place = CardPlace(place.id, name(place, lang), point.lat, point.lon, str(point.datum)) if point else None
    calls = [Link(t(lang, "link-call", number=phone), f"tel:{phone}") for phone in place.phones[:2]]
    return Card(name(place, lang), lines, card_place, [*map_links(place, lang), *calls], source(place))


def ask_about(place: Place, intent: str, lang: str) -> Choice:
    """An offer to go on with a question on this place."""
    return Choice(t(lang, f"choice-{intent.replace('_', '-')}"), f"{intent}:{place.id}", intent, {place.kind: place.id})


def open_place(place: Place, lang: str) -> Choice:
    """An offer to see this place."""
    return Choice(name(place, lang)[:60], f"place_details:{place.id}", "place_details", {place.kind: place.id})
