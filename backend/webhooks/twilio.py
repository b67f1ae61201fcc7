"""Twilio's webhooks."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, Response, request

from backend.access import access
from backend.channels.twilio_sms import OPTED_OUT, STATES, InvalidSignature
from backend.services.inbound import InvalidMessage
from backend.web_context import parts, path_and_query

log = logging.getLogger(__name__)
blueprint = Blueprint("twilio", __name__, url_prefix="/channels/twilio")

MAX_BODY = 64 * 1024
_SID = re.compile(r"[A-Za-z0-9]{1,64}")
_STATUS = re.compile(r"[a-z_-]{1,20}")
_CODE = re.compile(r"[0-9]{0,10}")
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
    sid, name, code = (params.get(field, "") for field in ("MessageSid", "MessageStatus", "ErrorCode"))
    if not _SID.fullmatch(sid) or not _STATUS.fullmatch(name) or not _CODE.fullmatch(code):
        return Response("bad_id", status=400, mimetype="text/plain")
    ours = request.args.get("outbound", "")
    outbound_id = int(ours) if ours.isascii() and ours.isdigit() and len(ours) < 19 else None
    known = parts().receipts.record(
        "sms", sid, name, STATES.get(name), outbound_id, code or None, opted_out=code == str(OPTED_OUT)
    )
    if not known:
        log.warning("receipt_unknown", extra={"channel": "sms", "status": name})
    return Response(status=204)
