"""SMS through Twilio: signature, inbound parameters, REST answer, status callbacks.

Vendor facts: https://www.twilio.com/docs/usage/security (signature),
/docs/messaging/guides/track-outbound-message-status,
/docs/api/errors (codes).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from backend.channels.fitting import fit
from backend.channels.segments import plain_typography, segments
from backend.services.inbound import InvalidMessage, Received
from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from backend.services.replies import Reply

# Twilio's statuses in our words; the others (queued, accepted, scheduled, sending) change nothing.
STATES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
OPTED_OUT = 21610
OPT_OUT_TYPES = {"stop", "start", "help"}
PERMANENT = {21211, 21214, 21217, 21408, 21602, 21610, 21612, 21614, 21617, 30004, 30005, 30006, 63016}
# The number and what to do first in both languages; more would arrive in pieces.
MAX_EMERGENCY_SEGMENTS = 4
CLOCK_SLACK = dt.timedelta(seconds=5)


class InvalidSignature(Exception):
    """The request does not prove that it comes from the provider."""


class _BaseUrlClient(TwilioHttpClient):
    """Sends the official client's requests to another base URL; used for the fake and for regional endpoints."""

    def __init__(self, base_url: str, timeout: float) -> None:
        # One connection pool, no retries by the library: whether a request may be repeated is ours to decide.
        super().__init__(pool_connections=True, timeout=timeout, max_retries=0)
        self._base = urlsplit(base_url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        wanted = urlsplit(url)
        moved = urlunsplit(
            (self._base.scheme, self._base.netloc, self._base.path.rstrip("/") + wanted.path, wanted.query, "")
        )
        return super().request(method, moved, *args, **kwargs)


class TwilioSms:
    """Fulfils `services.ports.Channel`, verifies and parses Twilio's webhooks."""

    name = "sms"
    sends = True
    consent_words = True

    def __init__(
        self, account_sid: str, auth_token: str, sender: str, api_base_url: str, public_base_url: str, timeout: float
    ) -> None:
        self._account_sid = account_sid
        self._sender = sender
        self._public_base_url = public_base_url.rstrip("/")
        self._validator = RequestValidator(auth_token)
        self._configured = bool(account_sid and auth_token)
        self._client = Client(account_sid or "AC", auth_token or "-", http_client=_BaseUrlClient(api_base_url, timeout))

    def verify(self, path_and_query: str, params: Mapping[str, Any], signature: str | None) -> None:
        """Raises InvalidSignature unless Twilio signed this request. The URL is built from the configured public base,
        never from
        the request's own Host."""
        try:
            good = (
                self._configured
                and signature is not None
                and self._validator.validate(self._public_base_url + path_and_query, params, signature)
            )
        except Exception as error:  # the library raises several kinds on hostile input; unverifiable is unverified
            raise InvalidSignature from error
        if not good:
            raise InvalidSignature

    def parse(self, params: Mapping[str, str]) -> Received:
        """An inbound message. Raises InvalidMessage naming what is missing."""
        if params.get("AccountSid") != self._account_sid:
            raise InvalidMessage("wrong_account")
        sid, sender = params.get("MessageSid", ""), params.get("From", "")
        if not sid or not sender:
            raise InvalidMessage("bad_id")
        text = params.get("Body", "")
        location = _location(params)
        media = params.get("NumMedia", "0") not in ("", "0")
        meta: dict[str, Any] = {}
        opt_out_type = params.get("OptOutType", "").lower()
        if opt_out_type in OPT_OUT_TYPES:
            meta["opt_out_type"] = opt_out_type
        kind = "location" if location else "media" if media else "text"
        return Received("sms", sid, sender, kind, text=text, location=location, meta=meta)

    def render(self, reply: Reply) -> str:
        """One segment whenever the headline allows; choices by number."""
        most = MAX_EMERGENCY_SEGMENTS if reply.code == "emergency" else 1

        def fits(text: str) -> bool:
            return segments(plain_typography(text)) <= most

        return plain_typography(fit(reply, fits, numbered_choices=True))

    def send(self, message: Outgoing) -> str:
        """Sends by REST. The status callback carries our id, so an unrecorded send can still be told apart."""
        try:
            sent = self._client.messages.create(
                to=message.address,
                from_=self._sender,
                body=message.text,
                status_callback=f"{self._public_base_url}/channels/twilio/status?outbound={message.id}",
            )
        except TwilioRestException as error:
            raise _classified(error) from error
        except requests.ConnectTimeout as error:
            raise SendTemporary("connect_timeout") from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise SendTemporary("unreachable") from error
            raise SendUnknown("connection_lost") from error
        except requests.RequestException as error:
            raise SendUnknown(type(error).__name__) from error
        if not sent.sid:
            raise SendUnknown("no_sid")
        return sent.sid

    def find_sent(self, message: Outgoing) -> str | None:
        """Looks through what Twilio sent to this number since the claim for a message with this text that no other row
        has.
        """
        since = message.claimed_at - CLOCK_SLACK
        try:
            listed = self._client.messages.list(
                to=message.address, date_sent_after=since.replace(hour=0, minute=0, second=0), limit=200
            )
        except TwilioRestException as error:
            raise SendTemporary(str(error.code or error.status)) from error
        except requests.RequestException as error:
            raise SendTemporary(type(error).__name__) from error
        for sent in listed:
            created = sent.date_created or sent.date_sent
            if (
                sent.body == message.text
                and sent.sid not in message.known_provider_ids
                and (created is None or created >= since)
            ):
                return sent.sid
        return None


def _location(params: Mapping[str, str]) -> dict[str, Any] | None:
    try:
        lat, lon = float(params["Latitude"]), float(params["Longitude"])
    except (KeyError, ValueError):
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return {"lat": lat, "lon": lon, "datum": "WGS-84"}


def _classified(error: TwilioRestException) -> Exception:
    code = error.code or 0
    if code == OPTED_OUT:
        return SendPermanent(str(code), opted_out=True)
    if error.status == 429 or code == 20429:
        return SendTemporary("429", retry_after=2.0)
    if code in PERMANENT or (400 <= error.status < 500):
        return SendPermanent(str(code or error.status))
    if error.status in (500, 502, 504):
        # The provider failed somewhere behind its door: it may have taken the message.
        return SendUnknown(str(error.status))
    return SendTemporary(str(error.status))


def _never_connected(error: requests.ConnectionError) -> bool:
    return "NewConnectionError" in repr(error) or "Connection refused" in str(error)
