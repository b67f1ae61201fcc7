"""Phones that write to the city: real signed webhooks, sent the way Twilio and WeChat send them."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import urllib3
from defusedxml.ElementTree import ParseError, fromstring
from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from dev.fakes import segments, twilio, wechat
from dev.fakes.state import State, state

blueprint = Blueprint("phones", __name__)

SMS_PATH = "/channels/twilio/sms"
WECHAT_PATH = "/channels/wechat"
WECHAT_ATTEMPTS = 3
OPT_OUT_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
OPT_IN_WORDS = frozenset({"START", "YES", "UNSTOP"})
MAX_SHOWN = 4096


@dataclass
class Attempt:
    """One HTTP request to our webhook: its status (or the error's name), milliseconds, and the start of the answer."""

    number: int
    status: int | str
    ms: int
    body: str


class _Ids:
    """MsgIds like WeChat's: 64-bit, growing, never the same twice."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, 23_000_000_000_000_000 + time.time_ns() // 1000)
            return self._last


_ids = _Ids()


@blueprint.post("/_sms/send")
def send_sms() -> ResponseReturnValue:
    """A phone sends {from, body}; optional `sid` (a repeat), `latitude` and `longitude` (WhatsApp), `fields` (more)."""
    order = _order()
    current = state()
    sender, body = str(order.get("from", "")), str(order.get("body", ""))
    if not sender:
        abort(400, "from is missing")
    sid = str(order.get("sid") or f"SM{secrets.token_hex(16)}")
    params = {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "AccountSid": current.config.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": sender,
        "To": ("whatsapp:" if sender.startswith("whatsapp:") else "") + current.config.twilio_from,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": str(segments.count(body).segments),
    }
    if "latitude" in order and "longitude" in order:
        params |= {"Latitude": str(order["latitude"]), "Longitude": str(order["longitude"])}
    params |= {str(key): str(value) for key, value in dict(order.get("fields") or {}).items()}
    size = segments.count(body)
    current.feed.add(
        "twilio",
        "inbound",
        sender,
        sid=sid,
        body=body,
        encoding=size.encoding,
        units=size.units,
        segments=size.segments,
    )
    twilio.record(current, sid=sid, sender=sender, to=params["To"], body=body, direction="inbound", status="received")
    params |= _carrier_opt_out(current, sender, body)
    attempt = _post_sms(current, sender, params)
    return jsonify(message_sid=sid, **asdict(attempt))


@blueprint.post("/_wechat/send")
def send_wechat() -> ResponseReturnValue:
    """A phone sends {openid, type, …} to the account and gets the passive reply, as WeChat would deliver it.

    type      text {text} | location {lat, lon, label} in GCJ-02 | image | voice {recognition} | link {title, url} |
              subscribe {key} | unsubscribe | scan {key} | click {key} | view {key} |
              location_event {lat, lon} in WGS-84
    msg_id    a repeat of an earlier message
    wait      false: answer at once with 202, the attempts go on behind
    """
    order = _order()
    current = state()
    openid, kind = str(order.get("openid", "")), str(order.get("type", "text"))
    if not openid:
        abort(400, "openid is missing")
    fields, is_event = _wechat_fields(kind, order)
    msg_id = int(order.get("msg_id") or _ids.next())
    created = int(order.get("create_time") or time.time())
    if not is_event:
        fields["MsgId"] = str(msg_id)
    xml = _xml({"ToUserName": _account(current), "FromUserName": openid, "CreateTime": str(created), **fields})
    if fields.get("Event") == "unsubscribe":
        wechat.close_window(current, openid)
    else:
        wechat.open_window(current, openid, event=is_event)
    current.feed.add("wechat", "inbound", openid, msg_id=str(msg_id), msg_type=kind, body=_shown(kind, order))
    if order.get("wait") is False:
        Thread(target=_deliver_wechat, args=(current, openid, str(msg_id), xml), daemon=True).start()
        return jsonify(msg_id=str(msg_id)), 202
    return jsonify(_deliver_wechat(current, openid, str(msg_id), xml))


def _order() -> dict[str, Any]:
    # Only a JSON body: a form could be posted from any page in the developer's browser.
    order = request.get_json()
    if not isinstance(order, dict):
        abort(400, "a JSON object is expected")
    return order


def _carrier_opt_out(current: State, sender: str, body: str) -> dict[str, str]:
    """With Twilio's advanced opt-out on: keep the list and answer for the account, as Twilio does."""
    word = body.strip().upper()
    with current.lock:
        if not current.twilio.carrier_opt_out or word not in OPT_OUT_WORDS | OPT_IN_WORDS:
            return {}
        stop = word in OPT_OUT_WORDS
        (current.twilio.opted_out.add if stop else current.twilio.opted_out.discard)(sender)
    text = (
        "You have successfully been unsubscribed. You will not receive any more messages from this number. "
        "Reply START to resubscribe."
        if stop
        else "You have successfully been re-subscribed to messages from this number. "
        "Reply HELP for help. Reply STOP to unsubscribe."
    )
    current.feed.add("twilio", "carrier", sender, body=text)
    return {"OptOutType": "STOP" if stop else "START"}


def _post_sms(current: State, sender: str, params: dict[str, str]) -> Attempt:
    url = current.config.public_base_url + SMS_PATH
    started = time.monotonic()
    text = ""
    try:
        answer = twilio.post_signed(current, url, params)
        status: int | str = answer.status
        text = answer.data.decode("utf-8", "replace")
    except urllib3.exceptions.HTTPError as exc:
        status = type(exc).__name__
    attempt = Attempt(1, status, round((time.monotonic() - started) * 1000), text[:MAX_SHOWN])
    _log(current, "twilio", sender, url, params, attempt)
    return attempt


def _deliver_wechat(current: State, openid: str, msg_id: str, xml: str) -> dict[str, Any]:
    """Three attempts of five seconds with the same MsgId; the first valid answer is what the phone shows."""
    attempts: list[Attempt] = []
    reply: dict[str, Any] | None = None
    good = False
    for number in range(1, WECHAT_ATTEMPTS + 1):
        attempt, text = _attempt_wechat(current, openid, number, xml)
        attempts.append(attempt)
        if attempt.status != 200:
            continue
        try:
            reply = _passive(text, current, openid)
            good = True
        except ValueError:
            # A malformed answer is not tried again; the person sees that the account is out of order.
            good = False
        break
    if reply is not None:
        current.feed.add("wechat", "passive", openid, msg_id=msg_id, attempt=len(attempts), **reply)
    elif not good:
        current.feed.add("wechat", "out_of_order", openid, msg_id=msg_id, body="该公众号提供的服务出现故障,请稍后再试")
    return {"msg_id": msg_id, "attempts": [asdict(a) for a in attempts], "reply": reply}


def _attempt_wechat(current: State, openid: str, number: int, xml: str) -> tuple[Attempt, str]:
    timestamp, nonce = str(int(time.time())), secrets.token_hex(5)
    signed = "".join(sorted((current.config.wechat_token, timestamp, nonce)))
    signature = hashlib.sha1(signed.encode()).hexdigest()  # noqa: S324 (the vendor's scheme)
    query = urlencode({"signature": signature, "timestamp": timestamp, "nonce": nonce, "openid": openid})
    url = f"{current.config.public_base_url}{WECHAT_PATH}?{query}"
    started = time.monotonic()
    text = ""
    try:
        answer = current.http.request(
            "POST",
            url,
            body=xml.encode(),
            headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
            timeout=current.config.wechat_timeout_seconds,
        )
        status: int | str = answer.status
        text = answer.data.decode("utf-8", "replace")
    except urllib3.exceptions.HTTPError as exc:
        status = type(exc).__name__
    attempt = Attempt(number, status, round((time.monotonic() - started) * 1000), text[:MAX_SHOWN])
    _log(current, "wechat", openid, url.split("?")[0], xml, attempt)
    return attempt, text


def _log(current: State, provider: str, contact: str, url: str, sent: object, attempt: Attempt) -> None:
    current.feed.add(
        provider, "webhook", contact, url=url, request=sent, attempt=attempt.number,
        status=attempt.status, ms=attempt.ms, response=attempt.body,
    )  # fmt: skip


def _passive(text: str, current: State, openid: str) -> dict[str, Any] | None:
    """What the phone shows for our answer; None for `success` or nothing. Raises ValueError where WeChat refuses it."""
    if text.strip() in ("", "success"):
        return None
    try:
        root = fromstring(text, forbid_dtd=True)
    except ParseError as exc:
        raise ValueError("not XML") from exc
    get = root.findtext
    if (
        root.tag != "xml"
        or get("ToUserName") != openid
        or get("FromUserName") != _account(current)
        or not (get("CreateTime") or "").isdigit()
    ):
        raise ValueError("not an answer to this message")
    kind = get("MsgType")
    if kind == "text":
        content = get("Content") or ""
        if not content or len(content.encode()) > wechat.MAX_TEXT_BYTES:
            raise ValueError("empty or too long")
        return {"msg_type": "text", "body": content}
    if kind == "news":
        items = root.findall("Articles/item")
        if len(items) != 1 or get("ArticleCount") != "1":
            raise ValueError("a passive answer has one article")
        names = {"title": "Title", "description": "Description", "url": "Url", "picurl": "PicUrl"}
        return {
            "msg_type": "news",
            "articles": [{key: item.findtext(tag) or "" for key, tag in names.items()} for item in items],
        }
    raise ValueError("unknown MsgType")


def _wechat_fields(kind: str, order: dict[str, Any]) -> tuple[dict[str, str], bool]:
    """The elements of one message type, and whether it is an event."""
    text = {
        key: str(order.get(key, "")) for key in ("text", "label", "title", "url", "recognition", "key", "lat", "lon")
    }
    messages = {
        "text": {"MsgType": "text", "Content": text["text"]},
        "location": {
            "MsgType": "location", "Location_X": text["lat"], "Location_Y": text["lon"],
            "Scale": str(order.get("scale", 16)), "Label": text["label"],
        },
        "image": {"MsgType": "image", "PicUrl": text["url"], "MediaId": secrets.token_urlsafe(24)},
        "voice": {
            "MsgType": "voice", "MediaId": secrets.token_urlsafe(24),
            "Format": "amr", "Recognition": text["recognition"],
        },
        "link": {"MsgType": "link", "Title": text["title"], "Description": "", "Url": text["url"]},
    }  # fmt: skip
    events = {
        "subscribe": {"Event": "subscribe", "EventKey": f"qrscene_{text['key']}" if text["key"] else ""},
        "unsubscribe": {"Event": "unsubscribe", "EventKey": ""},
        "scan": {"Event": "SCAN", "EventKey": text["key"]},
        "click": {"Event": "CLICK", "EventKey": text["key"]},
        "view": {"Event": "VIEW", "EventKey": text["key"]},
        "location_event": {
            "Event": "LOCATION",
            "Latitude": text["lat"],
            "Longitude": text["lon"],
            "Precision": str(order.get("precision", 40)),
        },
    }
    if kind in messages:
        return dict(messages[kind]), False
    if kind in events:
        return {"MsgType": "event", **events[kind]}, True
    return abort(400, f"type must be one of {', '.join([*messages, *events])}")


def _shown(kind: str, order: dict[str, Any]) -> str:
    if kind in ("location", "location_event"):
        return f"{order.get('label', '')} {order.get('lat')},{order.get('lon')}".strip()
    return str(order.get("text") or order.get("recognition") or order.get("title") or order.get("key") or "")


def _account(current: State) -> str:
    """The account's original id (gh_…); a real one is not derived from the app id, but it is as constant."""
    return "gh_" + hashlib.sha256(current.config.wechat_app_id.encode()).hexdigest()[:12]


def _xml(fields: dict[str, str]) -> str:
    numeric = {"CreateTime", "MsgId", "Location_X", "Location_Y", "Scale", "Latitude", "Longitude", "Precision"}

    def element(name: str, value: str) -> str:
        if name in numeric:
            return f"<{name}>{escape(value)}</{name}>"
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"

    return f"<xml>{''.join(element(name, value) for name, value in fields.items())}</xml>"
