"""A made-up city of a hundred thousand places: dense centres, thin outskirts, hours as people write them."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import insert

from backend.database import Database
from backend.models import Place, utcnow

PLACES = 100_000
# Centres of towns and the share of places around each, with how far they spread in degrees.
_CENTRES = (
    (39.935, 119.600, 0.40, 0.030),
    (39.830, 119.490, 0.18, 0.020),
    (40.005, 119.770, 0.12, 0.018),
    (39.880, 119.240, 0.10, 0.020),
    (39.710, 119.160, 0.08, 0.020),
    (40.400, 118.950, 0.05, 0.020),
    (39.890, 118.870, 0.05, 0.020),
)
# The box of the city, for places in the country: what is left of the shares.
_BOX = (39.40, 40.60, 118.55, 119.85)
_KINDS = {"attraction": 55, "clinic": 30, "hub": 12, "beach": 3}
_CATEGORIES = {
    "attraction": ("park", "museum", "temple", "mountain", "shopping", "garden"),
    "clinic": ("hospital", "clinic"),
    "hub": ("bus_terminal", "station"),
    "beach": ("beach",),
}
_TAGS = ("family", "free", "indoor", "seaside", "history", "hiking")
_DEPARTMENTS = ("pediatrics", "dentistry", "orthopedics", "emergency", "dermatology", "ophthalmology")
# Of the places of a real city few have published hours.
_UNKNOWN_HOURS, _ALWAYS_OPEN = 0.35, 0.05
_DATUMS = {"GCJ-02": 80, "WGS-84": 14, "BD-09": 6}
_WITHOUT_POSITION = 0.03
_CHUNK = 5_000


def load(db: Database, seed: int, count: int = PLACES) -> None:
    """Puts the city's places into an empty, migrated database."""
    rng = random.Random(seed)
    for start in range(0, count, _CHUNK):
        rows = [_place(rng, number) for number in range(start, min(start + _CHUNK, count))]
        with db.write() as session:
            session.execute(insert(Place), rows)


def spot(rng: random.Random) -> tuple[float, float]:
    """Where somebody or something is: latitude and longitude in degrees, most likely in a centre."""
    at = rng.random()
    for lat, lon, share, spread in _CENTRES:
        if at < share:
            return rng.gauss(lat, spread), rng.gauss(lon, spread * 1.3)
        at -= share
    return rng.uniform(*_BOX[:2]), rng.uniform(*_BOX[2:])


def hours(rng: random.Random) -> str:
    """Opening hours in OSM's notation; empty where nobody published any."""
    chance = rng.random()
    if chance < _UNKNOWN_HOURS:
        return ""
    if chance < _UNKNOWN_HOURS + _ALWAYS_OPEN:
        return "24/7"
    opens, closes = rng.choice((7, 8, 8, 9, 9, 10)), rng.choice((17, 17, 18, 20, 21, 22))
    half = rng.choice(("00", "30"))
    return rng.choice(
        (
            f"Mo-Su {opens:02}:{half}-{closes}:00",
            f"Mo-Fr {opens:02}:{half}-12:00,13:30-{closes}:00; Sa {opens:02}:{half}-12:00; PH off",
            f"Apr-Oct Mo-Su {opens:02}:{half}-{closes}:30; Nov-Mar Mo-Su {opens + 1:02}:00-{closes}:00",
            f"Tu-Su {opens:02}:{half}-{closes}:{half}; Mo off; PH {opens:02}:{half}-{closes}:00",
        )
    )


def _place(rng: random.Random, number: int) -> dict[str, Any]:
    [kind] = rng.choices(list(_KINDS), list(_KINDS.values()))
    lat, lon = spot(rng)
    placed = rng.random() > _WITHOUT_POSITION
    clinic = kind == "clinic"
    text = hours(rng)
    return {
        "id": f"{kind}:made_up_{number}",
        "kind": kind,
        "name_zh": f"望海{number}号",
        "name_en": f"Seaview No. {number}",
        "aliases": [f"海{number}"],
        "district": f"district:1303{rng.randrange(2, 9):02}",
        "category": f"category:{rng.choice(_CATEGORIES[kind])}",
        "tags": [f"tag:{tag}" for tag in rng.sample(_TAGS, rng.randrange(3))],
        "departments": [f"department:{name}" for name in rng.sample(_DEPARTMENTS, rng.randrange(3))] if clinic else [],
        "summary_zh": "海边的一处地方，四季都有人来。",
        "summary_en": "A place by the sea where people come all the year.",
        "address_zh": f"海滨路{number}号",
        "address_en": f"{number} Seaside Road",
        "phones": [f"0335-{number:07}"],
        "website": "",
        "opening_hours": text,
        "hours_text_zh": text,
        "hours_text_en": text,
        "status": rng.choices(("open", "unknown", "suspended", "closed"), (70, 26, 2, 2))[0],
        "source": "made up",
        "confidence": rng.choice(("high", "medium", "low")),
        "as_of": "2025",
        "lat": round(lat, 6) if placed else None,
        "lon": round(lon, 6) if placed else None,
        "datum": rng.choices(list(_DATUMS), list(_DATUMS.values()))[0] if placed else "unknown",
        "extra": {},
        "updated_at": utcnow(),
    }
