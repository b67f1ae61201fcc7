"""The bookings API: what can be booked, holds that become bookings, the waiting list, tickets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify
from flask_limiter.util import get_remote_address

from backend.access import access
from backend.api.booking_json import bookable_json, booking_json, refused, slot_json, waiting_json
from backend.api.booking_schemas import (
    BookablesOut,
    BookingOut,
    BookingsOut,
    ConfirmIn,
    HoldIn,
    MoveIn,
    SlotsOut,
    WaitingListOut,
    WaitingOut,
    WhichBookables,
    WhichSlots,
)
from backend.api.chat import auth, caller
from backend.api.errors import ApiError, person_lang
from backend.api.idempotent import Idempotent, KeyHeader, request_key
from backend.limits import limiter
from backend.models import utcnow
from backend.services.booking_views import BookingView, Guest, Refused
from backend.web_context import parts

blueprint = APIBlueprint("bookings", __name__, url_prefix="/api/v1", tag="Bookings")
tickets = APIBlueprint("tickets", __name__, url_prefix="/api/v1/tickets", tag="Bookings")

_REFUSED = {
    404: "There is no such slot, or no such booking of yours",
    409: "It cannot be done: full, closed, too late …; or the same request is in flight",
    422: "The party or its papers are not what is asked for; or the key belongs to another request",
}
_HOLD = {"two adults and a child": {"value": {"slot_id": 17, "party": {"adult": 2, "child": 1}}}}
# In a rush nobody is served sooner by more of them: they only take turns at the same rows.
_HOLDS_AT_ONCE = 4
_SLOT_ID = re.compile(r"[1-9][0-9]{0,17}")
_GUEST = {"name": "张三", "document_kind": "passport", "document_number": "E12345678"}
_CONFIRM = {"with papers": {"value": {"guests": [_GUEST]}}, "without": {"value": {"guests": []}}}


def _file_of(content_type: str) -> Any:
    content = {content_type: {"schema": {"type": "string"}}}
    return {200: {"description": "The file", "content": content}, 404: "No such ticket"}


@blueprint.get("/bookables")
@blueprint.doc(summary="What can be booked", responses={400: "The query is wrong"})
@blueprint.input(WhichBookables, location="query")
@blueprint.output(BookablesOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def bookables(query_data: WhichBookables) -> Any:
    """By kind (entry, appointment, service, tour) and place, in the order of their ids."""
    found = parts().inventory.bookables(query_data.kind, query_data.place)
    return {"bookables": [bookable_json(one) for one in found]}


@blueprint.get("/bookables/<bookable_id>/slots")
@blueprint.doc(summary="Times of something that can be booked", responses={400: "The query is wrong", 404: "No such"})
@blueprint.input(WhichSlots, location="query")
@blueprint.output(SlotsOut)
@limiter.limit("120/minute", key_func=get_remote_address)
@access("public")
def slots(bookable_id: str, query_data: WhichSlots) -> Any:
    """Soonest first, at most 200; closed ones too, with the reason. `left` counts places that are yours to hold."""
    bookable = parts().inventory.bookable(bookable_id) if "\x00" not in bookable_id else None
    if bookable is None:
        raise ApiError(404, "not_found")
    today = utcnow().astimezone(parts().time_zone).date()
    first = query_data.from_ or today
    last = query_data.to or max(first, today) + dt.timedelta(days=bookable.ahead_days)
    found = parts().inventory.slots(bookable_id, first, last)
    return {"bookable": bookable_id, "slots": [slot_json(one) for one in found]}


def _hold_key() -> str:
    return f"api/{request_key()}"


def _full(json_data: HoldIn) -> tuple[dict[str, Any], int] | None:
    party = json_data.party.counts()
    full = parts().bookings.is_full(caller().contact_id, json_data.slot_id, party, _hold_key())
    return refused(Refused("full")) if full else None


@blueprint.post("/bookings")
@blueprint.doc(summary="Hold places", responses={400: "The body or the key is wrong", **_REFUSED})
@blueprint.auth_required(auth)
@blueprint.input(KeyHeader, location="headers")
@blueprint.input(HoldIn, examples=_HOLD)
@blueprint.output(BookingOut, status_code=201)
@limiter.limit("30/minute")
@access("session")
@Idempotent(_full, at_once=_HOLDS_AT_ONCE)
def hold(json_data: HoldIn) -> tuple[dict[str, Any], int]:
    """Keeps places for some minutes, until `held_until`; then they are free again by themselves. Confirm in time."""
    party = json_data.party.counts()
    return _booking(lambda: parts().bookings.hold(caller().contact_id, json_data.slot_id, party, _hold_key()), 201)


@blueprint.get("/bookings")
@blueprint.doc(summary="Your bookings")
@blueprint.auth_required(auth)
@blueprint.output(BookingsOut)
@limiter.limit("60/minute")
@access("session")
def own_bookings() -> Any:
    """Those still to come, held and confirmed, the soonest first."""
    found = parts().bookings.of_contact(caller().contact_id)
    return {"bookings": [booking_json(one) for one in found]}


@blueprint.get("/bookings/<code>")
@blueprint.doc(summary="One of your bookings", responses={404: "You have no booking with this code"})
@blueprint.auth_required(auth)
@blueprint.output(BookingOut)
@limiter.limit("60/minute")
@access("session")
def booking(code: str) -> Any:
    """By its code, which may be typed in small letters and with spaces."""
    body, status = _booking(lambda: parts().bookings.get(caller().contact_id, code))
    return _answer(body, status)


@blueprint.post("/bookings/<code>/confirm")
@blueprint.doc(summary="Confirm a hold or an offer", responses={400: "The body is wrong", **_REFUSED})
@blueprint.auth_required(auth)
@blueprint.input(KeyHeader, location="headers")
@blueprint.input(ConfirmIn, examples=_CONFIRM)
@blueprint.output(BookingOut)
@limiter.limit("30/minute")
@access("session")
@Idempotent()
def confirm(code: str, json_data: ConfirmIn) -> tuple[dict[str, Any], int]:
    """Makes a hold a booking. An offer from the waiting list is a hold, too."""
    guests = [Guest(one.name, one.document_kind, one.document_number) for one in json_data.guests]
    return _booking(lambda: parts().bookings.confirm(caller().contact_id, code, guests))


@blueprint.post("/bookings/<code>/cancel")
@blueprint.doc(summary="Cancel a hold or a booking", responses={400: "The key is missing", **_REFUSED})
@blueprint.auth_required(auth)
@blueprint.input(KeyHeader, location="headers")
@blueprint.output(BookingOut)
@limiter.limit("30/minute")
@access("session")
@Idempotent()
def cancel(code: str) -> tuple[dict[str, Any], int]:
    """Gives the places back."""
    return _booking(lambda: parts().bookings.cancel(caller().contact_id, code))


@blueprint.post("/bookings/<code>/move")
@blueprint.doc(summary="Move a booking", responses={400: "The body is wrong", **_REFUSED})
@blueprint.auth_required(auth)
@blueprint.input(KeyHeader, location="headers")
@blueprint.input(MoveIn, examples={"another time": {"value": {"slot_id": 18}}})
@blueprint.output(BookingOut)
@limiter.limit("30/minute")
@access("session")
@Idempotent()
def move(code: str, json_data: MoveIn) -> tuple[dict[str, Any], int]:
    """To another time of the same thing, at the price it has; all of its people or none."""
    return _booking(lambda: parts().bookings.move(caller().contact_id, code, json_data.slot_id))


@blueprint.post("/waiting-list")
@blueprint.doc(summary="Wait for places", responses={400: "The body or the key is wrong", **_REFUSED})
@blueprint.auth_required(auth)
@blueprint.input(KeyHeader, location="headers")
@blueprint.input(HoldIn, examples=_HOLD)
@blueprint.output(WaitingOut, status_code=201)
@limiter.limit("30/minute")
@access("session")
@Idempotent()
def wait(json_data: HoldIn) -> tuple[dict[str, Any], int]:
    """Who waits longest is offered what comes free, by a notice; the offer is a hold for half an hour."""
    try:
        view = parts().waiting.wait(caller().contact_id, json_data.slot_id, json_data.party.counts())
    except Refused as refusal:
        return refused(refusal)
    return waiting_json(view), 201


@blueprint.get("/waiting-list")
@blueprint.doc(summary="Where you wait")
@blueprint.auth_required(auth)
@blueprint.output(WaitingListOut)
@limiter.limit("60/minute")
@access("session")
def waiting() -> Any:
    """With how many groups are before you, and the code of an offer."""
    return {"waiting": [waiting_json(one) for one in parts().waiting.waiting(caller().contact_id)]}


@blueprint.delete("/waiting-list/<slot_id>")
@blueprint.doc(summary="Wait no longer", responses={404: "You do not wait there"})
@blueprint.auth_required(auth)
@blueprint.output({}, status_code=204)
@limiter.limit("30/minute")
@access("session")
def leave(slot_id: str) -> Any:
    """An offer you have goes to the next."""
    if not _SLOT_ID.fullmatch(slot_id) or not parts().waiting.leave(caller().contact_id, int(slot_id)):
        raise ApiError(404, "not_found")
    return "", 204


@tickets.get("/<token>.svg")
@tickets.doc(summary="A booking's code to scan", responses=_file_of("image/svg+xml"))
@limiter.limit("60/minute", key_func=get_remote_address)
@access("public")
def qr(token: str) -> Response:
    """An SVG; whoever is at the door scans it."""
    return _file(parts().tickets.qr(_of_ticket(token).code), "image/svg+xml")


@tickets.get("/<token>.ics")
@tickets.doc(summary="A booking for calendars", responses=_file_of("text/calendar"))
@limiter.limit("60/minute", key_func=get_remote_address)
@access("public")
def calendar(token: str) -> Response:
    """iCalendar: opened again after a change it moves or strikes the entry."""
    made = parts().tickets.calendar(_of_ticket(token), person_lang(), utcnow())
    return _file(made, "text/calendar; charset=utf-8")


def _of_ticket(token: str) -> BookingView:
    code = parts().tickets.code_of(token)
    try:
        return parts().bookings.by_code(code or "")
    except Refused as refusal:
        raise ApiError(404, "not_found") from refusal


def _file(content: bytes, content_type: str) -> Response:
    return Response(content, content_type=content_type, headers={"Cache-Control": "private, no-cache"})


def _booking(verb: Callable[[], BookingView], status: int = 200) -> tuple[dict[str, Any], int]:
    try:
        return booking_json(verb()), status
    except Refused as refusal:
        return refused(refusal)


def _answer(body: dict[str, Any], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response
