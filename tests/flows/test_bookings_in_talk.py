"""Bookings and alerts by talking, through the whole product, in both languages: four messages to a code, then changed,
listed and cancelled; on SMS each answer in one segment.
"""

from __future__ import annotations

import re

import pytest

from backend.channels.segments import segments
from tests.support.stack import Stack

CODE = re.compile(r"[34679ACDEFGHJKMPQRTVWXY]{3}-[34679ACDEFGHJKMPQRTVWXY]{3}")
WORDS = {
    "zh": {
        "order": "后天上午两张鸽子窝的票", "times": "选几点", "booked": "订好了", "size": "2张", "more": "改成三个人",
        "three": "3张", "mine": "我的预订", "cancel": "取消", "cancelled": "已取消", "none": "没有预订",
    },
    "en": {
        "order": "two tickets for Pigeon Nest Park the day after tomorrow in the morning", "times": "Which time",
        "booked": "Booked", "size": "2 tickets", "more": "make my booking three people", "three": "3 tickets",
        "mine": "my bookings", "cancel": "cancel", "cancelled": "Cancelled", "none": "no bookings",
    },
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_an_order_to_a_code_and_back(stack: Stack, lang: str) -> None:
    phone, words = stack.web(lang), WORDS[lang]
    assert words["times"] in phone.ask(words["order"]).text
    booked = phone.ask("1").text
    assert words["booked"] in booked and words["size"] in booked
    code = CODE.search(booked)
    assert code is not None, booked
    assert words["three"] in phone.ask(words["more"]).text
    assert code[0] in phone.ask(words["mine"]).text
    assert words["cancelled"] in phone.ask(f"{words['cancel']} {code[0]}").text
    assert words["none"] in phone.ask(words["mine"]).text


def test_a_correction_and_a_question_in_the_midst(stack: Stack) -> None:
    phone = stack.web("zh")
    phone.ask("订两张鸽子窝的票 明天上午")
    assert "后天" in phone.ask("不是明天，是后天").text
    between = phone.ask("鸽子窝公园在哪儿").text
    assert "刚才的预订还没完" in between
    assert "2张" in phone.ask("1").text
    assert "后天" in phone.ask("我的预订").text


def test_by_sms_in_one_segment_each_and_cancel_is_an_answer(stack: Stack) -> None:
    phone = stack.sms()
    first = phone.ask("订两张鸽子窝的票 后天上午").text
    assert segments(first) == 1 and "1." in first
    dropped = phone.ask("CANCEL").text
    assert "nothing booked" in dropped and "STOP" in dropped  # the word is English, and so is what it gets
    assert segments(phone.ask("我的预订").text) == 1


@pytest.mark.parametrize(
    ("lang", "begin", "begun", "mine", "end", "ended"),
    [
        ("zh", "有大风时提醒我", "大风提醒", "我订了哪些提醒", "取消大风提醒", "已取消大风提醒"),
        (
            "en", "tell me when beach flags are red", "beach flag", "what alerts do I have", "unsubscribe from alerts",
            "Ended",
        ),
    ],
)  # fmt: skip
def test_alerts(stack: Stack, lang: str, begin: str, begun: str, mine: str, end: str, ended: str) -> None:
    phone = stack.web(lang)
    assert begun in phone.ask(begin).text
    assert begun in phone.ask(mine).text
    assert ended in phone.ask(end).text
