"""The chat API: sessions, messages, and the stream of replies (`docs/architecture.md`, DESIGN section 6)."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from apiflask import APIBlueprint, HTTPTokenAuth
from flask import Response, request
from flask_limiter.util import get_remote_address
from pydantic import ValidationError

from backend.access import access
from backend.api.errors import ApiError
from backend.api.schemas import After, MessageIn, MessageOut, MessagesOut, SessionIn, SessionOut
from backend.limits import limiter
from backend.services.inbound import InvalidMessage, Received
from backend.services.transcript import Said
from backend.web_context import parts
from backend.wiring import Container

log = logging.getLogger(__name__)
blueprint = APIBlueprint("chat", __name__, url_prefix="/api/v1", tag="Chat")
auth = HTTPTokenAuth(scheme="Bearer", description="The token of `POST /api/v1/sessions`")

MAX_WAIT_SECONDS = 10
HEARTBEAT_SECONDS = 15
# A stream ends after this long and the client comes back with its cursor, so that no thread is held for ever.
STREAM_SECONDS = 300
STREAM_RETRY_SECONDS = 15
_STREAM_RESPONSES: Any = {
    200: {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    400: "The cursor is not one",
    503: "Too many streams are open: ask with `GET /chat/messages`, and for a stream again later",
}


@dataclass(frozen=True)
class Caller:
    """Who holds a token: their address on the web channel, their conversation and their contact."""

    address: str
    conversation_id: int
    contact_id: str


@auth.verify_token
def _caller(token: str) -> Caller | None:
    found = parts().inbound.web_address(token) if token else None
    return Caller(*found) if found else None


@auth.error_processor
def _refused(_error: Any) -> Any:
    raise ApiError(401, "unauthorized")


def caller() -> Caller:
    """The caller of this request; only where `auth_required` stands."""
    return cast(Caller, auth.current_user)


@blueprint.post("/sessions")
@blueprint.doc(summary="Open a chat session", responses={400: "The body is not what it should be"})
@blueprint.output(SessionOut, status_code=201)
@limiter.limit("30/minute;300/hour", key_func=get_remote_address)
@access("public")
def open_session() -> Any:
    """Gives a bearer token for a new contact. Optional body: `{"lang": "zh"}` or `{"lang": "en"}`."""
    raw = request.get_data()
    try:
        lang = SessionIn.model_validate_json(raw).lang if raw else None
    except ValidationError as error:
        raise ApiError(400, "invalid_body") from error
    token, contact_id = parts().inbound.open_web_session(lang)
    return {"token": token, "contact_id": contact_id}


@blueprint.post("/chat/messages")
@blueprint.doc(
    summary="Send a message",
    responses={202: "Taken in; the reply comes on the stream", 400: "The body is not what it should be"},
)
@blueprint.auth_required(auth)
@blueprint.input(MessageIn)
@blueprint.output(MessageOut)
@limiter.limit("60/minute")
@access("session")
def send_message(json_data: MessageIn) -> Any:
    """Takes a text or a location in. With `Prefer: wait=N` (N ≤ 10 seconds) the reply comes with the response.

    The same `client_message_id` again is the same message: the same answer, no second turn.
    """
    transcript = parts().transcript
    # Read first: the answer may come at any moment from now on, and always comes after this cursor.
    before = transcript.cursor(caller().conversation_id, "web")
    try:
        accepted = parts().inbound.receive(_received(json_data))
    except InvalidMessage as error:
        raise ApiError(400, error.code) from error
    log.info("received", extra={"turn_id": accepted.inbound_id, "channel": "web", "repeat": not accepted.new})
    wait = _wait_seconds()
    replies = transcript.answer_to(accepted.inbound_id)
    if replies is None and wait and parts().waits.acquire(blocking=False):
        try:
            replies = parts().notifier.wait(
                accepted.conversation_id, lambda: transcript.answer_to(accepted.inbound_id), wait
            )
        finally:
            parts().waits.release()
    message_id = str(accepted.inbound_id)
    if replies is None:
        return {"message_id": message_id, "replies": [], "cursor": str(before)}, 202
    cursor = max((said.id for said in replies), default=before)
    answer = {"message_id": message_id, "replies": [reply_json(said) for said in replies], "cursor": str(cursor)}
    return answer, 200, {"Preference-Applied": f"wait={wait:g}"} if wait else {}


def _received(body: MessageIn) -> Received:
    address, location = caller().address, body.location
    return Received(
        channel="web",
        provider_id=f"{address}:{body.client_message_id}",
        address=address,
        kind="location" if location else "text",
        text=body.text or "",
        payload=body.payload or "",
        location=location.model_dump() if location else None,
        lang=body.lang,
    )


def _wait_seconds() -> float:
    """N of `Prefer: wait=N` (RFC 7240), at most MAX_WAIT_SECONDS; 0 where it is absent or makes no sense."""
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait" and value.strip('"').isascii() and value.strip('"').isdigit():
            return float(min(int(value.strip('"')[:4]), MAX_WAIT_SECONDS))
    return 0.0


@blueprint.get("/chat/messages")
@blueprint.doc(summary="Replies after a cursor", responses={400: "The cursor is not one"})
@blueprint.auth_required(auth)
@blueprint.input(After, location="query")
@blueprint.output(MessagesOut)
@access("session")
def replies_after(query_data: After) -> Any:
    """Replies after `?after=<cursor>`, oldest first, at most 100: for catching up."""
    said = parts().transcript.after(caller().conversation_id, "web", query_data.position())
    return {
        "messages": [reply_json(one) for one in said],
        "cursor": str(said[-1].id if said else query_data.position()),
    }


@blueprint.get("/chat/stream")
@blueprint.doc(
    summary="Replies as server-sent events",
    responses=_STREAM_RESPONSES,
)
@blueprint.auth_required(auth)
@blueprint.input(After, location="query")
@access("session")
def stream(query_data: After) -> Any:
    """Server-sent events from `?after=<cursor>` (or the header `Last-Event-ID`) on: `event: reply`, `id:` the cursor,
    `data:` the reply.
    """
    last_seen = request.headers.get("Last-Event-ID", "")
    after = (
        int(last_seen) if last_seen.isascii() and last_seen.isdigit() and len(last_seen) < 19 else query_data.position()
    )
    container, conversation_id = parts(), caller().conversation_id
    if not container.streams.acquire(blocking=False):
        raise ApiError(503, "busy", retry_after=STREAM_RETRY_SECONDS)

    def events(cursor: int) -> Iterator[str]:
        end = time.monotonic() + STREAM_SECONDS
        yield "retry: 2000\n\n"
        while time.monotonic() < end:
            found = container.notifier.wait(
                conversation_id, partial(_news, container, conversation_id, cursor), HEARTBEAT_SECONDS
            )
            for said in found or []:
                cursor = said.id
                yield f"id: {said.id}\nevent: reply\ndata: {json.dumps(reply_json(said), ensure_ascii=False)}\n\n"
            if not found:
                yield ": still here\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = Response(events(after), content_type="text/event-stream; charset=utf-8", headers=headers)
    response.call_on_close(container.streams.release)
    return response


def _news(container: Container, conversation_id: int, cursor: int) -> list[Said] | None:
    return container.transcript.after(conversation_id, "web", cursor) or None


def reply_json(said: Said) -> dict[str, Any]:
    """A reply as clients get it; `text` alone makes sense."""
    data = said.reply.to_dict()
    return {
        "id": str(said.id),
        "in_reply_to": said.in_reply_to,
        "kind": said.kind,
        "text": said.text,
        "lang": said.reply.lang,
        "cards": data["cards"],
        "quick_replies": [{"title": choice["title"], "payload": choice["payload"]} for choice in data["choices"]],
        "source": data["source"],
    }
