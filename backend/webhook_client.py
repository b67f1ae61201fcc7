"""Posts webhooks: to public addresses alone, over TLS, so that nobody reaches into our network through us.

The name is looked up once, every address it has must be public, and the connection goes to one of those: a name that
means something else a moment later changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3

from backend.services.webhooks import Unreachable

CONNECT_SECONDS = 3.0
# NAT64 (RFC 6052): what stands behind the prefix is an IPv4 address of any kind.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MAX_URL = 500


class WebhookClient:
    """Posts bodies. `allow_private` is for development: plain http and addresses of the own network, too."""

    def __init__(self, timeout: float, allow_private: bool = False) -> None:
        self._timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=timeout, total=timeout)
        self._allow_private = allow_private

    def check_url(self, url: str) -> None:
        """Raises ValueError, which says what would be right, for an address that nothing is posted to."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{url[:80]!r} is no address") from error
        schemes = ("https", "http") if self._allow_private else ("https",)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError("the address begins with https:// and names a host")
        if parts.username is not None or parts.fragment or len(url) > _MAX_URL or not url.isascii() or port == 0:
            raise ValueError(
                f"the address has no user and no fragment, is plain ASCII and of at most {_MAX_URL} letters"
            )
        if any(char.isspace() or ord(char) < 32 for char in url):
            raise ValueError("the address holds a blank")
        if not self._allow_private and _is_address(parts.hostname) and not _is_public(parts.hostname):
            raise ValueError("the address is not a public one")

    def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """Posts a body; the status of the answer. Raises Unreachable."""
        try:
            self.check_url(url)
        except ValueError as error:
            raise Unreachable("address refused") from error
        parts = urlsplit(url)
        address = self._resolve(parts)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._pool(parts, address) as pool:
                answer = pool.urlopen(
                    "POST",
                    path,
                    body=body,
                    headers={**headers, "Host": parts.netloc},
                    redirect=False,
                    retries=False,
                    preload_content=False,  # what it says besides the status is nothing to us, however long
                )
                answer.close()
                return int(answer.status)
        except urllib3.exceptions.NewConnectionError as error:  # a kind of timeout to urllib3
            raise Unreachable("no connection") from error
        except urllib3.exceptions.TimeoutError as error:
            raise Unreachable("timeout") from error
        except urllib3.exceptions.SSLError as error:
            raise Unreachable("TLS failed") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable("no connection") from error

    def _resolve(self, parts: SplitResult) -> str:
        try:
            found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable("unknown host") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allow_private and not all(_is_public(address) for address in addresses):
            raise Unreachable("not a public address")
        return addresses[0]

    def _pool(self, parts: SplitResult, address: str) -> urllib3.HTTPConnectionPool:
        if parts.scheme == "http":
            return urllib3.HTTPConnectionPool(address, _port(parts), timeout=self._timeout)
        return urllib3.HTTPSConnectionPool(
            address,
            _port(parts),
            timeout=self._timeout,
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(address: str) -> bool:
    """Whether an address is one of the internet at large; what may lead to another kind of address is not."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (
        found.ipv4_mapped is not None or found.sixtofour is not None or found.teredo is not None or found in _NAT64
    ):
        return False
    return found.is_global and not found.is_multicast
