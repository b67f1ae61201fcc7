"""Made-up people, messages and places; each call gives another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import factory

from backend.models import Article, Place, Station
from backend.services.inbound import Received
from backend.services.quantities import SEA


class TextMessage(factory.Factory):
    """A text by SMS."""

    class Meta:
        model = Received

    channel = "sms"
    provider_id = factory.Sequence(lambda n: f"SM{n:032x}")
    address = factory.Sequence(lambda n: f"+4915{n:09d}")
    kind = "text"
    text = "鸽子窝公园几点开门"


class LocationMessage(TextMessage):
    """A shared location in Beidaihe, as WeChat gives it."""

    channel = "wechat"
    provider_id = factory.Sequence(lambda n: f"{n:020d}")
    address = factory.Sequence(lambda n: f"oTest{n:023d}")
    kind = "location"
    text = ""
    location = factory.LazyFunction(lambda: {"lat": 39.8266, "lon": 119.5143, "datum": "GCJ-02"})


class EventMessage(LocationMessage):
    """A WeChat event."""

    kind = "event"
    location = None
    meta = factory.LazyFunction(lambda: {"event": "subscribe"})


class PlaceRow(factory.Factory):
    """A sight with everything known about it."""

    class Meta:
        model = Place

    id = factory.Sequence(lambda n: f"attraction:made_up_{n}")
    kind = "attraction"
    name_zh = factory.Sequence(lambda n: f"望海台{n}号")
    name_en = factory.Sequence(lambda n: f"Seaview Tower {n}")
    aliases = factory.LazyFunction(list)
    district = "district:130304"
    category = "category:park"
    opening_hours = "Mo-Su 08:00-17:00"
    hours_text_zh = "每天8:00-17:00"
    hours_text_en = "daily 8:00-17:00"
    price_text_zh = "30元"
    price_text_en = "30 yuan"
    phones = factory.LazyFunction(lambda: ["0335-4041591"])
    status = "open"
    confidence = "high"
    as_of = "2025"
    lat = 39.83
    lon = 119.52
    datum = "WGS-84"


class ArticleRow(factory.Factory):
    """An article with everything known about it."""

    class Meta:
        model = Article

    id = factory.Sequence(lambda n: f"article:made_up_{n}")
    topic = "transport"
    title_zh = factory.Sequence(lambda n: f"渡轮规定{n}")
    title_en = factory.Sequence(lambda n: f"Ferry rule {n}")
    questions_zh = factory.LazyFunction(lambda: ["自行车能上渡轮吗"])
    questions_en = factory.LazyFunction(lambda: ["can I take my bicycle on the ferry"])
    answer_zh = "可以，每辆2元。"
    answer_en = "Yes, 2 yuan each."
    source = "渡轮公司"
    source_url = ""
    confidence = "high"
    as_of = "2025-06"


class StationRow(factory.Factory):
    """A station of a beach that may report all of the sea."""

    class Meta:
        model = Station

    id = factory.Sequence(lambda n: f"station:made_up_{n}")
    name_zh = factory.Sequence(lambda n: f"监测点{n}号")
    name_en = factory.Sequence(lambda n: f"Station {n}")
    quantities = factory.LazyFunction(lambda: list(SEA))
    source = "test"


def stored(session: Any, *rows: Any) -> None:
    """Adds rows to a running write."""
    session.add_all(rows)
    session.flush()


def by_kind(ids: Iterable[str]) -> dict[str, list[str]]:
    """Record ids as a message names them, by their kind."""
    named: dict[str, list[str]] = {}
    for id_ in ids:
        named.setdefault(id_.partition(":")[0], []).append(id_)
    return named
