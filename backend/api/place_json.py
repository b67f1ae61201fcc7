"""A place as the API gives it (`place_schemas.py`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from backend.models import Place
from backend.services.answers import facts
from backend.services.city_calendar import CityCalendar
from backend.services.nearest import WALKING_METRES, walking_minutes
from backend.services.opening import open_state
from backend.services.places import Changed, Near, position


def place_json(place: Place, lang: str, at: dt.datetime, calendar: CityCalendar) -> dict[str, Any]:
    """All that is known of a place, in `lang`, with how it is open at `at` (aware, in the city's time zone)."""
    state, point = open_state(place, at, calendar), position(place)
    return {
        "id": place.id,
        "kind": place.kind,
        "name": facts.name(place, lang),
        "names": {"zh": place.name_zh, "en": place.name_en},
        "aliases": place.aliases,
        "category": place.category,
        "tags": place.tags,
        "departments": place.departments,
        "district": place.district,
        "summary": facts.fact(place, "summary", lang),
        "address": facts.fact(place, "address", lang),
        "phones": place.phones,
        "website": place.website,
        "hours": {
            "text": facts.fact(place, "hours_text", lang),
            "osm": place.opening_hours,
            "confidence": place.hours_confidence,
        },
        "opening": {"kind": state.kind, "until": state.until, "next_open": state.next_open, "certain": state.certain},
        "price": facts.fact(place, "price_text", lang),
        "rating": place.rating,
        "status": place.status,
        "position": point
        and {"lat": point.lat, "lon": point.lon, "datum": point.datum, "confidence": place.coord_confidence},
        "source": asdict(facts.source(place)),
        "version": place.version,
        "updated_at": place.updated_at,
    }


def near_json(near: Near, lang: str, at: dt.datetime, calendar: CityCalendar) -> dict[str, Any]:
    """A place with its distance in metres, to the decimetre."""
    walk = walking_minutes(near.metres) if near.metres <= WALKING_METRES else None
    return {
        **place_json(near.place, lang, at, calendar),
        "distance_m": round(near.metres, 1),
        "walking_minutes_estimate": walk,
    }


def gone_json(change: Changed) -> dict[str, Any]:
    """A place that a client must take out."""
    return {"id": change.place_id, "deleted": True, "updated_at": change.at}
