"""The providers as they knock at our door."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from tests.support.container import PUBLIC_URL, TWILIO_SID, TWILIO_TOKEN, WECHAT_TOKEN

OPENID = "oTest0000000000000000000001"
Send = Callable[..., TestResponse]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def send_sms(client: FlaskClient) -> Send:
    """Sends a signed Twilio webhook; fields given as None are left out."""

    def send(path: str = "/channels/twilio/sms", headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        every = {"AccountSid": TWILIO_SID, "MessageSid": "SM1", "From": "+4915155500001", "Body": "几点开门", **fields}
        params = {name: value for name, value in every.items() if value is not None}
        signature = RequestValidator(TWILIO_TOKEN).compute_signature(PUBLIC_URL + path, params)
        return client.post(path, data=params, headers={"X-Twilio-Signature": signature, **(headers or {})})

    return send


def wechat_query(timestamp: str = "1760000000", nonce: str = "n0") -> dict[str, str]:
    digest = hashlib.sha1("".join(sorted((WECHAT_TOKEN, timestamp, nonce))).encode()).hexdigest()
    return {"signature": digest, "timestamp": timestamp, "nonce": nonce}


def wechat_xml(**fields: str) -> bytes:
    every = {
        "ToUserName": "gh_city",
        "FromUserName": OPENID,
        "CreateTime": "1760000000",
        "MsgType": "text",
        "Content": "几点开门",
        "MsgId": "1001",
        **fields,
    }
    return ("<xml>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in every.items()) + "</xml>").encode()


@pytest.fixture
def send_wechat(client: FlaskClient) -> Send:
    """Sends a signed WeChat message and reads the whole response, as WeChat does."""

    def send(body: bytes | None = None, **fields: str) -> TestResponse:
        response = client.post(
            "/channels/wechat",
            query_string=wechat_query(),
            data=wechat_xml(**fields) if body is None else body,
            content_type="text/xml",
        )
        response.get_data()
        response.close()
        return response

    return send
