"""What each channel has of its own: WeChat's retries and locations, SMS consent and receipts, the web's repeats."""

from __future__ import annotations

import itertools
import secrets

import pytest
from sqlalchemy import select

from backend.models import InboundMessage, OutboundMessage
from backend.wording import t
from tests.support.phones import SmsPhone
from tests.support.stack import Stack
from tests.support.waiting import wait_for

RAILWAY_STATION = {"lat": 39.9466, "lon": 119.6008}  # in GCJ-02, as a WeChat phone reports it
TEST_HOURS = "鸽子窝公园几点开门"


def test_wechat_repeat_gets_the_same_answer(stack: Stack) -> None:
    phone = stack.wechat()
    first = phone.send(type="text", text=TEST_HOURS)
    second = phone.send(type="text", text=TEST_HOURS, msg_id=first["msg_id"])
    assert first["reply"]["body"] == second["reply"]["body"]
    assert "08:00-18:00" in phone.next_answer().text
    with stack.container.db.read() as session:
        turns = session.scalars(select(InboundMessage).where(InboundMessage.provider_id == first["msg_id"])).all()
    assert len(turns) == 1


def test_wechat_location_answers_what_was_asked(stack: Stack) -> None:
    phone = stack.wechat()
    assert t("zh", "ask-where") in phone.ask("附近有医院吗").text
    phone.send(type="location", label="秦皇岛站", **RAILWAY_STATION)
    # In a straight line from the station's GCJ-02 to the hospital's BD-09; without conversion half a kilometre off.
    assert "最近的是秦皇岛市第一医院，约890米" in phone.next_answer().text


def test_wechat_follower_is_welcomed_in_both_languages(stack: Stack) -> None:
    phone = stack.wechat()
    phone.send(type="subscribe")
    welcome = phone.next_answer().text
    assert "秦皇岛城市管家" in welcome
    assert "English" in welcome


def test_unfollowing_is_taken_in_without_an_answer(stack: Stack) -> None:
    phone = stack.wechat()
    phone.ask("你好")
    seen = len(phone.answers())
    assert phone.send(type="unsubscribe")["attempts"][-1]["status"] == 200
    assert len(phone.answers()) == seen


def test_sms_receipt_reaches_delivered(stack: Stack) -> None:
    phone = stack.sms()
    sid = phone.ask(TEST_HOURS).raw["sid"]
    wait_for(lambda: state_of(stack, sid) == "delivered", 30, f"{sid} is delivered")


def test_sms_that_cannot_be_delivered_is_failed(stack: Stack) -> None:
    phone = stack.sms()
    stack.control(provider="twilio", undelivered={phone.contact: 30006})
    sid = phone.ask(TEST_HOURS).raw["sid"]
    wait_for(lambda: state_of(stack, sid) == "failed", 30, f"{sid} is failed")


def state_of(stack: Stack, sid: str) -> str | None:
    with stack.container.db.read() as session:
        return session.scalars(select(OutboundMessage.state).where(OutboundMessage.provider_id == sid)).one_or_none()


@pytest.mark.parametrize("word", ["退订", "STOP"])
def test_sms_stop_and_start(stack: Stack, word: str) -> None:
    phone = stack.sms()
    phone.ask(TEST_HOURS)
    sid = phone.send(word)["message_sid"]
    if word == "退订":  # Twilio answers STOP by itself, but does not know this word
        assert phone.next_answer().text == t("zh", "consent-stopped")
    closed(stack, sid)
    count = len(phone.answers())
    silent = phone.send(TEST_HOURS)["message_sid"]
    assert closed(stack, silent).outcome == "ignored"
    assert len(phone.answers()) == count
    closed(stack, phone.send("START" if word == "STOP" else "恢复订阅")["message_sid"])
    assert "08:00-18:00" in answered(phone, TEST_HOURS)


def answered(phone: SmsPhone, question: str) -> str:
    """The answer to a question, past the confirmation that may come before it."""
    answer = phone.ask(question)
    return answer.text if answer.text != t("zh", "consent-started") else phone.next_answer().text


def closed(stack: Stack, provider_id: str) -> InboundMessage:
    """The message once its turn is over."""

    def look() -> InboundMessage | None:
        with stack.container.db.read() as session:
            query = select(InboundMessage).where(
                InboundMessage.provider_id == provider_id, InboundMessage.state == "closed"
            )
            return session.scalars(query).one_or_none()

    return wait_for(look, 30, f"turn of {provider_id} is closed")


def test_repeat_of_an_sms_has_one_answer(stack: Stack) -> None:
    phone = stack.sms()
    sid = phone.send(TEST_HOURS)["message_sid"]
    assert phone.send(TEST_HOURS, sid=sid)["status"] == 200
    phone.next_answer()
    assert phone.send(TEST_HOURS, sid=sid)["status"] == 200
    # A second answer to the repeats would stand before the answer to this.
    assert "25元" in phone.ask("鸽子窝公园门票多少").text
    assert len([answer for answer in phone.answers() if not answer.holding]) == 2


def test_same_client_message_id_is_one_turn(stack: Stack) -> None:
    phone = stack.web()
    own = secrets.token_hex(8)
    first = phone.send(TEST_HOURS, client_message_id=own)
    phone.answer_to(own)
    second = phone.send(TEST_HOURS, client_message_id=own)
    assert second.status_code == 200
    assert second.json()["message_id"] == first.json()["message_id"]
    assert [reply["text"] for reply in second.json()["replies"]] == [phone.answer_to(own).text]
    assert len([reply for reply in phone.replies() if reply["kind"] == "answer"]) == 1


def test_stream_resumes_without_gap_or_duplicate(stack: Stack) -> None:
    phone = stack.web()
    asked = []

    def ask(text: str) -> None:
        own = secrets.token_hex(8)
        asked.append(own)
        assert phone.send(text, client_message_id=own, wait=0).status_code in (200, 202)

    ask(TEST_HOURS)
    stream = phone.stream()
    cursor, first = next(stream)
    stream.close()
    ask("门票多少")
    ask("怎么去")
    for own in asked:  # while nobody listens
        phone.answer_to(own)
    rest = list(itertools.islice(phone.stream(after=cursor), 1))
    rest += itertools.islice(phone.stream(after="0", last_event_id=rest[-1][0]), 1)
    ask("谢谢")
    listening = phone.stream(after=rest[-1][0])
    rest.append(next(listening))
    listening.close()
    streamed = [first["id"], *(reply["id"] for _, reply in rest)]
    assert streamed == [reply["id"] for reply in phone.replies()]
    assert [first["in_reply_to"], *(reply["in_reply_to"] for _, reply in rest)] == asked
