"""The city's places without a database, and messages as the bot would hand them on."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from backend.city_pack import CityPack
from backend.city_pack.plan_rules import PlanRules
from backend.models import Place
from backend.services.pack_loading import _place
from backend.services.plans import Said
from backend.services.values import find_times
from tests.support.container import city_pack_once

ZONE = ZoneInfo("Asia/Shanghai")
# A Wednesday in the season.
NOW = dt.datetime(2026, 7, 15, 8, 0, tzinfo=ZONE)


@pytest.fixture(scope="session")
def pack() -> CityPack:
    return city_pack_once()


@pytest.fixture(scope="session")
def rules(pack: CityPack) -> PlanRules:
    return pack.plans


@pytest.fixture(scope="session")
def places(pack: CityPack) -> list[Place]:
    found = [Place(**_place(place)) for place in pack.places if place.kind in ("attraction", "beach")]
    ids = {place.id for place in found}
    return [place for place in found if place.kind == "attraction" or place.extra.get("same_as") not in ids]


def said(text: str, now: dt.datetime = NOW, **names: str) -> Said:
    """A message; `names` are words of it with the record they name, `_` for `:`."""
    found = [(text.lower().index(word.replace("_", " ")), record) for word, record in names.items()]
    return Said(text, now, tuple(find_times(text, now)), tuple(sorted(found)))
