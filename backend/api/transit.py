"""Public transport: lines, stops, journeys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from flask_limiter.util import get_remote_address

from backend.access import access
from backend.api import transit_json as as_json
from backend.api.errors import ApiError, person_lang
from backend.api.transit_schemas import (
    JourneysIn,
    JourneysOut,
    LineOut,
    LinesIn,
    LinesOut,
    StopOut,
    StopsIn,
    StopsOut,
)
from backend.conditional import conditional
from backend.geo import Datum, Point
from backend.limits import limiter
from backend.services.answers.transit_ends import Where, resolve
from backend.services.answers.transit_words import way_links
from backend.services.transit.lines import line_order
from backend.services.transit.network import Network
from backend.services.transit.partial import plan_partial
from backend.services.transit.service import DayOutOfRange, check_day
from backend.services.transit.walking import TO_STOP_M, walk_seconds
from backend.web_context import parts
from backend.wording import t

blueprint = APIBlueprint("transit", __name__, url_prefix="/api/v1", tag="Public transport")

MAX_STOPS = 50
CACHE_SECONDS = 60


_LIMIT = "120/minute"
_BAD = "A parameter is not what it should be; `fields` says which"
_UNCHANGED = "Nothing changed since the answer whose ETag was sent as If-None-Match"


@blueprint.after_request
def _tag(response: Response) -> Response:
    if response.status_code != 200:
        return response
    response.vary.add("Accept-Language")
    # "Leaving now" is another minute each time.
    fresh = "no-cache" if request.path.endswith("/journeys") else f"max-age={CACHE_SECONDS}"
    return conditional(response, f"public, {fresh}")


def _now() -> dt.datetime:
    return dt.datetime.now(parts().time_zone)


def _network(known: Callable[[Network], Mapping[str, int]], id_: str, code: str) -> tuple[Network, int]:
    """The feed with the index of a line or stop in it. Raises ApiError with a code where there is none of this id."""
    network = parts().transit.network()
    at = known(network).get(id_) if network else None
    if network is None or at is None:
        raise ApiError(404, code)
    return network, at


@blueprint.get("/lines")
@blueprint.doc(summary="Lines", responses={304: _UNCHANGED, 400: _BAD})
@blueprint.input(LinesIn, location="query")
@blueprint.output(LinesOut)
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def lines(query_data: LinesIn) -> Any:
    """Every line, or those whose number or name holds `q`."""
    network = parts().transit.network()
    if network is None:
        return {"lines": [], "feed": None}
    wanted = (query_data.q or "").lower()
    found = [
        at
        for at, route in enumerate(network.feed.routes)
        if wanted in f"{route.id}\n{route.short_name}\n{route.long_name}\n{route.name_en}".lower()
    ]
    found.sort(key=lambda at: line_order(network.feed.routes[at]))
    return {"lines": [as_json.line_ref(network, at) for at in found], "feed": as_json.feed(network)}


@blueprint.get("/lines/<line_id>")
@blueprint.doc(summary="One line", responses={304: _UNCHANGED, 404: "There is no such line"})
@blueprint.output(LineOut)
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def line(line_id: str) -> Any:
    """A line by its id (`bus_line:34`): its stops in order, first and last departures, fare, source and age."""
    network, at = _network(lambda network: network.lines, line_id, "no_line")
    return as_json.line(network, at, _now().date())


@blueprint.get("/stops")
@blueprint.doc(summary="Stops", responses={304: _UNCHANGED, 400: _BAD})
@blueprint.input(StopsIn, location="query")
@blueprint.output(StopsOut)
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def stops(query_data: StopsIn) -> Any:
    """Stops whose name holds `q`, or around a point, nearest first; at most 50."""
    network = parts().transit.network()
    if network is None:
        return {"stops": [], "feed": None}
    around = _stops_around(network, query_data)
    found = around if around is not None else [(at, None) for at in network.platforms]
    wanted = (query_data.q or "").lower()
    fitting = [(at, metres) for at, metres in found if wanted in _names(network, at)]
    return {
        "stops": [as_json.stop(network, at, metres) for at, metres in fitting[:MAX_STOPS]],
        "feed": as_json.feed(network),
    }


def _stops_around(network: Network, asked: StopsIn) -> list[tuple[int, float | None]] | None:
    """The stops around the point asked about, nearest first; None where none was given."""
    if asked.lat is None or asked.lon is None or asked.datum is None:
        return None
    return [*network.around.near(Point(asked.lat, asked.lon, Datum(asked.datum)), asked.radius)]


def _names(network: Network, at: int) -> str:
    stop = network.feed.stops[at]
    return "\n".join((stop.name, stop.name_en, *stop.aliases)).lower()


@blueprint.get("/stops/<stop_id>")
@blueprint.doc(summary="One stop", responses={304: _UNCHANGED, 404: "There is no such stop"})
@blueprint.output(StopOut)
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def stop(stop_id: str) -> Any:
    """A stop by its id, with the lines that serve it."""
    network, at = _network(lambda network: network.stops, stop_id, "no_stop")
    return as_json.stop(network, at, None)


@blueprint.get("/journeys")
@blueprint.doc(
    summary="Journeys from A to B",
    responses={304: _UNCHANGED, 400: _BAD, 404: "One of the ends does not exist"},
)
@blueprint.input(JourneysIn, location="query")
@blueprint.output(JourneysOut)
@limiter.limit("60/minute", key_func=get_remote_address)
@access("public")
def journeys(query_data: JourneysIn) -> Any:
    """Ways by bus and on foot between places, stops or points. A feed without departure times gives lines, stops and
    estimates, never a clock time. Times may be from yesterday to 60 days ahead.
    """
    network = parts().transit.network()
    origin, destination = _end(network, "from", query_data.from_), _end(network, "to", query_data.to)
    city = parts().basics.city.name_zh
    links = [{"title": link.title, "url": link.url} for link in way_links(origin, destination, person_lang(), city)]
    return {
        "journeys": _ways(network, origin, destination, query_data) if network else [],
        "links": links,
        "feed": as_json.feed(network) if network else None,
    }


def _ways(network: Network, origin: Where, destination: Where, asked: JourneysIn) -> list[Any]:
    now, arrive_by = _now(), asked.arrive_by is not None
    when = asked.arrive_by or asked.depart_at or now
    try:
        check_day(network, when.astimezone(network.zone).date(), now)
    except DayOutOfRange as error:
        said = t(person_lang(), "field-day-range", first=error.first.isoformat(), last=error.last.isoformat())
        raise _wrong(400, "invalid_body", "arrive_by" if arrive_by else "depart_at", said) from error
    if network.feed.about.partial:
        return [as_json.partial_journey(network, one) for one in plan_partial(network, origin.stops, destination.stops)]
    found = parts().transit.journeys(network, origin.end(), destination.end(), when, arrive_by, now)
    return [as_json.journey(network, one) for one in found]


def _end(network: Network | None, field: str, given: str) -> Where:
    """A place, a stop or a point. Raises ApiError for one that does not exist."""
    if given.count(",") == 2:
        lat, lon, datum = given.split(",")
        try:
            point = Point(float(lat), float(lon), Datum(datum))
        except ValueError as error:
            raise _wrong(400, "invalid_body", field, t(person_lang(), "field-point")) from error
        near = network.around.near(point, TO_STOP_M) if network else []
        return Where("", {"zh": "", "en": ""}, {at: walk_seconds(metres) for at, metres in near}, point)
    where = resolve(parts().desk, network, [given])
    if where is None:
        raise _wrong(404, "no_end", field, t(person_lang(), "field-no-end"))
    return where


def _wrong(status: int, code: str, field: str, said: str) -> ApiError:
    return ApiError(status, code, detail={"query": {field: [said]}})
