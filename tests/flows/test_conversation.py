"""The conversation the product is for, in both languages, on every channel."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.support.phones import Answer
from tests.support.stack import Stack

CHANNELS = ["sms", "wechat", "web"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Turn:
    """A question, and what its answer must say."""

    question: str
    facts: tuple[str, ...]


# The hospital: the nearest of those whose position is known, in a straight line; the park's point is GCJ-02, the
# hospital's BD-09.
CONVERSATION = {
    "zh": (
        Turn("秦皇岛有什么好玩的", ("山海关·天下第一关", "5A级")),
        Turn("鸽子窝公园几点开门", ("鸽子窝公园", "03:00-18:00", "08:00-18:00")),
        Turn("门票多少", ("鸽子窝公园", "25元", "5元")),
        Turn("附近有医院吗", ("秦皇岛市中医医院", "10.9公里")),
    ),
    "en": (
        Turn("what is there to see in Qinhuangdao", ("Shanhaiguan", "5A")),
        Turn("when does Pigeon Nest Park open", ("Pigeon Nest Park", "03:00–18:00", "08:00–18:00")),
        Turn("how much is it", ("Pigeon Nest Park", "25", "5")),
        Turn("any hospital nearby", ("Qinhuangdao Hospital of Traditional Chinese Medicine", "10.9 km")),
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_conversation(stack: Stack, channel: str, lang: str) -> None:
    phone = stack.phone(channel)
    for turn in CONVERSATION[lang]:
        answer = phone.ask(turn.question)
        for fact in turn.facts:
            assert fact in answer.text, f"{turn.question}: {answer.text}"
        speaks(answer, lang)
        if channel == "sms":
            assert answer.raw["segments"] == 1, answer.text


def speaks(answer: Answer, lang: str) -> None:
    """The answer is in the person's language; a web client is told so too."""
    assert bool(CHINESE.search(answer.text)) is (lang == "zh"), answer.text
    assert answer.raw.get("lang", lang) == lang
