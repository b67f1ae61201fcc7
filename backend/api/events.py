"""The event feed: what other systems of the city follow, from wherever they left off."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints, field_validator

from backend.access import access
from backend.api import cursors
from backend.api.clients import auth, client
from backend.api.errors import ApiError, person_lang
from backend.api.schemas import Params
from backend.limits import limiter
from backend.models.events import PUBLIC_TYPES
from backend.web_context import parts
from backend.wording import t

blueprint = APIBlueprint("events", __name__, url_prefix="/api/v1/events", tag="Events")
MAX_EVENTS = 500


class EventsQuery(Params):
    """Where to go on, and which types: separated by commas, all public ones where none is named."""

    after: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None, description="The cursor of the answer before; without one, from the beginning"
    )
    types: Annotated[str, StringConstraints(max_length=300)] | None = Field(None, examples=["alert.raised"])
    limit: int = Field(100, ge=1, le=MAX_EVENTS)

    @field_validator("types")
    @classmethod
    def _known(cls, types: str | None) -> str | None:
        if types is not None and not set(types.split(",")) <= PUBLIC_TYPES:
            raise ValueError(f"types are {', '.join(sorted(PUBLIC_TYPES))}")
        return types


class CloudEventOut(BaseModel):
    """A CloudEvents 1.0 event. `id` stays the same however often it is read; `sequence` grows with the order."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    sequence: str
    data: dict[str, Any]


class EventsOut(BaseModel):
    """Events in the order in which they became visible. `more`: there are further ones now."""

    events: list[CloudEventOut]
    cursor: str
    more: bool


@blueprint.get("")
@blueprint.doc(
    summary="Events, from a cursor on",
    responses={400: "The query is wrong, or the cursor is none of this feed", 403: "The token lacks events.read"},
)
@blueprint.auth_required(auth)
@blueprint.input(EventsQuery, location="query")
@blueprint.output(EventsOut)
@limiter.limit("600/minute")
@access("client")
def feed(query_data: EventsQuery) -> Any:
    """Public events only, nothing about a person. Hand the cursor in as `after` to go on: whoever does so misses
    nothing and gets nothing twice, and may go back to any earlier cursor to read again.
    """
    client("events.read")
    types = query_data.types or ""
    try:
        number = cursors.decode("events", query_data.after, types, (int,))[0] if query_data.after else 0
    except cursors.BadCursor as error:
        detail = {"query": {"after": [t(person_lang(), "field-cursor")]}}
        raise ApiError(400, "invalid_body", detail=detail) from error
    found = parts().event_feed.after(number, query_data.limit + 1, types.split(",") if types else ())
    shown = found[: query_data.limit]
    reached = shown[-1].number if shown else number
    return {
        "events": [parts().cloud_events.write(event) for event in shown],
        "cursor": cursors.encode("events", [reached], types),
        "more": len(found) > len(shown),
    }
