"""Public transport as the API gives it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from backend.services.answers.transit_words import minutes, source
from backend.services.transit.journeys import Journey, Leg
from backend.services.transit.lines import directions, lines_at, name_of_line, name_of_stop, unordered
from backend.services.transit.network import Network
from backend.services.transit.partial import PartialJourney


def feed(network: Network) -> dict[str, Any]:
    """The feed itself."""
    about = network.feed.about
    return {"name": about.name, "partial": about.partial, "as_of": about.as_of, "valid_until": about.end}


def line_ref(network: Network, at: int) -> dict[str, Any]:
    """A line by id and names."""
    route = network.feed.routes[at]
    return {"id": network.line_keys[at], **{f"name_{lang}": name_of_line(route, lang) for lang in ("zh", "en")}}


def stop_ref(network: Network, at: int) -> dict[str, Any] | None:
    """A stop by id and names; null for an end of the journey."""
    if at < 0:
        return None
    stop = network.feed.stops[at]
    return {"id": network.stop_keys[at], **{f"name_{lang}": name_of_stop(stop, lang) for lang in ("zh", "en")}}


def line(network: Network, at: int, day: dt.date) -> dict[str, Any]:
    """A line with its stops, times, fare and source."""
    route = network.feed.routes[at]
    said = source(network, [at])
    return {
        **line_ref(network, at),
        "directions": [
            {
                "towards": way.headsign or name_of_stop(network.feed.stops[way.stops[-1]], "zh"),
                "stops": [stop_ref(network, one) for one in way.stops],
                "first": way.first,
                "last": way.last,
            }
            for way in directions(network, at, day)
        ],
        "unordered_stops": [stop_ref(network, one) for one in unordered(network, at)],
        "first_last": dict(route.first_last),
        "fare_cny": route.fare,
        "source": {
            "record": said.record,
            "source": said.source,
            "confidence": said.confidence,
            "as_of": said.as_of,
            "checked_by": said.checked_by,
        },
    }


def stop(network: Network, at: int, metres: float | None) -> dict[str, Any]:
    """A stop with its position and lines."""
    one = network.feed.stops[at]
    point = one.point
    return {
        **(stop_ref(network, at) or {}),
        "aliases": list(one.aliases),
        "point": {"lat": point.lat, "lon": point.lon, "datum": str(point.datum)} if point else None,
        "lines": [line_ref(network, route) for route in lines_at(network, [at])],
        "metres": round(metres) if metres is not None else None,
    }


def journey(network: Network, one: Journey) -> dict[str, Any]:
    """A journey by the timetable."""
    price = one.price
    return {
        "departs": one.start,
        "arrives": one.end,
        "rides": one.rides,
        "fare_cny": price.amount if price is not None and price.currency == "CNY" else None,
        "legs": [_leg(network, leg) for leg in one.legs],
    }


def _leg(network: Network, leg: Leg) -> dict[str, Any]:
    return {
        "line": None if leg.walks else line_ref(network, leg.route),
        "towards": leg.headsign,
        "from_stop": stop_ref(network, leg.from_stop),
        "to_stop": stop_ref(network, leg.to_stop),
        "departs": leg.start,
        "arrives": leg.end,
        "minutes": minutes((leg.end - leg.start).total_seconds()),
        "stops": None if leg.walks else leg.stops,
        "estimated": not leg.exact,
    }


def partial_journey(network: Network, one: PartialJourney) -> dict[str, Any]:
    """A way without departure times: they are null, and minutes on board are estimates."""
    fares = [network.feed.routes[ride.route].fare for ride in one.rides]
    return {
        "departs": None,
        "arrives": None,
        "rides": len(one.rides),
        "fare_cny": None if None in fares else sum(fare or 0 for fare in fares),
        "legs": [
            {
                "line": line_ref(network, ride.route),
                "towards": "",
                "from_stop": stop_ref(network, ride.from_stop),
                "to_stop": stop_ref(network, ride.to_stop),
                "departs": None,
                "arrives": None,
                "minutes": minutes(ride.seconds) if ride.seconds is not None else None,
                "stops": ride.stops,
                "estimated": True,
            }
            for ride in one.rides
        ],
    }
