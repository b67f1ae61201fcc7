"""The API of places: a list with filters, what is near and open, one place; what changed, for clients that keep a copy.

Anybody may read it. Every answer has a strong ETag and is asked for anew each time (`no-cache`), so that an edit shows
at once and what did not change costs no more than a header.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any

from apiflask import APIBlueprint
from flask import make_response
from flask_limiter.util import get_remote_address
from werkzeug.http import http_date

from backend.access import access
from backend.api import cursors
from backend.api.errors import ApiError, person_lang
from backend.api.place_json import gone_json, near_json, place_json
from backend.api.place_schemas import (
    EXAMPLES,
    NearOut,
    NearQuery,
    PlaceQuery,
    PlaceRecordOut,
    PlacesOut,
    PlacesQuery,
    Query,
)
from backend.conditional import conditional
from backend.geo import Datum, Point
from backend.limits import limiter
from backend.models import Place
from backend.services.places import Wanted, called, fits
from backend.web_context import parts
from backend.wording import t

blueprint = APIBlueprint("places", __name__, url_prefix="/api/v1", tag="Places")

# Many people share one address behind a mobile network, and a first copy of a large city takes many pages.
_LIMIT = "600/minute"
_BAD = "A parameter is missing or wrong; `fields` says which"
_UNCHANGED = "Nothing changed since the answer whose ETag was sent as If-None-Match"


def tagged[View: Callable[..., Any]](view: View) -> View:
    """Gives the view's answers an ETag and the language they are in. Last-Modified is for people to read."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        response = make_response(view(*args, **kwargs))
        if response.status_code != 200:
            return response
        response.headers["Content-Language"] = person_lang()
        response.vary.add("Accept-Language")
        return conditional(response, "public, no-cache")

    return wrapped  # type: ignore[return-value]


@blueprint.get("/places")
@tagged
@blueprint.doc(
    summary="Places, by filters or by what changed",
    responses={304: _UNCHANGED, 400: _BAD},
)
@blueprint.input(PlacesQuery, location="query")
@blueprint.output(PlacesOut, example=EXAMPLES["places"])
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def list_places(query_data: PlacesQuery) -> Any:
    """All places that fit, by id, or with `updated_since` what changed, what is gone included.

    To keep a copy: follow `next_cursor` from the first page to the end, keep the `sync_cursor` of that first page, and
    hand it in later as `cursor` with the same filters: that answers what changed since, missing nothing. With each such
    answer go on with its `sync_cursor`.
    """
    query, places = query_data, parts().places
    wanted = _wanted(query)
    question = _question(query)
    number = places.state()
    if query.updated_since is not None or (query.cursor and cursors.kind_of(query.cursor) == "sync"):
        return _changed(query, wanted, question, number)
    after = _at("list", query.cursor, question, (str,))
    found = places.listed(wanted, text=query.q or "", after=after[0] if after else "", limit=query.limit + 1)
    shown, now, calendar = found[: query.limit], _now(), parts().calendar_days.current()
    last = cursors.encode("list", [shown[-1].id], question) if len(found) > query.limit else None
    body = {
        "places": [place_json(place, person_lang(), now, calendar) for place in shown],
        "next_cursor": last,
        "sync_cursor": cursors.encode("sync", [number], question),
    }
    return body, 200, _modified(shown)


def _changed(query: PlacesQuery, wanted: Wanted, question: str, known: int) -> Any:
    """What changed; `known` is the number of the last change before this question was looked up."""
    places, now, lang, calendar = parts().places, _now(), person_lang(), parts().calendar_days.current()
    at = _at("sync", query.cursor, question, (int,))
    since = query.updated_since if at is None else None
    found = places.changed_since(at[0] if at else 0, since=since, limit=query.limit + 1)
    shown = found[: query.limit]
    number = shown[-1].number if shown else at[0] if at else known
    cursor = cursors.encode("sync", [number], question)
    body = {
        "places": [
            place_json(change.place, lang, now, calendar)
            if change.place is not None and fits(change.place, wanted) and called(change.place, query.q or "")
            else gone_json(change)
            for change in shown
        ],
        "next_cursor": cursor if len(found) > query.limit else None,
        "sync_cursor": cursor,
    }
    return body, 200, _modified(change.place for change in shown if change.place)


@blueprint.get("/places/near")
@tagged
@blueprint.doc(summary="The nearest places, open now or at a time", responses={304: _UNCHANGED, 400: _BAD})
@blueprint.input(NearQuery, location="query")
@blueprint.output(NearOut, example=EXAMPLES["near"])
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def near_places(query_data: NearQuery) -> Any:
    """Nearest first by true distance (geodesic on the WGS-84 ellipsoid, a straight line), whatever the datums.

    With `open=now` or `open_at` only what is known to be open then; what may be open stands apart in `hours_unknown`.
    """
    query, places = query_data, parts().places
    origin, wanted, question = Point(query.lat, query.lon, Datum(query.datum)), _wanted(query), _question(query)
    at = _at("near", query.cursor, question, (float, str))
    after = (at[0], at[1]) if at else None
    now, lang, calendar = _now(), person_lang(), parts().calendar_days.current()
    moment = now if query.open else query.open_at.astimezone(parts().time_zone) if query.open_at else None
    if moment is None:
        found = places.nearest(origin, wanted, within_m=query.within_m, limit=query.limit + 1, after=after)
        unknown = []
    else:
        sorted_out = places.nearest_open(
            origin, wanted, moment, within_m=query.within_m, limit=query.limit + 1, after=after, calendar=calendar
        )
        found, unknown = sorted_out.open, sorted_out.unknown[: query.limit]
        if len(found) > query.limit:  # those behind the last one shown belong to the next page
            unknown = [near for near in unknown if near.key < found[query.limit - 1].key]
    shown = found[: query.limit]
    body = {
        "places": [near_json(near, lang, moment or now, calendar) for near in shown],
        "hours_unknown": [near_json(near, lang, moment or now, calendar) for near in unknown],
        "open_at": query.open_at and moment,
        "next_cursor": cursors.encode("near", list(shown[-1].key), question) if len(found) > query.limit else None,
    }
    return body, 200, _modified(near.place for near in (*shown, *unknown))


@blueprint.get("/places/<place_id>")
@tagged
@blueprint.doc(summary="One place", responses={304: _UNCHANGED, 400: _BAD, 404: "There is no such place"})
@blueprint.input(PlaceQuery, location="query")
@blueprint.output(PlaceRecordOut, example=EXAMPLES["place"])
@limiter.limit(_LIMIT, key_func=get_remote_address)
@access("public")
def one_place(place_id: str, query_data: PlaceQuery) -> Any:
    """A place by its id, such as `attraction:geziwo`."""
    place = parts().places.get(place_id)
    if place is None:
        raise ApiError(404, "no_place")
    return place_json(place, person_lang(), _now(), parts().calendar_days.current()), 200, _modified([place])


def _now() -> dt.datetime:
    return dt.datetime.now(parts().time_zone)


def _wanted(query: Query) -> Wanted:
    """The filters, each id with the narrower ones below it."""
    wanted, below = query.wanted(), parts().places.with_children
    return replace(
        wanted,
        categories=below(wanted.categories),
        tags=below(wanted.tags),
        departments=below(wanted.departments),
    )


def _question(query: Query) -> str:
    """What a cursor belongs to: everything that chooses places or their order."""
    return query.model_dump_json(exclude={"cursor", "limit", "lang", "updated_since"}, exclude_none=True)


def _at(kind: str, cursor: str | None, question: str, types: tuple[type, ...]) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        return cursors.decode(kind, cursor, question, types)
    except cursors.BadCursor as error:
        raise ApiError(400, "invalid_body", detail={"query": {"cursor": [t(person_lang(), "field-cursor")]}}) from error


def _modified(places: Iterable[Place]) -> dict[str, str]:
    latest = max((place.updated_at for place in places), default=None)
    return {"Last-Modified": http_date(latest)} if latest else {}
