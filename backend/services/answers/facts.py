"""How single facts of a place are said: names, distances, cautions, cards with their source and map links."""

from __future__ import annotations

from urllib.parse import quote

from backend.models import Article, Hotline, Place
from backend.services import map_links as map_apps
from backend.services.answers.asking import Asking
from backend.services.answers.opening import day_line, is_shut, moment_line, status_line
from backend.services.places import position
from backend.services.replies import Card, CardImage, CardPlace, Choice, Link, Source
from backend.wording import t

__all__ = [
    "ask_about", "caution", "day_line", "distance", "fact", "is_shut", "map_links", "moment_line", "name", "open_place",
    "place_card", "source", "status_line",
]  # fmt: skip


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


def map_links(place: Place, lang: str) -> list[Link]:
    """Links that open a map app at the place, each in the datum that app expects."""
    point = position(place)
    return [] if point is None else map_apps.links(point, name(place, lang), lang, local_name=place.name_zh)


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
    links = [*map_links(place, lang), *calls]
    return Card(name(place, lang), lines, card_place, links, source(place), place_picture(place, lang))


def place_picture(place: Place, lang: str) -> CardImage | None:
    """The small map of where the place is; None where that is not known."""
    if position(place) is None:
        return None
    return CardImage(
        f"/maps/places/{quote(place.id, safe=':')}.svg?lang={lang}", t(lang, "maps-place-alt", name=name(place, lang))
    )


def ask_about(place: Place, intent: str, lang: str) -> Choice:
    """An offer to go on with a question on this place."""
    return Choice(t(lang, f"choice-{intent.replace('_', '-')}"), f"{intent}:{place.id}", intent, {place.kind: place.id})


def open_place(place: Place, lang: str) -> Choice:
    """An offer to see this place."""
    return Choice(name(place, lang)[:60], f"place_details:{place.id}", "place_details", {place.kind: place.id})
