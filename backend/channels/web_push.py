"""Web Push with VAPID: RFC 8030 (protocol), RFC 8291 (encryption), RFC 8292 (who sends), by pywebpush.

The address of a device is its subscription as the browser gives it, in JSON: `{"endpoint", "keys": {"p256dh", "auth"}}`
"""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from backend.services.ports import Outgoing, SendPermanent, SendTemporary, SendUnknown
from backend.services.replies import Reply

# Where the push services of browsers are. Endpoints come from outside: no request of ours goes anywhere else.
HOSTS = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    "web.push.apple.com",
)
# For how long a push service keeps a message for a device that is away.
TTL_SECONDS = 24 * 3600
# A push service takes at least 4,096 bytes of encrypted body (RFC 8030, 7.2).
MAX_TEXT_BYTES = 3000
# The subscription has ended (RFC 8030, 7.3), or was never one.
GONE = {404, 410}
RETRY_SECONDS = 30.0


def allowed(endpoint: str, others: tuple[str, ...] = ()) -> bool:
    """Whether an endpoint is one of a known push service, by https; `others` are further base URLs, as a fake's."""
    if any(endpoint.startswith(f"{base}/") for base in others):
        return True
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port not in (None, 443) or parts.username or parts.password:
        return False
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in HOSTS)


class WebPush:
    """Fulfils `services.ports.Channel`."""

    name = "push"
    sends = True
    consent_words = False

    def __init__(self, private_key: str, subject: str, others: tuple[str, ...], timeout: float) -> None:
        """`private_key`: the 32 bytes of a P-256 key in URL-safe base64; `subject`: how to reach us, as `mailto:`."""
        self._vapid = Vapid02.from_string(private_key)
        self._subject = subject
        self._others = others
        self._timeout = timeout
        self._own = threading.local()

    def public_key(self) -> str:
        """What a browser needs to subscribe: the key's point, uncompressed, in URL-safe base64 without padding."""
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()

    def allows(self, endpoint: str) -> bool:
        """Whether an endpoint may be registered."""
        return allowed(endpoint, self._others)

    def render(self, reply: Reply) -> str:
        """The text below the title, as much of it as a push service takes; whole lines only."""
        text = ""
        for line in reply.lines:
            if len(f"{text}\n{line}".encode()) > MAX_TEXT_BYTES:
                break
            text = f"{text}\n{line}".strip()
        return text or reply.headline

    def send(self, message: Outgoing) -> str:
        """Encrypts and sends. A push service gives a message an address of its own, which becomes its id."""
        subscription = json.loads(message.address)
        if not self.allows(subscription["endpoint"]):
            raise SendPermanent("endpoint_not_allowed", gone=True)
        body = {"id": message.id, "title": message.reply.headline, "text": message.text, "lang": message.reply.lang}
        try:
            response = webpush(
                subscription,
                json.dumps(body, ensure_ascii=False),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._subject},
                timeout=self._timeout,
                ttl=TTL_SECONDS,
                requests_session=self._session(),
            )
        except WebPushException as error:
            raise _classified(error) from error
        except requests.ConnectTimeout as error:
            raise SendTemporary("connect_timeout", RETRY_SECONDS) from error
        except requests.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "Connection refused" in str(error):
                raise SendTemporary("unreachable", RETRY_SECONDS) from error
            raise SendUnknown("connection_lost") from error
        except requests.RequestException as error:
            raise SendUnknown(type(error).__name__) from error
        except (ValueError, KeyError, TypeError) as error:  # keys that are no keys
            raise SendPermanent("bad_subscription", gone=True) from error
        location = response.headers.get("Location", "") if isinstance(response, requests.Response) else ""
        return location[-128:] or f"push-{message.id}"

    def find_sent(self, message: Outgoing) -> str | None:
        """Push services cannot be asked what they sent."""
        raise SendUnknown("push_has_no_lookup")

    def _session(self) -> requests.Session:
        """One for each thread. It follows no redirects: they could lead anywhere."""
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.max_redirects = 0
        return self._own.session


def _classified(error: WebPushException) -> Exception:
    response = error.response
    if response is None:
        return SendPermanent("bad_subscription", gone=True)
    status = response.status_code
    if status in GONE:
        return SendPermanent(str(status), gone=True)
    if status in (429, 503):
        wait = response.headers.get("Retry-After", "")
        return SendTemporary(str(status), float(wait) if wait.isascii() and wait.isdigit() else RETRY_SECONDS)
    if status >= 500:
        return SendUnknown(str(status))
    return SendPermanent(str(status))
