"""WeChat's webhook. The answer rides on the response when it is there within WeChat's five seconds."""

from __future__ import annotations

import logging
import socket
import time
from dataclasses import replace

from flask import Blueprint, Response, request

from backend.access import access
from backend.channels.wechat import MAX_XML_BYTES, InvalidSignature
from backend.services.inbound import Accepted, InvalidMessage
from backend.services.outbound import PassiveClaim
from backend.web_context import parts

log = logging.getLogger(__name__)
blueprint = Blueprint("wechat", __name__, url_prefix="/channels/wechat")

# Nobody reads a response this long after the window closed: its answer has to go another way.
HUNG_UP_SECONDS = 0.5
# Without a bot only what needs none (an emergency, a follow) can be answered, and that comes at once.
PATIENCE_WITHOUT_BOT = 0.15


def _signed() -> bool:
    try:
        parts().wechat.verify(
            request.args.get("signature", ""), request.args.get("timestamp", ""), request.args.get("nonce", "")
        )
    except InvalidSignature:
        log.warning("webhook_refused", extra={"channel": "wechat", "reason": "signature"})
        return False
    return True


@blueprint.get("")
@access("signed")
def url_check() -> Response:
    """WeChat asks whether this URL is ours: the echo string goes back as it came."""
    if not _signed():
        return Response("signature missing or wrong", status=403, mimetype="text/plain")
    return Response(request.args.get("echostr", "")[:256], mimetype="text/plain")


@blueprint.post("")
@access("signed")
def message() -> Response:
    """A message or an event: stored first, then answered within the window if the answer comes in time.

    The window opens with the request: storing takes of it too.
    """
    deadline = time.monotonic() + parts().settings.wechat_window_seconds
    request.max_content_length = MAX_XML_BYTES
    if not _signed():
        return Response("signature missing or wrong", status=403, mimetype="text/plain")
    body = request.get_data()
    window = parts().settings.wechat_window_seconds
    try:
        received = parts().wechat.parse(body)
        accepted = parts().inbound.receive(replace(received, window_seconds=window))
    except InvalidMessage as error:
        log.warning("webhook_refused", extra={"channel": "wechat", "reason": error.code})
        return Response(error.code, status=400, mimetype="text/plain")
    log.info("received", extra={"turn_id": accepted.inbound_id, "channel": "wechat", "repeat": not accepted.new})
    # A cry for help never gets a mere "please wait" for an answer, which comes without the bot.
    urgent = bool(parts().emergency.match(received.text))
    claimed = _await_answer(accepted, deadline, urgent)
    outbound = parts().outbound
    if claimed is None or _caller_gone():
        if claimed or not accepted.new:
            # WeChat repeats what it got no response to: what was claimed for the request before was not read either.
            outbound.release_passive(accepted.inbound_id, claimed)
        return Response("success", mimetype="text/plain")
    response = Response(
        parts().wechat.passive_reply(body, claimed.text, int(time.time())), content_type="text/xml; charset=utf-8"
    )
    response.call_on_close(lambda: outbound.confirm_passive(claimed.ids))
    return response


def _caller_gone() -> bool:
    """Whether WeChat has closed its connection: this request may have waited for its thread longer than WeChat does.

    Seen where gunicorn speaks to WeChat, or to a proxy that hangs up with it, without TLS of its own.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except (OSError, ValueError):  # reset; or a TLS connection, which cannot be peeked into
        return not hasattr(connection, "cipher")


def _await_answer(accepted: Accepted, deadline: float, urgent: bool) -> PassiveClaim | None:
    """The turn's replies for this response; the holding answer when the bot is away, too many wait already or the
    window closes; None when nothing is due, or nobody reads the response any more. `deadline` is on the monotonic
    clock.
    """
    outbound, dialogue, waits = parts().outbound, parts().dialogue, parts().waits
    began = time.monotonic()

    def hung_up() -> bool:
        return time.monotonic() > deadline + HUNG_UP_SECONDS or _caller_gone()

    def look() -> PassiveClaim | bool | None:
        # Asked first: a turn that closes between the two questions has an answer to claim.
        pending = outbound.pending_turn(accepted.inbound_id)
        claimed = None if hung_up() else outbound.claim_passive(accepted.inbound_id)
        if claimed is not None:
            return claimed
        if not pending:
            return True
        # The bot may go while this message waits for it.
        return False if waits_for_bot and not dialogue.probe() else None

    has_place = waits.acquire(blocking=False)
    try:
        waits_for_bot = has_place and not urgent and dialogue.probe()
        until = deadline if urgent or waits_for_bot else min(deadline, began + PATIENCE_WITHOUT_BOT)
        found = parts().notifier.wait(accepted.conversation_id, look, max(until - time.monotonic(), 0.0))
    finally:
        if has_place:
            waits.release()
    if isinstance(found, PassiveClaim):
        return found
    if not found and not hung_up() and parts().turns.hold(accepted.inbound_id):
        return outbound.claim_passive(accepted.inbound_id)
    return None
