"""What a journey costs, as far as the feed says (GTFS fares, version 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.services.transit.feed import Fare, Feed


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in a currency by its ISO 4217 code."""

    amount: float
    currency: str


class Ridden(Protocol):
    """A ride, as far as a fare asks."""

    @property
    def route(self) -> int: ...
    @property
    def from_stop(self) -> int: ...
    @property
    def to_stop(self) -> int: ...


def price_of(feed: Feed, rides: Sequence[Ridden]) -> Price | None:
    """The lowest price known: one fare for all rides where its transfers allow, else one for each. None where a ride
    has no fare in the feed, or fares are in several currencies.
    """
    if not rides or not feed.fares:
        return None
    fitting = [[fare for fare in feed.fares if _fits(feed, fare, ride)] for ride in rides]
    if not all(fitting):
        return None
    shared = [
        fare
        for fare in fitting[0]
        if all(fare in other for other in fitting[1:]) and (fare.transfers is None or fare.transfers >= len(rides) - 1)
    ]
    singly = [min(fares, key=lambda fare: fare.price) for fares in fitting]
    if len({fare.currency for fare in (*singly, *shared)}) > 1:
        return None
    amount = min([sum(fare.price for fare in singly), *(fare.price for fare in shared)])
    return Price(round(amount, 2), singly[0].currency)


def _fits(feed: Feed, fare: Fare, ride: Ridden) -> bool:
    """Whether a fare holds on a ride. Fares by the zones passed through (`contains_id`) are not worked out."""
    if not fare.rules:
        return True
    zones = feed.stops[ride.from_stop].zone, feed.stops[ride.to_stop].zone
    return any(
        rule.route in (-1, ride.route)
        and rule.origin in ("", zones[0])
        and rule.destination in ("", zones[1])
        and not rule.contains
        for rule in fare.rules
    )
