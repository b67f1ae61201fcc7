"""Twilio's Messages resource as its REST client sees it, with signed delivery callbacks.

Source: https://www.twilio.com/docs/messaging/api/message-resource and the error dictionary at https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from dev.fakes import segments
from dev.fakes.faults import connection_reset
from dev.fakes.state import State, state

blueprint = Blueprint("twilio", __name__, url_prefix="/2010-04-01/Accounts/<account_sid>")

ADDRESS = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}")
MAX_BODY = 1600


@blueprint.before_request
def _authenticate() -> ResponseReturnValue | None:
    config = state().config
    auth = request.authorization
    known = (
        auth is not None
        and hmac.compare_digest((auth.username or "").encode(), config.twilio_account_sid.encode())
        and hmac.compare_digest((auth.password or "").encode(), config.twilio_auth_token.encode())
        and (request.view_args or {}).get("account_sid") == config.twilio_account_sid
    )
    return None if known else error(401, 20003, "Authenticate")


@blueprint.post("/Messages.json")
def create_message(account_sid: str) -> ResponseReturnValue:
    """Accept a message and start its delivery; errors carry Twilio's own code in the body."""
    current = state()
    mode = current.twilio.faults.take()
    if mode == "429":
        return error(429, 20429, "Too Many Requests")
    if mode == "500":
        return error(500, 20500, "An internal server error has occurred")
    if mode in ("hang", "reset"):
        if current.twilio.faults.accepted and _problem(current) is None:
            _accept(current)
        if mode == "reset":
            return connection_reset()
        current.twilio.faults.hang()
        return error(504, 20504, "Gateway Timeout")
    problem = _problem(current)
    if problem is not None:
        code, message = problem
        current.feed.add("twilio", "refused", request.form.get("To", ""), code=code, reason=message)
        return error(400, code, message)
    return jsonify(public(_accept(current))), 201


@blueprint.get("/Messages/<sid>.json")
def fetch_message(account_sid: str, sid: str) -> ResponseReturnValue:
    """One message by its sid."""
    with state().lock:
        message = state().twilio.messages.get(sid)
    if message is None:
        return error(404, 20404, f"The requested resource {request.path} was not found")
    return jsonify(public(message))


@blueprint.get("/Messages.json")
def list_messages(account_sid: str) -> ResponseReturnValue:
    """Messages, newest first, by To, From and DateSent (day in UTC; `DateSent>` and `DateSent<` bound it), in pages."""
    try:
        size = min(max(int(request.args.get("PageSize", 50)), 1), 1000)
        page = max(int(request.args.get("Page", 0)), 0)
        days = {
            op: date.fromisoformat(request.args[f"DateSent{op}"][:10])
            for op in ("", "<", ">")
            if request.args.get(f"DateSent{op}")
        }
    except ValueError:
        return error(400, 20001, "Invalid parameter")
    with state().lock:
        messages = [m for m in reversed(state().twilio.messages.values()) if _matches(m, days)]
    shown = messages[page * size : (page + 1) * size]
    path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
    filters = [(k, v) for k, v in request.args.items(multi=True) if k not in ("Page", "PageSize", "PageToken")]

    def uri(number: int) -> str:
        return f"{path}?{urlencode([*filters, ('PageSize', size), ('Page', number)])}"

    return jsonify(
        messages=[public(m) for m in shown],
        page=page,
        page_size=size,
        start=page * size,
        end=page * size + max(len(shown) - 1, 0),
        uri=uri(page),
        first_page_uri=uri(0),
        next_page_uri=uri(page + 1) if len(messages) > (page + 1) * size else None,
        previous_page_uri=uri(page - 1) if page else None,
    )


def error(status: int, code: int, message: str) -> tuple[Response, int]:
    """An error body in Twilio's form."""
    return (
        jsonify(code=code, message=message, more_info=f"https://www.twilio.com/docs/errors/{code}", status=status),
        status,
    )


def public(message: dict[str, Any]) -> dict[str, Any]:
    """The message as the API shows it: without the fields this module keeps for itself."""
    return {key: value for key, value in message.items() if not key.startswith("_")}


def record(current: State, *, sid: str, sender: str, to: str, body: str, direction: str, status: str) -> dict[str, Any]:
    """Store a message resource; the oldest fall out beyond the limit."""
    now = datetime.now(UTC)
    account = current.config.twilio_account_sid
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    message: dict[str, Any] = {
        "sid": sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "messaging_service_sid": None,
        "from": sender,
        "to": to,
        "body": body,
        "direction": direction,
        "status": status,
        "num_segments": str(segments.count(body).segments),
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "date_created": format_datetime(now),
        "date_updated": format_datetime(now),
        "date_sent": format_datetime(now) if direction == "inbound" else None,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "_created": now.date(),
    }
    with current.lock:
        messages = current.twilio.messages
        messages[sid] = message
        while len(messages) > current.config.message_limit:
            messages.popitem(last=False)
    return message


def post_signed(current: State, url: str, params: dict[str, str]) -> urllib3.BaseHTTPResponse:
    """POST a webhook as Twilio does: a signed form, 15 seconds to answer. Raises urllib3.exceptions.HTTPError."""
    signature = RequestValidator(current.config.twilio_auth_token).compute_signature(url, params)
    return current.http.request(
        "POST",
        url,
        body=urlencode(params),
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature,
            "User-Agent": "TwilioProxy/1.1",
        },
        timeout=current.config.twilio_timeout_seconds,
    )


def _problem(current: State) -> tuple[int, str] | None:
    """Why Twilio would refuse this request, as (code, message), or None."""
    form = request.form
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    callback = urlsplit(form.get("StatusCallback", ""))
    if not to:
        return 21604, "A 'To' phone number is required."
    if not sender:
        return 21603, "A 'From' phone number is required."
    if not ADDRESS.fullmatch(to):
        return 21211, f"Invalid 'To' Phone Number: {to}"
    if not ADDRESS.fullmatch(sender):
        return 21212, f"Invalid 'From' Phone Number: {sender}"
    if sender.removeprefix("whatsapp:") != current.config.twilio_from:
        return (
            21606,
            f"The 'From' phone number {sender} is not a valid, message-capable phone number for this account.",
        )
    if to == sender:
        return 21266, "'To' and 'From' number cannot be the same"
    if not body and not form.get("MediaUrl"):
        return 21602, "Message body is required."
    if len(body) > MAX_BODY:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    if form.get("StatusCallback") and (callback.scheme not in ("http", "https") or not callback.netloc):
        return 21609, f"The 'StatusCallback' URL {form['StatusCallback']} is not a valid URL."
    with current.lock:
        if to in current.twilio.opted_out:
            return 21610, "Attempt to send to unsubscribed recipient"
    return None


def _accept(current: State) -> dict[str, Any]:
    form = request.form
    sid = f"SM{secrets.token_hex(16)}"
    message = record(
        current,
        sid=sid,
        sender=form["From"],
        to=form["To"],
        body=form.get("Body", ""),
        direction="outbound-api",
        status="queued",
    )
    size = segments.count(message["body"])
    current.feed.add(
        "twilio", "message", message["to"], sid=sid, body=message["body"],
        status="queued", encoding=size.encoding, units=size.units, segments=size.segments,
    )  # fmt: skip
    with current.lock:
        failure = current.twilio.undelivered.get(message["to"])
        statuses = ("queued", "sent", "undelivered") if failure else current.twilio.statuses
        silent = current.twilio.drop_status
    callback = "" if silent else form.get("StatusCallback", "")
    for step, status in enumerate(statuses, start=1):
        job = partial(_advance, current, message, status, failure if status == "undelivered" else None, callback)
        current.scheduler.after(step * current.config.status_delay_seconds, job)
    return message


def _advance(current: State, message: dict[str, Any], status: str, failure: int | None, callback: str) -> None:
    """Move a message to its next status and tell the status callback."""
    now = format_datetime(datetime.now(UTC))
    with current.lock:
        message.update(status=status, date_updated=now, error_code=failure)
        if status == "sent":
            message["date_sent"] = now
    current.feed.add("twilio", "status", message["to"], sid=message["sid"], status=status, code=failure)
    if not callback:
        return
    params = {
        "MessageSid": message["sid"],
        "MessageStatus": status,
        "SmsSid": message["sid"],
        "SmsStatus": status,
        "To": message["to"],
        "From": message["from"],
        "AccountSid": message["account_sid"],
        "ApiVersion": "2010-04-01",
    }
    if failure:
        params["ErrorCode"] = str(failure)
    started = time.monotonic()
    try:
        answer: int | str = post_signed(current, callback, params).status
    except urllib3.exceptions.HTTPError as exc:
        answer = type(exc).__name__
    current.feed.add(
        "twilio", "webhook", message["to"], url=callback, request=params, status=answer,
        ms=round((time.monotonic() - started) * 1000),
    )  # fmt: skip


def _matches(message: dict[str, Any], days: dict[str, date]) -> bool:
    sent: date = message["_created"]
    return (
        request.args.get("To") in (None, message["to"])
        and request.args.get("From") in (None, message["from"])
        and ("" not in days or sent == days[""])
        and ("<" not in days or sent <= days["<"])
        and (">" not in days or sent >= days[">"])
    )
