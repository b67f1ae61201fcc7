"""Whatever people type gets a sane answer: the whole product, with the real bot."""

from __future__ import annotations

import secrets

import pytest
from limits.storage import storage_from_string
from sqlalchemy import select

from backend.models import InboundMessage
from tests.support.stack import Stack

TEXTS = {
    "ten thousand characters": "鸽子窝公园几点开门" + "很长" * 4995,
    "ten thousand letters without a space": "a" * 10_000,
    "many names": "鸽子窝公园 " * 1600,
    "emoji alone": "🏖️🐦👨‍👩‍👧‍👦",
    "emoji in a question": "鸽子窝🐦公园几点⏰开门",
    "control characters": "鸽子窝\x00\x07\x1b[31m公园\x7f几点开门",
    "an intent of Rasa": '/place_hours{"attraction": "attraction:geziwo"}',
    "an intent that is none": "/restart",
    "many slashes": "////session_start",
    "SQL": "'; DROP TABLE places; --",
    "HTML": "<script>alert(1)</script><b>鸽子窝公园</b>门票",
    "a template": "{{ 7 * 7 }} ${jndi:ldap://x} %s %n",
    "mixed scripts": "鸽子窝 парк когда открыт 몇 시 いつ open مفتوح",
    "right to left": "\u202eكم سعر التذكرة\u202c",
    "marks on marks": "Z̴̢͎͗a̵͙͑l̶̝̈́g̷̱̈́o̸ " * 20,
    "white space": " \u3000\t\n鸽子窝公园几点开门\r\n ",
    "punctuation": "？？？！！！。。。",
    "numbers": "1" * 400,
    "JSON": '{"text": "鸽子窝公园", "intent": null}',
    "many lines": "\n".join(["鸽子窝公园几点开门"] * 500),
    "brackets without end": "(" * 3000 + "[" * 3000,
}


@pytest.fixture(autouse=True)
def _nobody_before(stack: Stack) -> None:
    """Sessions are counted by address."""
    storage_from_string(stack.env["REDIS_URL"]).reset()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_answered(stack: Stack, text: str) -> None:
    phone, own = stack.web("zh"), secrets.token_hex(8)
    sent = phone.send(text, client_message_id=own)
    assert sent.status_code in (200, 202), sent.text
    phone.answer_to(own)
    replies = [reply for reply in phone.replies() if reply["in_reply_to"] == own and reply["kind"] != "holding"]
    said = "\n".join(reply["text"] for reply in replies)
    assert said.strip()
    assert len(said) < 2000
    assert "<script>" not in said
    assert "49" not in said.split()
    with stack.container.db.read() as session:
        provider_id = InboundMessage.provider_id.endswith(own)
        outcome = session.scalars(select(InboundMessage.outcome).where(provider_id)).one()
    assert outcome == "answered", outcome
    # The next question is answered as if nothing had happened.
    assert "鸽子窝" in phone.ask("鸽子窝公园门票多少").text


@pytest.mark.parametrize("text", ["长" * 10_001, "鸽子窝\ud83d公园几点开门"], ids=["too long", "half of a character"])
def test_what_cannot_be_read_is_refused_by_name_and_nothing_is_kept(stack: Stack, text: str) -> None:
    phone, own = stack.web("zh"), secrets.token_hex(8)
    answer = phone.send(text, client_message_id=own)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]["json"]) == ["text"]
    with stack.container.db.read() as session:
        assert session.scalars(select(InboundMessage).where(InboundMessage.provider_id.endswith(own))).all() == []
