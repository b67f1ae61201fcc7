"""Parts that stop or die: nothing acknowledged is lost, nothing is answered twice, nobody is left without a word."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from backend.models import InboundMessage, OutboundMessage
from tests.support import phones
from tests.support.phones import SmsPhone
from tests.support.stack import Stack
from tests.support.waiting import wait_for

QUESTION = "鸽子窝公园几点开门"
HOLDING = phones.HOLDING["zh"]
CRY = "救命，有人溺水了"
BURST = 40


def test_stopped_bot_gets_an_honest_holding_answer_then_the_real_one(stack: Stack) -> None:
    sms, wechat, web = stack.sms(), stack.wechat(), stack.web()
    with stack.paused("bot"):
        assert sms.send(QUESTION)["status"] == 200
        own = "asked-while-stopped"
        assert web.send(QUESTION, client_message_id=own, wait=0).status_code == 202
        reply = wechat.send(type="text", text=QUESTION)
        assert [attempt["status"] for attempt in reply["attempts"]] == [200]
        held = sms.wait_event(lambda event: event.get("body") == HOLDING, "holding answer")
        wait_for(lambda: [r for r in web.replies() if r["kind"] == "holding"], 30, "holding answer on the web")
        assert held["segments"] == 1
        # A cry for help does not wait for the bot.
        urgent = stack.sms()
        assert urgent.send(CRY)["status"] == 200
        assert "120" in urgent.next_answer(seconds=20).text
    for phone in (sms, wechat):
        assert "08:00-18:00" in phone.next_answer().text
        assert Counter(answer.text for answer in phone.answers())[HOLDING] <= 1
    assert "08:00-18:00" in web.answer_to(own).text
    assert [reply["kind"] for reply in web.replies()] == ["holding", "answer"]
    assert [answer.holding for answer in sms.answers()] == [True, False]


@pytest.mark.parametrize("channel", ["sms", "wechat", "web"])
def test_emergency_is_answered_at_once(stack: Stack, channel: str) -> None:
    with stack.paused("bot"):
        answer = stack.phone(channel).ask(CRY).text
    assert "120" in answer
    assert "Call 120" in answer


def test_killed_parts_lose_nothing_and_repeat_nothing(stack: Stack) -> None:
    phones = [stack.sms() for _ in range(BURST)]
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(send, phone) for phone in phones]
        for position, name in enumerate(("worker", "broker", "sender", "web", "actions", "bot"), start=1):
            done = position * BURST // 6
            wait_for(lambda done=done: sum(each.done() for each in sent) >= done, 60, f"{done} messages were sent")
            stack.wait_restarted(name, stack.kill(name))
        sids = {phone.contact: each.result() for phone, each in zip(phones, sent, strict=True)}
    taken = [phone for phone in phones if sids[phone.contact]]
    assert len(taken) > BURST // 2
    stack.wait_ready()
    for phone in taken:
        assert "08:00-18:00" in phone.next_answer(120).text
    for phone in phones:
        texts = Counter(answer.text for answer in phone.answers())
        assert set(texts.values()) <= {1}, f"answered twice: {texts}"
        assert len(set(texts) - {HOLDING}) <= 1
    with stack.container.db.read() as session:
        for phone in taken:
            turn = session.scalars(
                select(InboundMessage).where(InboundMessage.provider_id == sids[phone.contact])
            ).one()
            answers = session.scalars(
                select(OutboundMessage).where(OutboundMessage.inbound_id == turn.id, OutboundMessage.kind == "answer")
            ).all()
            assert (turn.outcome, len(answers)) == ("answered", 1)


def send(phone: SmsPhone) -> str:
    """Sends the question; the message's id if it was acknowledged, else nothing."""
    answer = phone.send(QUESTION)
    return answer["message_sid"] if answer["status"] == 200 else ""
