"""Patterns: trips that call at the same stops in the same way; they do not change from day to day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backend.services.transit.feed import NO_DROP_OFF, NO_PICKUP, Feed, Ints

_BOARDING = NO_PICKUP | NO_DROP_OFF


@dataclass(frozen=True)
class Pattern:
    """A sequence of stops with where one may get on and off."""

    stops: tuple[int, ...]
    may_board: tuple[bool, ...]
    may_alight: tuple[bool, ...]


@dataclass(frozen=True)
class Patterns:
    """All patterns; `of_trip` holds the pattern of each trip, or -1 where it has fewer than two stops."""

    patterns: tuple[Pattern, ...]
    of_trip: Ints


def find_patterns(feed: Feed) -> Patterns:
    """Groups the trips of a feed."""
    first, stops = feed.trips.first, feed.stop_times.stop
    flags = feed.stop_times.flags & _BOARDING
    known: dict[tuple[bytes, bytes], int] = {}
    patterns: list[Pattern] = []
    of_trip = np.full(len(feed.trips), -1, np.int32)
    for trip in range(len(feed.trips)):
        begin, end = int(first[trip]), int(first[trip + 1])
        if end - begin < 2:
            continue
        key = (stops[begin:end].tobytes(), flags[begin:end].tobytes())
        at = known.get(key)
        if at is None:
            at = known[key] = len(patterns)
            marks = flags[begin:end].tolist()
            patterns.append(
                Pattern(
                    tuple(stops[begin:end].tolist()),
                    tuple(not mark & NO_PICKUP for mark in marks),
                    tuple(not mark & NO_DROP_OFF for mark in marks),
                )
            )
        of_trip[trip] = at
    return Patterns(tuple(patterns), of_trip)
