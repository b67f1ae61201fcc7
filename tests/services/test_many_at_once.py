"""What waits together in one conversation: consent words in their order, two answers with choices, one that cannot be
held.
"""

from __future__ import annotations

from typing import Any

import pytest

from backend.models import ChannelIdentity, Conversation, OutboundMessage
from backend.services import choices
from backend.services.ports import TurnResult
from backend.services.replies import Choice, Reply
from tests.factories import TextMessage
from tests.services.test_outbound import PERSON
from tests.support.container import Clock, Parts, RecordingChannel


def say(parts: Parts, text: str, **fields: Any) -> int:
    return parts.inbound.receive(TextMessage(address=PERSON, text=text, **fields)).conversation_id


@pytest.mark.parametrize(
    ("words", "consent"),
    [
        (("订阅", "退订"), "out"),
        (("退订", "订阅"), "in"),
        (("退订", "订阅", "退订"), "out"),
        (("你好", "订阅", "退订"), "out"),
    ],
)
def test_of_consent_words_the_latest_counts(
    parts: Parts, sms: RecordingChannel, words: tuple[str, ...], consent: str
) -> None:
    for word in words:
        conversation = say(parts, word)
    parts.turns.drain(conversation)
    assert parts.row(ChannelIdentity).consent == consent


def test_a_number_means_one_choice_where_two_answers_offer_some(parts: Parts, sms: RecordingChannel) -> None:
    first = Reply("place_hours", "zh", "甲", choices=[Choice("门票", "p1", "place_price", {})])
    second = Reply("place_hours", "zh", "乙", choices=[Choice("地址", "p2", "place_address", {})])
    parts.dialogue.script.append(TurnResult([first, second], {}, "place_hours", 1.0))
    parts.turns.drain(say(parts, "两个问题"))
    offered = parts.row(Conversation).choices
    taken = choices.resolve(offered, "1", "")
    assert taken is not None
    assert taken.title == "地址"
    assert ["门票" in (row.text or "") for row in parts.rows(OutboundMessage)] == [False, False]


def test_one_that_cannot_be_held_does_not_keep_the_sweeper_from_others(
    parts: Parts, sms: RecordingChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = say(parts, "问")
    clock.advance(seconds=60)

    def fails(*_: Any) -> str:
        raise ValueError("cannot be rendered")

    monkeypatch.setattr(sms, "render", fails)
    assert parts.turns.sweep() == [conversation]
