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


# The hours are of low confidence, and every channel says so. The hospital is the nearest of those whose position is
# known, in a straight line; the park's point is GCJ-02, the hospital's BD-09. The one in the park's own district, whose
# position is not known, may be nearer, and is named too.
CONVERSATION = {
    "zh": (
        Turn("秦皇岛有什么好玩的", ("山海关·天下第一关", "5A级")),
        Turn("鸽子窝公园几点开门", ("鸽子窝公园", "03:00-18:00", "08:00-18:00", "确认")),
        Turn("门票多少", ("鸽子窝公园", "25元", "5元")),
        Turn("附近有医院吗", ("秦皇岛市中医医院", "10.9公里", "可能更近", "秦皇岛市北戴河医院 0335-4041765")),
    ),
    "en": (
        Turn("what is there to see in Qinhuangdao", ("Shanhaiguan", "5A")),
        Turn("when does Pigeon Nest Park open", ("Pigeon Nest Park", "03:00-18:00", "08:00-18:00", "check")),
        Turn("how much is it", ("Pigeon Nest Park", "25", "5")),
        Turn(
            "any hospital nearby",
            (
                "Qinhuangdao Hospital of Traditional Chinese Medicine",
                "10.9 km",
                "May be nearer: Beidaihe Hospital 0335-4041765",
            ),
        ),
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_conversation(stack: Stack, channel: str, lang: str) -> None:
    phone = stack.phone(channel)
    for turn in CONVERSATION[lang]:
        answer = phone.ask(turn.question)
        for fact in turn.facts:
            # An SMS spares the dashes that would halve its length.
            assert fact in answer.text.replace("–", "-"), f"{turn.question}: {answer.text}"
        speaks(answer, lang)
        if channel == "sms":
            assert answer.raw["segments"] == 1, answer.text


def speaks(answer: Answer, lang: str) -> None:
    """The answer is in the person's language; a web client is told so too."""
    assert bool(CHINESE.search(answer.text)) is (lang == "zh"), answer.text
    assert answer.raw.get("lang", lang) == lang
