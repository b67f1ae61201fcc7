"""Subscriptions: what one may subscribe to, once each, and how they end."""

from __future__ import annotations

from typing import Any

import pytest

from backend.models import Division, Subscription
from backend.services.subscription_topics import TOPICS, InvalidSubscription
from backend.services.subscriptions import MAX_EACH, NoSuchSubscription
from backend.wording import LANGUAGES, has, t
from tests.factories import PlaceRow, stored
from tests.support.container import Parts
from tests.support.subscribers import Subscriber


@pytest.fixture
def person(parts: Parts) -> Subscriber:
    with parts.db.write() as session:
        stored(
            session,
            Division(id="district:130304", level="county", name_zh="北戴河区", name_en="Beidaihe District"),
            PlaceRow(id="beach:laohushi", kind="beach"),
            PlaceRow(id="attraction:tower"),
        )
    return Subscriber(parts)


@pytest.mark.parametrize(
    ("topic", "params", "full", "about"),
    [
        ("alerts", {}, {"district": "*"}, "*"),
        ("alerts", {"district": "district:130304"}, {"district": "district:130304"}, "district:130304"),
        ("wind", {}, {"district": "*"}, "*"),
        ("beach_flag", {"place": "beach:laohushi"}, {"place": "beach:laohushi"}, "beach:laohushi"),
        ("sea", {}, {"place": "*"}, "*"),
        ("air_quality", {}, {"level": "moderate", "district": "*"}, "moderate@*"),
        ("air_quality", {"level": "heavy", "district": "district:130304"},
         {"level": "heavy", "district": "district:130304"}, "heavy@district:130304"),
        ("closure", {"place": "attraction:tower"}, {"place": "attraction:tower"}, "attraction:tower"),
    ],
)  # fmt: skip
def test_what_one_may_subscribe_to(
    parts: Parts, person: Subscriber, topic: str, params: dict[str, Any], full: dict[str, str], about: str
) -> None:
    view = parts.subscriptions.subscribe(person.id, topic, params, "k")
    assert (view.topic, view.params, parts.row(Subscription).about) == (topic, full, about)
    assert [one.id for one in parts.subscriptions.of_contact(person.id)] == [view.id]


@pytest.mark.parametrize(
    ("topic", "params", "field"),
    [
        ("weather", {}, "topic"),
        ("alerts", {"district": "district:999999"}, "params.district"),
        ("alerts", {"district": "attraction:tower"}, "params.district"),
        ("alerts", {"place": "attraction:tower"}, "params.place"),
        ("alerts", {"district": 5}, "params.district"),
        ("beach_flag", {"place": "attraction:tower"}, "params.place"),
        ("air_quality", {"level": "awful"}, "params.level"),
        ("closure", {}, "params.place"),
        ("closure", {"place": "attraction:gone"}, "params.place"),
        ("bus_line", {"line": "bus_line:none"}, "params.line"),
    ],
)
def test_what_one_may_not(parts: Parts, person: Subscriber, topic: str, params: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSubscription) as caught:
        parts.subscriptions.subscribe(person.id, topic, params, "k")
    assert caught.value.field == field
    assert parts.rows(Subscription) == []


def test_the_same_is_one(parts: Parts, person: Subscriber) -> None:
    first = parts.subscriptions.subscribe(person.id, "wind", {}, "k1")
    assert parts.subscriptions.subscribe(person.id, "wind", {"district": "*"}, "k2").id == first.id
    assert parts.subscriptions.subscribe(person.id, "alerts", {}, "k1").id == first.id, "the same request"
    assert len(parts.rows(Subscription)) == 1


def test_they_end(parts: Parts, person: Subscriber) -> None:
    wind = parts.subscriptions.subscribe(person.id, "wind", {}, "k1")
    parts.subscriptions.subscribe(person.id, "sea", {}, "k2")
    parts.subscriptions.subscribe(person.id, "alerts", {}, "k3")
    assert parts.subscriptions.end(person.id, wind.id).id == wind.id
    with pytest.raises(NoSuchSubscription):
        parts.subscriptions.end(person.id, wind.id)
    assert parts.subscriptions.end_all(person.id, "sea") == 1
    assert parts.subscriptions.end_all(person.id) == 1
    assert parts.subscriptions.of_contact(person.id) == []


def test_an_old_request_does_not_begin_again_what_was_ended(parts: Parts, person: Subscriber) -> None:
    wind = parts.subscriptions.subscribe(person.id, "wind", {}, "k1")
    parts.subscriptions.end(person.id, wind.id)
    assert parts.subscriptions.subscribe(person.id, "wind", {}, "k1").id == wind.id
    assert parts.subscriptions.of_contact(person.id) == []
    assert parts.subscriptions.subscribe(person.id, "wind", {}, "k2").id != wind.id


def test_nobody_ends_what_is_anothers(parts: Parts, person: Subscriber) -> None:
    wind = parts.subscriptions.subscribe(person.id, "wind", {}, "k1")
    with pytest.raises(NoSuchSubscription):
        parts.subscriptions.end(Subscriber(parts).id, wind.id)


def test_there_is_a_most(parts: Parts, person: Subscriber) -> None:
    with parts.db.write() as session:
        stored(session, *[PlaceRow(id=f"attraction:p{number}") for number in range(MAX_EACH)])
    for number in range(MAX_EACH):
        person.wants("closure", place=f"attraction:p{number}")
    with pytest.raises(InvalidSubscription, match="end one first"):
        parts.subscriptions.subscribe(person.id, "wind", {}, "one more")


def test_who_follows_a_topic_is_an_audience_of_broadcasts(parts: Parts, person: Subscriber) -> None:
    person.wants("wind")
    ended = Subscriber(parts).wants("wind")
    parts.subscriptions.end_all(ended.id)
    Subscriber(parts).wants("sea")
    assert set(parts.audiences.sources) >= {"everybody", "topics"}
    with parts.db.read() as session:
        assert list(session.scalars(parts.audiences.sources["topics"](["wind"]))) == [person.id]


def test_every_topic_has_a_name_in_both_languages() -> None:
    for topic in TOPICS:
        key = f"subscriptions-topic-{topic.replace('_', '-')}"
        assert has(key)
        assert all(t(lang, key) for lang in LANGUAGES)
