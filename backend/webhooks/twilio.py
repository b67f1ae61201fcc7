"""Twilio's webhooks."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request

from backend.access import access
from backend.channels.twilio_sms import STATES, InvalidSignature
from backend.services.inbound import InvalidMessage
from backend.web_context import parts, path_and_query

log = logging.getLogger(__name__)
blueprint = Blueprint("twilio", __name__, url_prefix="/channels/twilio")

MAX_BODY = 64 * 1024
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def _twiml() -> Response:
    return Response(EMPTY, content_type="text/xml; charset=utf-8")


def _verified() -> dict[str, str] | None:
    """The form parameters of a request Twilio signed; None otherwise."""
    request.max_content_length = MAX_BODY
    try:
        parts().twilio.verify(path_and_query(), request.form, request.headers.get("X-Twilio-Signature"))
    except InvalidSignature:
        log.warning("webhook_refused", extra={"channel": "sms", "reason": "signature"})
        return None
    return request.form.to_dict()


@blueprint.post("/sms")
@access("signed")
def sms() -> Response:
    """An inbound message: stored, acknowledged with empty TwiML; the answer goes out by REST."""
    params = _verified()
    if params is None:
        return Response("signature missing or wrong", status=403, mimetype="text/plain")
    try:
        message = parts().twilio.parse(params)
        accepted = parts().inbound.receive(message)
    except InvalidMessage as error:
        log.warning("webhook_refused", extra={"channel": "sms", "reason": error.code})
        return Response(error.code, status=400, mimetype="text/plain")
    log.info("received", extra={"turn_id": accepted.inbound_id, "channel": "sms", "repeat": not accepted.new})
    return _twiml()


@blueprint.post("/status")
@access("signed")
def status() -> Response:
    """A delivery receipt. Our own id comes back in the query, and is covered by the signature."""
    params = _verified()
    if params is None:
        return Response("signature missing or wrong", status=403, mimetype="text/plain")
    sid, name = params.get("MessageSid", ""), params.get("MessageStatus", "")
    if not sid or not name or len(sid) > 64 or len(name) > 20:
        return Response("bad_id", status=400, mimetype="text/plain")
    ours = request.args.get("outbound", "")
    outbound_id = int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None
    known = parts().receipts.record("sms", sid, name, STATES.get(name), outbound_id, params.get("ErrorCode") or None)
    if not known:
        log.warning("receipt_unknown", extra={"channel": "sms", "status": name})
    return Response(status=204)
