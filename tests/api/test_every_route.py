"""Every route and method with bodies nobody meant: refused or answered, never an error of ours, nothing stored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.models import (
    AuditEntry,
    ChannelIdentity,
    Contact,
    Conversation,
    DeliveryReceipt,
    Event,
    InboundMessage,
    OutboundMessage,
    Place,
    Revision,
)
from tests.api.conftest import Person
from tests.support.container import Parts
from tests.webhooks.conftest import wechat_query

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
# Those that any view takes a body with; the others are tried without one.
WITH_BODY = ("GET", "POST", "PUT")
STORED = (InboundMessage, OutboundMessage, DeliveryReceipt, Event, Place, Revision, AuditEntry)
# A session may be opened by anyone: what it stores is a contact without a message.
OPENS_SESSIONS = "/api/v1/sessions"
# These say that a part is not ready, which in a test is true.
NOT_READY = {"/readyz"}
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", ""),
    "binary": (bytes(range(256)) * 8, "application/octet-stream"),
    "a form of bytes": (b"%ff%00=%fe&&&===&a[]=%", "application/x-www-form-urlencoded"),
    "a broken form": (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
    "no boundary": (b"--\r\n\r\n--", "multipart/form-data"),
    "broken JSON": (b'{"a": [NaN, "\xff', "application/json"),
    "deep JSON": (b"[" * 50_000, "application/json"),
    "JSON of another kind": (b'"text"', "application/json"),
    "hostile XML": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>', "text/xml"),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="../../x"\r\n\r\n\x00\xff\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "an odd type": (b"x", "text/\x7f;;;charset=no-such"),
    "too much": (b"x" * 1_100_000, "application/x-www-form-urlencoded"),
}
HEADERS = {"X-Twilio-Signature": "é", "Accept-Language": "\x01", "Cookie": "session=.eJx; ;;=", "Prefer": "wait=x"}


def paths(app: Flask) -> list[str]:
    """One address for each rule, its variables filled with something odd."""
    filled = {re.sub(r"<int:[^>]+>", "0", rule.rule) for rule in app.url_map.iter_rules()}
    return sorted({re.sub(r"<[^>]+>", "no%00such%F0%9F%8F%96%EF%BF%BD..", path) for path in filled})


@pytest.mark.parametrize("kind", BODIES)
def test_no_body_breaks_any_route(app: Flask, client: FlaskClient, parts: Parts, kind: str) -> None:
    body, content_type = BODIES[kind]
    failures = []
    for path in [
        *paths(app),
        "/",
        "/nowhere",
        "/api/v1/%00",
        "//",
        "/channels/wechat?signature=%ff&timestamp=&nonce=x",
    ]:
        for method in WITH_BODY if body else METHODS:
            response = client.open(path, method=method, data=body, content_type=content_type, headers=HEADERS)
            if response.status_code >= 500 and path not in NOT_READY:
                failures.append((method, path, response.status_code))
            if path.startswith("/channels/") and response.status_code < 400 and method != "OPTIONS":
                failures.append((method, path, response.status_code))
            response.close()
    assert failures == []
    assert [parts.rows(model) for model in STORED] == [[] for _ in STORED]
    assert len(parts.rows(Contact)) == len(parts.rows(Conversation)) == len(parts.rows(ChannelIdentity))
    assert (len(parts.rows(Contact)) > 0) == (body == b""), "an empty body opens a session, as documented"


@pytest.mark.parametrize("kind", BODIES)
def test_no_body_breaks_what_lies_behind_the_locks(
    app: Flask, client: FlaskClient, parts: Parts, person: Person, kind: str
) -> None:
    """The same with a good token, and under a good WeChat signature."""
    body, content_type = BODIES[kind]
    calls: list[dict[str, Any]] = [
        {"path": path, "method": method, "headers": person.headers()}
        for path in ("/api/v1/chat/messages", "/api/v1/chat/stream?after=x", "/api/v1/sessions/x")
        for method in (WITH_BODY if body else METHODS)
    ]
    calls += [{"path": "/channels/wechat", "method": "POST", "query_string": wechat_query()}]
    for call in calls:
        response = client.open(**call, data=body, content_type=content_type)
        assert response.status_code < 500, call
        if call["method"] == "POST":
            assert response.status_code >= 400, call
        response.close()
    assert parts.rows(InboundMessage) == []


def test_every_answer_carries_the_headers_that_protect(app: Flask, client: FlaskClient) -> None:
    for path in ("/healthz", "/", "/nowhere", "/api/v1/chat/messages", "/channels/wechat", "/staff/"):
        response = client.get(path)
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert "default-src" in response.headers["Content-Security-Policy"], path
        assert "Server" not in response.headers or "Python" not in response.headers["Server"]
