"""Maps as pictures: where a place is, and the way of a plan. Anyone may see them: they show public places alone."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, request
from flask_limiter.util import get_remote_address

from backend.access import access
from backend.conditional import conditional
from backend.limits import limiter
from backend.services.maps import around
from backend.services.maps.svg import STYLE_HASH
from backend.services.places import position
from backend.web_context import parts
from backend.wording import LANGUAGES

MAX_STOPS = 12
# A position hardly ever changes, but when staff put one right the old picture must go.
MAX_AGE_SECONDS = 300
_RECORD = re.compile(r"[a-z]{1,16}:[a-z0-9_]{1,60}")

blueprint = Blueprint("maps", __name__, url_prefix="/maps")


@blueprint.get("/places/<place_id>.svg")
@limiter.limit("300/minute", key_func=get_remote_address)
@access("public")
def place(place_id: str) -> Response:
    """A place and what is near; `?lang=zh|en`. 404 where there is no such place or its position is not known."""
    found = parts().places.get(place_id) if _RECORD.fullmatch(place_id) else None
    point = position(found) if found is not None else None
    if found is None or point is None:
        abort(404)
    return _picture(parts().maps.place_map(found, around(parts().places, point), _lang()))


@blueprint.get("/route.svg")
@limiter.limit("300/minute", key_func=get_remote_address)
@access("public")
def route() -> Response:
    """Stops in their order: `?stops=attraction:a,attraction:b&lang=zh`, at most 12; `first` is the number of the first.

    400 for anything but that, 404 where a place does not exist or its position is not known.
    """
    ids = request.args.get("stops", "").split(",")
    first = request.args.get("first", "1")
    if not 1 <= len(ids) <= MAX_STOPS or not all(map(_RECORD.fullmatch, ids)) or not re.fullmatch("[1-9][0-9]?", first):
        abort(400)
    stops = parts().places.by_ids(ids)
    points = [position(stop) for stop in stops]
    if len(stops) != len(ids) or points[0] is None or None in points:
        abort(404)
    near = around(parts().places, points[0])
    return _picture(parts().maps.route_map(stops, _lang(), near=near, first=int(first)))


def _lang() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _picture(svg: str) -> Response:
    tiles = parts().maps.tiles
    response = Response(svg, content_type="image/svg+xml; charset=utf-8")
    # Opened by itself it is a document: nothing in it runs, nothing is loaded but the tiles that were set up.
    images = f"img-src {tiles.origin}; " if tiles else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; {images}style-src '{STYLE_HASH}'; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    return conditional(response, f"public, max-age={MAX_AGE_SECONDS}")
