"""The fake WeChat: tokens, customer-service messages and their limits, and passive replies to a phone's message."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import requests
from defusedxml.ElementTree import fromstring
from flask import Response

from tests.fakes.conftest import OPENID, Fakes, Receiver


def stable_token(fakes: Fakes, **changes: Any) -> dict[str, Any]:
    body = {
        "grant_type": "client_credential",
        "appid": fakes.config.wechat_app_id,
        "secret": fakes.config.wechat_app_secret,
        **changes,
    }
    return requests.post(f"{fakes.url}/cgi-bin/stable_token", json=body, timeout=5).json()


def send(fakes: Fakes, token: str, text: str = "您好", openid: str = OPENID, **changes: Any) -> int:
    body = {"touser": openid, "msgtype": "text", "text": {"content": text}, **changes}
    url = f"{fakes.url}/cgi-bin/message/custom/send"
    code: int = requests.post(url, params={"access_token": token}, json=body, timeout=5).json()["errcode"]
    return code


def passive(call: dict[str, Any], content: str, **changes: str) -> Response:
    """A text answer with sender and recipient swapped, as the account must give it."""
    message = fromstring(call["body"])
    fields = {
        "ToUserName": message.findtext("FromUserName"),
        "FromUserName": message.findtext("ToUserName"),
        "CreateTime": "1760000000",
        "MsgType": "text",
        "Content": content,
        **changes,
    }
    return Response(
        f"<xml>{''.join(f'<{k}><![CDATA[{v}]]></{k}>' for k, v in fields.items())}</xml>", mimetype="text/xml"
    )


def test_stable_token_stays_until_it_is_refreshed(fakes: Fakes) -> None:
    first = stable_token(fakes)
    assert stable_token(fakes)["access_token"] == first["access_token"]
    second = stable_token(fakes, force_refresh=True)["access_token"]
    fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    assert send(fakes, first["access_token"]) == 40001
    assert send(fakes, second) == 0


def test_token_needs_the_right_application(fakes: Fakes) -> None:
    assert stable_token(fakes, appid="wxother")["errcode"] == 40013
    assert stable_token(fakes, secret="guess")["errcode"] == 40125
    assert stable_token(fakes, grant_type="password")["errcode"] == 40002


def test_expired_token_is_told_apart_and_replaced(fakes: Fakes) -> None:
    token = stable_token(fakes)["access_token"]
    fakes.control(provider="wechat", expire_token=True)
    assert send(fakes, token) == 42001
    assert stable_token(fakes)["access_token"] != token


def test_five_messages_after_each_message_of_the_person(fakes: Fakes) -> None:
    token = stable_token(fakes)["access_token"]
    assert send(fakes, token) == 45015
    fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    assert [send(fakes, token) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    fakes.phone("/_wechat/send", openid=OPENID, text="hi again")
    assert send(fakes, token) == 0
    fakes.phone("/_wechat/send", openid=OPENID, type="unsubscribe")
    assert send(fakes, token) == 45015


def test_three_messages_after_a_follow(fakes: Fakes) -> None:
    token = stable_token(fakes)["access_token"]
    fakes.phone("/_wechat/send", openid=OPENID, type="subscribe")
    assert [send(fakes, token) for _ in range(4)] == [0, 0, 0, 45047]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, 44004),
        ({"text": "岛" * 683}, 45002),
        ({"msgtype": "hologram"}, 40008),
        ({"openid": ""}, 40003),
        ({"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
    ],
)
def test_bad_messages_are_refused(fakes: Fakes, changes: dict[str, Any], code: int) -> None:
    fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    assert send(fakes, stable_token(fakes)["access_token"], **changes) == code


@pytest.mark.parametrize("code", ["40001", "42001", "45009", "45015", "45047", "48002"])
def test_error_codes_can_be_switched_on(fakes: Fakes, code: str) -> None:
    token = stable_token(fakes)["access_token"]
    fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    fakes.control(provider="wechat", mode=code, times=1)
    assert send(fakes, token) == int(code)
    assert send(fakes, token) == 0


def test_message_and_its_signature_reach_the_webhook(fakes: Fakes, receiver: Receiver) -> None:
    fakes.phone("/_wechat/send", openid=OPENID, type="location", lat=39.83, lon=119.52, label="鸽子窝]]>公园")
    (call,) = receiver.wait_for(1, "/channels/wechat")
    signed = "".join(sorted(("wechat-token", call["args"]["timestamp"], call["args"]["nonce"])))
    assert call["args"]["signature"] == hashlib.sha1(signed.encode()).hexdigest()
    message = fromstring(call["body"])
    assert [message.findtext(tag) for tag in ("MsgType", "Location_X", "Location_Y", "Label", "FromUserName")] == [
        "location", "39.83", "119.52", "鸽子窝]]>公园", OPENID,
    ]  # fmt: skip


def test_passive_reply_is_what_the_phone_shows(fakes: Fakes, receiver: Receiver) -> None:
    receiver.answer = lambda call: passive(call, "06:00-18:00")
    result = fakes.phone("/_wechat/send", openid=OPENID, text="鸽子窝公园几点开门")
    assert result["reply"] == {"msg_type": "text", "body": "06:00-18:00"}
    assert [attempt["status"] for attempt in result["attempts"]] == [200]
    (shown,) = fakes.events("passive", contact=OPENID)
    assert (shown["body"], shown["attempt"]) == ("06:00-18:00", 1)


def test_success_shows_nothing(fakes: Fakes, receiver: Receiver) -> None:
    result = fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    assert result["reply"] is None and len(result["attempts"]) == 1
    fakes.phone("/_wechat/send", openid=OPENID, type="subscribe")
    assert "out_of_order" not in requests.get(f"{fakes.url}/_stats", timeout=5).text


def test_late_answer_is_asked_for_again_with_the_same_id(fakes: Fakes, receiver: Receiver) -> None:
    def third_time(call: dict[str, Any]) -> Response:
        calls = len(receiver.calls)
        if calls < 3:
            receiver.wait_for(calls + 1)  # given up, and asked again
        return passive(call, "at last")

    receiver.answer = third_time
    result = fakes.phone("/_wechat/send", openid=OPENID, text="slow?")
    assert [attempt["status"] for attempt in result["attempts"]] == ["ReadTimeoutError", "ReadTimeoutError", 200]
    assert result["reply"]["body"] == "at last"
    assert len({fromstring(call["body"]).findtext("MsgId") for call in receiver.calls}) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda call: passive(call, "hi", ToUserName="somebody else"),
        lambda call: passive(call, ""),
        lambda call: passive(call, "岛" * 683),
        lambda call: Response("<xml><broken>"),
        lambda call: Response('<!DOCTYPE x [<!ENTITY e "x">]><xml>&e;</xml>'),
    ],
)
def test_wrong_passive_answer_is_an_account_out_of_order(fakes: Fakes, receiver: Receiver, answer: Any) -> None:
    receiver.answer = answer
    result = fakes.phone("/_wechat/send", openid=OPENID, text="hi")
    assert result["reply"] is None
    assert fakes.events("out_of_order", contact=OPENID)
