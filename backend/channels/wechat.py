"""WeChat Official Account in plain mode: URL check, XML in, passive XML out, customer-service messages when the window
has closed.

Vendor facts: https://developers.weixin.qq.com/doc/offiaccount/ (Message_Management: receiving, passive replies,
customer service;
Basic_Information: stable_token).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import threading
import time
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import redis
import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backend.channels.fitting import fit
from backend.services.inbound import InvalidMessage, Received
from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from backend.services.replies import Reply

log = logging.getLogger(__name__)

MAX_TEXT_BYTES = 2048
MAX_XML_BYTES = 64 * 1024
TOKEN_KEY = "concierge:wechat:token"
# Refreshed this long before it runs out.
TOKEN_MARGIN_SECONDS = 300
# A token this young is not refreshed again: another worker has just done it.
JUST_NOW_SECONDS = 5.0
TOKEN_CODES = {40001, 40014, 42001}
TEMPORARY = {-1, 45009, 45011}
# 45015: more than 48 hours since the person wrote; 45047: too many messages since then; 43004: not following; 48002:
# refuses messages.
PERMANENT = {40003, 43004, 45015, 45047, 48002, 45002, 40008}
_OPENID = re.compile(r"[A-Za-z0-9_-]{6,64}")
_CONTROL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class InvalidSignature(Exception):
    """The request does not prove that it comes from WeChat."""


class WeChat:
    """Fulfils `services.ports.Channel`, verifies and parses WeChat's requests."""

    name = "wechat"
    sends = True
    consent_words = False

    def __init__(
        self, app_id: str, app_secret: str, token: str, api_base_url: str, timeout: float, cache: redis.Redis
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._token = token
        self._base = api_base_url.rstrip("/")
        self._timeout = (2.0, timeout)
        self._cache = cache
        # This process's last token: itself, when it was fetched, until when it is used (seconds since the epoch).
        self._own: tuple[str, float, float] | None = None
        self._fetching = threading.Lock()
        self._http = requests.Session()

    def verify(self, signature: str, timestamp: str, nonce: str) -> None:
        """SHA-1 over the sorted token, timestamp and nonce, compared in constant time. Raises InvalidSignature."""
        if not self._token or not (signature and timestamp and nonce):
            raise InvalidSignature
        content = "".join(sorted((self._token, timestamp, nonce))).encode("utf-8", "replace")
        digest = hashlib.sha1(content).hexdigest()  # noqa: S324  (the algorithm is WeChat's)
        if not hmac.compare_digest(digest.encode(), signature.encode("utf-8", "replace")):
            raise InvalidSignature

    def parse(self, body: bytes) -> Received:
        """A message or an event. Raises InvalidMessage; unknown types are taken in and ignored later."""
        fields = _fields(body)
        sender = fields.get("FromUserName", "")
        if not _OPENID.fullmatch(sender) or not fields.get("CreateTime", "").isdigit() or not fields.get("MsgType"):
            raise InvalidMessage("missing_field")
        kind = fields["MsgType"]
        if kind == "event":
            name = fields.get("Event", "").lower()[:32]
            # Events have no id of their own: who, when and what make one.
            key = f"event:{sender}:{fields['CreateTime']}:{name}:{fields.get('EventKey', '')}"
            return Received("wechat", hashlib.sha256(key.encode()).hexdigest(), sender, "event", meta={"event": name})
        message_id = fields.get("MsgId", "")
        if not message_id.isdigit() or len(message_id) > 32:
            raise InvalidMessage("missing_field")
        if kind == "text":
            return Received("wechat", message_id, sender, "text", text=fields.get("Content", ""))
        if kind == "location":
            return Received("wechat", message_id, sender, "location", text="", location=_location(fields))
        if kind == "voice" and fields.get("Recognition"):
            return Received("wechat", message_id, sender, "text", text=fields["Recognition"], meta={"voice": True})
        return Received("wechat", message_id, sender, "media", meta={"type": kind[:16]})

    def passive_reply(self, body: bytes, text: str, now: int) -> str:
        """The XML that answers a request; `now` in seconds since the epoch. Account and person change places."""
        fields = _fields(body)
        return (
            "<xml>"
            f"<ToUserName>{_cdata(fields.get('FromUserName', ''))}</ToUserName>"
            f"<FromUserName>{_cdata(fields.get('ToUserName', ''))}</FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType>{_cdata('text')}</MsgType><Content>{_cdata(text)}</Content></xml>"
        )

    def render(self, reply: Reply) -> str:
        """Text within WeChat's 2,048 bytes, choices by number, a map link for a single place."""
        text = fit(reply, lambda text: len(text.encode()) <= MAX_TEXT_BYTES, numbered_choices=True)
        links = [link for card in reply.cards[:1] for link in card.links if link.url.startswith("https://")]
        if len(reply.cards) == 1 and links:
            with_link = f'{text}\n<a href="{links[0].url}">{links[0].title}</a>'
            if len(with_link.encode()) <= MAX_TEXT_BYTES:
                return with_link
        return text

    def send(self, message: Outgoing) -> str:
        """Sends a customer-service message. WeChat gives it no id, so the id is ours."""
        payload = {"touser": message.address, "msgtype": "text", "text": {"content": message.text}}
        code = self._post(payload, self._access_token())
        if code in TOKEN_CODES:  # one refresh, one retry
            code = self._post(payload, self._access_token(refresh=True))
        if code == 0:
            return f"kf-{message.id}"
        if code in PERMANENT:
            raise SendPermanent(str(code))
        raise SendTemporary(str(code), retry_after=30.0 if code in TEMPORARY else 5.0)

    def find_sent(self, message: Outgoing) -> str | None:
        """WeChat cannot be asked what it sent."""
        raise SendUnknown("wechat_has_no_lookup")

    def _post(self, payload: dict[str, Any], access_token: str) -> int:
        try:
            response = self._http.post(
                f"{self._base}/cgi-bin/message/custom/send",
                params={"access_token": access_token},
                data=_json(payload),
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=self._timeout,
            )
        except requests.ConnectTimeout as error:
            raise SendTemporary("connect_timeout") from error
        except requests.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "Connection refused" in str(error):
                raise SendTemporary("unreachable") from error
            raise SendUnknown("connection_lost") from error
        except requests.RequestException as error:
            raise SendUnknown(type(error).__name__) from error
        if response.status_code == 429:
            raise SendTemporary("429")
        if response.status_code >= 500:
            raise SendUnknown(str(response.status_code))
        try:
            return int(response.json()["errcode"])
        except (ValueError, KeyError, TypeError) as error:
            raise SendUnknown("unreadable_response") from error

    def _access_token(self, refresh: bool = False) -> str:
        """The account's token, shared by all workers through Redis; without Redis each process keeps its own.

        Fetched through stable_token without force, which gives every caller the same token, so that nobody invalidates
        another's.
        """
        if not refresh:
            try:
                shared = self._cache.get(TOKEN_KEY)
                if isinstance(shared, str):
                    return shared
            except redis.RedisError:
                if self._own and self._own[2] > time.time():
                    return self._own[0]
        try:
            with self._cache.lock(f"{TOKEN_KEY}:lock", timeout=15, blocking_timeout=10):
                return self._fetch_token(refresh)
        except redis.RedisError:
            with self._fetching:
                # Another thread fetched it while this one waited for the lock.
                if self._own and (time.time() - self._own[1] < JUST_NOW_SECONDS):
                    return self._own[0]
                return self._fetch_token(refresh)

    def _fetch_token(self, refresh: bool) -> str:
        try:
            shared = self._cache.get(TOKEN_KEY)
            fetched_at = float(str(self._cache.get(f"{TOKEN_KEY}:at") or 0))
            # Another worker refreshed it while this one waited for the lock.
            if isinstance(shared, str) and (not refresh or time.time() - fetched_at < JUST_NOW_SECONDS):
                return shared
        except redis.RedisError:
            log.info("wechat_token_unshared")
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": refresh,
        }
        try:
            data = self._http.post(f"{self._base}/cgi-bin/stable_token", json=body, timeout=self._timeout).json()
            token, lifetime = str(data["access_token"]), int(data["expires_in"])
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise SendTemporary("no_access_token") from error
        keep = max(lifetime - TOKEN_MARGIN_SECONDS, 30)
        self._own = (token, time.time(), time.time() + keep)
        try:
            self._cache.set(TOKEN_KEY, token, ex=keep)
            self._cache.set(f"{TOKEN_KEY}:at", str(time.time()), ex=keep)
        except redis.RedisError:
            log.info("wechat_token_unshared")
        return token


def _fields(body: bytes) -> dict[str, str]:
    """The flat children of a message. Raises InvalidMessage for anything that is not such XML."""
    if len(body) > MAX_XML_BYTES:
        raise InvalidMessage("too_long")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, UnicodeError) as error:
        raise InvalidMessage("bad_xml") from error
    if root.tag != "xml":
        raise InvalidMessage("bad_xml")
    return {child.tag: child.text or "" for child in root if len(child) == 0}


def _location(fields: dict[str, str]) -> dict[str, Any]:
    # A location *message* is in GCJ-02 and Location_X is the latitude.
    try:
        lat, lon = float(fields["Location_X"]), float(fields["Location_Y"])
    except (KeyError, ValueError) as error:
        raise InvalidMessage("bad_location") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidMessage("bad_location")
    return {"lat": lat, "lon": lon, "datum": "GCJ-02"}


def _cdata(text: str) -> str:
    clean = _CONTROL.sub("", text)
    return "<![CDATA[" + clean.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _json(payload: dict[str, Any]) -> bytes:
    # WeChat shows \uXXXX escapes to the person as they are.
    return json.dumps(payload, ensure_ascii=False).encode()
