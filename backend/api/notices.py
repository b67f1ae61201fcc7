"""The feed of notices: what a person was told, and what they have read of it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from backend.access import access
from backend.api.chat import auth, caller
from backend.api.errors import ApiError
from backend.api.notice_schemas import FeedOut, FeedParams, OrderIO, ReadIn
from backend.limits import limiter
from backend.services.notices.feed import PAGE
from backend.web_context import parts

blueprint = APIBlueprint("notices", __name__, url_prefix="/api/v1/notices", tag="Notices")


@blueprint.get("")
@blueprint.doc(summary="Notices, the newest first", responses={400: "The query is wrong"})
@blueprint.auth_required(auth)
@blueprint.input(FeedParams, location="query")
@blueprint.output(FeedOut)
@limiter.limit("120/minute")
@access("session")
def feed(query_data: FeedParams) -> Any:
    """At most 50; whatever channel they went by, also those that were not sent because of STOP or the daily cap."""
    mine = caller().contact_id
    found = parts().notice_feed.page(mine, query_data.lang, query_data.before)
    notices = [
        {
            "id": one.id,
            "title": one.title,
            "text": one.text,
            "lang": one.lang,
            "urgency": one.urgency,
            "subject": one.subject,
            "at": one.at.isoformat(),
            "read_at": one.read_at.isoformat() if one.read_at else None,
        }
        for one in found
    ]
    before = found[-1].id if len(found) == PAGE else None
    return {"notices": notices, "unread": parts().notice_feed.unread(mine), "before": before}


@blueprint.post("/read")
@blueprint.doc(summary="Mark a notice as read", responses={400: "The body is wrong", 404: "There is no such notice"})
@blueprint.auth_required(auth)
@blueprint.input(ReadIn)
@blueprint.output({}, status_code=204)
@limiter.limit("120/minute")
@access("session")
def read(json_data: ReadIn) -> Any:
    """A notice that is read is not sent on by another channel. Doing it again changes nothing."""
    if not parts().notice_feed.read(caller().contact_id, json_data.id, json_data.older):
        raise ApiError(404, "not_found")
    return ""


@blueprint.get("/channels")
@blueprint.doc(summary="The order of channels")
@blueprint.auth_required(auth)
@blueprint.output(OrderIO)
@limiter.limit("120/minute")
@access("session")
def order() -> Any:
    """By which channel notices come first, and by which next where that does not bring them in time."""
    return {"channels": list(parts().notice_feed.order(caller().contact_id))}


@blueprint.put("/channels")
@blueprint.doc(summary="Set the order of channels", responses={400: "The body is wrong"})
@blueprint.auth_required(auth)
@blueprint.input(OrderIO)
@blueprint.output(OrderIO)
@limiter.limit("30/minute")
@access("session")
def set_order(json_data: OrderIO) -> Any:
    """Each channel at most once; those left out come after in the usual order."""
    try:
        parts().notice_feed.set_order(caller().contact_id, json_data.channels)
    except ValueError as error:
        raise ApiError(400, "invalid_body", detail={"json": {"channels": [str(error)]}}) from error
    return {"channels": json_data.channels}
