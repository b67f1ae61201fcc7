"""Templates: complete in both languages, placeholders checked, one SMS segment where facts allow."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from backend.channels.segments import plain_typography, segments
from backend.services.templates import (
    TEMPLATES,
    Filler,
    InvalidText,
    check_texts,
    check_values,
    placeholders,
    say_moment,
    shipped,
)

FILLER = Filler(ZoneInfo("Asia/Shanghai"), lambda place_id, lang: place_id)
TODAY = dt.date(2026, 6, 30)


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_shipped_template_is_complete_and_its_sample_fills_it(key: str) -> None:
    check_values(key, TEMPLATES[key].sample)
    assert check_texts(key, shipped(key)) == shipped(key)
    for lang in ("zh", "en"):
        for part, text in shipped(key)[lang].items():
            filled = FILLER.fill(key, text, lang, TEMPLATES[key].sample, TODAY)
            assert "{" not in filled
            if part == "sms":
                assert segments(plain_typography(filled)) == 1, filled


def test_a_text_with_an_unknown_placeholder_is_refused_by_name() -> None:
    texts = shipped("booking_moved")
    texts["en"]["sms"] = "Booking {cod} moved"
    with pytest.raises(
        InvalidText, match=r"template-unknown-placeholder.*\{cod\}.*\{what\} \{when\} \{code\}"
    ) as error:
        check_texts("booking_moved", texts)
    assert (error.value.lang, error.value.part) == ("en", "sms")
    for bad, why in (("", "edit-required"), ("a } b", "template-stray-brace"), ("x" * 1001, "template-too-long.*1001")):
        texts["en"]["sms"] = bad
        with pytest.raises(InvalidText, match=why):
            check_texts("booking_moved", texts)


def test_placeholders_are_named_in_their_order() -> None:
    assert placeholders("{when}, {what} ({when})") == ["when", "what", "when"]


def test_a_moment_is_right_whenever_it_is_read() -> None:
    moment = dt.datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert say_moment(moment, "zh", TODAY) == "7月1日周三 09:30"
    assert say_moment(moment, "en", TODAY) == "Wed 1 Jul 9:30 am"
    assert say_moment(moment, "en", dt.date(2025, 12, 31)) == "Wed 1 Jul 2026 9:30 am"


def test_an_empty_value_leaves_no_gap() -> None:
    values = {"headline": "大风", "area": "沿海", "advice": ""}
    assert (
        FILLER.fill("alert", "{headline}，{area}。 {advice}\n\n{advice}\n完", "zh", values, TODAY) == "大风，沿海。\n完"
    )
