"""Lists by distance: the nearest, the nearest that are open at a time, and the distances of their later pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from backend.geo import Datum, Point, distance_m
from backend.models import Place
from backend.services.answers import facts, whereabouts
from backend.services.answers.asking import PAGE, Answered, Asking, Desk
from backend.services.answers.open_at import open_at, say_when
from backend.services.answers.pages import page, with_first_lines, with_lines
from backend.services.answers.whereabouts import Origin
from backend.services.opening import open_state
from backend.services.places import Near, Wanted, position
from backend.services.replies import Reply
from backend.wording import t

NEARBY_METRES = 5_000.0
# Of what is near so many are listed at most.
_LISTED = 50


def near_list(
    desk: Desk,
    asking: Asking,
    code: str,
    origin: Origin,
    wanted: Wanted,
    none: Reply,
) -> Answered:
    """What fits around `origin`.

    Nearest first, those within reach; where nothing is within reach the nearest few all the same, with their distance.
    Where the question says when they must be open, those that are, and behind them those that may be. `none` is the
    reply where there is none with a known position.
    """
    at = open_at(asking)
    if at is not None:
        return _open_list(desk, asking, code, origin, wanted, at, none)
    around = _around(desk, origin, wanted)
    if not around:
        return Answered([none], focus=asking.focus)
    # What is shut today comes last: the headline names the first.
    around = sorted(around, key=lambda near: facts.is_shut(near.place, asking))
    key = "clinic-near-headline" if code == "find_clinic" else "near-headline"
    headline = t(asking.lang, key, **_first(around[0], origin, asking))
    return _listed(asking, code, headline, around, origin, None)


def distances(desk: Desk, asking: Asking, places: list[Place]) -> dict[str, float]:
    """Metres from where the list in talk was measured from, by id; empty where that is no longer known."""
    origin = _remembered_origin(desk, asking)
    if origin is None:
        return {}
    points = ((place.id, position(place)) for place in places)
    return {place_id: distance_m(origin, point) for place_id, point in points if point is not None}


def remembered_openings(asking: Asking, places: list[Place]) -> dict[str, str]:
    """How places of the list in talk are open at the time it was asked for; empty where it was for any time."""
    said = (asking.list_around() or {}).get("open_at")
    return _openings(places, _moment(said, asking), asking) if said else {}


def _around(desk: Desk, origin: Origin, wanted: Wanted) -> list[Near]:
    """The places within reach, or else the nearest few."""
    here = {origin.place.id} if origin.place else set()
    for within, limit in ((NEARBY_METRES, _LISTED), (None, PAGE)):
        found = desk.places.nearest(origin.point, wanted, within_m=within, limit=limit + len(here))
        found = [near for near in found if near.place.id not in here][:limit]
        if found:
            return found
    return []


def _open_list(
    desk: Desk,
    asking: Asking,
    code: str,
    origin: Origin,
    wanted: Wanted,
    at: dt.datetime,
    none: Reply,
) -> Answered:
    lang, when = asking.lang, say_when(at, asking)
    here = {origin.place.id} if origin.place else set()
    for within, limit in ((NEARBY_METRES, _LISTED), (None, PAGE)):
        found = desk.places.nearest_open(
            origin.point, wanted, at, limit=limit + len(here), within_m=within, calendar=asking.calendar
        )
        sure = [near for near in found.open if near.place.id not in here][:limit]
        maybe = [near for near in found.unknown if near.place.id not in here][:limit]
        if sure or maybe:
            break
    if sure:
        headline = t(lang, "nearest-open", when=when, **_first(sure[0], origin, asking))
    elif maybe:
        headline = t(lang, "nearest-maybe", when=when, **_first(maybe[0], origin, asking))
    else:
        sure = _around(desk, origin, wanted)
        if not sure:
            return Answered([none], focus=asking.focus)
        headline = t(lang, "nearest-none-open", when=when, where=origin.label)
    return _listed(asking, code, headline, [*sure, *maybe], origin, at)


def _listed(
    asking: Asking, code: str, headline: str, around: list[Near], origin: Origin, at: dt.datetime | None
) -> Answered:
    places = [near.place for near in around]
    metres = {near.place.id: near.metres for near in around}
    openings = _openings(places[:PAGE], at, asking) if at else None
    answered = page(asking, code, headline, places, 0, metres, openings)
    # The person's own position is kept nowhere but where they sent it; the middle of a street is not kept at all.
    own = origin.place is None and origin.point == asking.location
    memory: dict[str, Any] = {"place": origin.place.id if origin.place else None if own else ""}
    if at is not None:
        memory["open_at"] = "now" if at == asking.now else at.isoformat()
    # "Is it open?" after the nearest hospital means the hospital; after sights around a place, the place.
    here = origin.place.id if origin.place else asking.focus
    answered = replace(answered, focus=places[0].id if code == "find_clinic" else here, around=memory)
    return whereabouts.caution(answered, origin, asking.lang)


def _first(nearest: Near, origin: Origin, asking: Asking) -> dict[str, str]:
    lang = asking.lang
    return {
        "where": origin.label,
        "name": facts.name(nearest.place, lang),
        "distance": facts.distance(nearest.metres, lang),
    }


def _openings(places: list[Place], at: dt.datetime, asking: Asking) -> dict[str, str]:
    """In a few words, by id."""
    said, lang = {}, asking.lang
    for place in places:
        state = open_state(place, at, asking.calendar)
        if state.kind == "open" and state.until and state.until - at < dt.timedelta(days=1):
            said[place.id] = t(lang, "nearest-until", time=f"{state.until:%H:%M}")
        elif state.kind in ("open", "unknown"):
            said[place.id] = t(lang, f"nearest-is-{state.kind}")
        elif state.next_open and state.next_open.date() == at.date():
            said[place.id] = t(lang, "nearest-opens", time=f"{state.next_open:%H:%M}")
        else:
            said[place.id] = t(lang, "nearest-is-closed")
    return said


def _remembered_origin(desk: Desk, asking: Asking) -> Point | None:
    around = asking.list_around()
    if around is None:
        return None
    if around.get("place") is None:
        return asking.location if asking.location and asking.location.datum is not Datum.UNKNOWN else None
    place = desk.places.get(around["place"])
    return position(place) if place else None


def _moment(said: str, asking: Asking) -> dt.datetime:
    return asking.now if said == "now" else dt.datetime.fromisoformat(said).astimezone(asking.now.tzinfo)


def clinic_notes(
    answered: Answered, asking: Asking, where: Place | None, fitting: list[Place], medical: str
) -> Answered:
    """The answer with what must be said of hospitals whose position is not verified, and the number for emergencies.

    One in the same district may well be nearer than the nearest we can measure, so it is named first.
    """
    lang = asking.lang
    hidden = [place for place in fitting if position(place) is None]
    same = [place for place in hidden if where is not None and where.district and place.district == where.district]
    named = [" ".join([facts.name(place, lang), *place.phones[:1]]) for place in same[:3]]
    nearer = [t(lang, "clinic-may-be-nearer", name=name) for name in named[:1]]
    notes = [t(lang, "clinic-same-district", names=t(lang, "list-join").join(named[1:]))] if named[1:] else []
    rest = len(hidden) - len(named)
    if rest:
        notes.append(t(lang, "clinic-unplaced", count=rest))
    notes += [t(lang, "straight-line"), t(lang, "clinic-emergency", medical=medical)]
    return with_first_lines(with_lines(answered, *notes), nearer)
