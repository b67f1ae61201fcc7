"""SMS encodings and rendering, against an independent count of segments."""

from __future__ import annotations

import re

import smsutil
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backend.channels.segments import is_gsm, plain_typography, segments
from backend.channels.twilio_sms import TwilioSms
from backend.services.replies import Choice, Reply
from backend.wording import t

GSM_TEXT = st.text("abcXYZ 0189.,?!@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r^{}[]~|\\€", max_size=700)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
CHINESE = st.text("秦皇岛北戴河鸽子窝公园开放时间门票元，。：5 🏖", max_size=300)


def oracle(text: str) -> int:
    return len(smsutil.split(text).parts) or 1


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(GSM_TEXT, ANY_TEXT, CHINESE))
def test_segments_agree_with_an_independent_count(text: str) -> None:
    # Two codes of 3GPP TS 23.038, 6.2.1 on which the oracle is wrong: it leaves out the page break of the extension
    # table, and takes the escape to that table, which is no character, for one.
    text = text.replace("\f", "").replace("\x1b", "")
    assert is_gsm(text) == (smsutil.is_valid_gsm(text) or not text)
    assert segments(text) == oracle(text)


def test_the_limits_to_the_unit() -> None:
    cases = {
        1: ["", "a" * 160, "€" * 80, "海" * 70, "🏖" * 35],
        2: ["a" * 161, "€" * 80 + "a", "海" * 71, "🏖" * 35 + "a", "a" * 306, "海" * 134, "🏖" * 66],
        3: ["a" * 307, "海" * 135, "🏖" * 67, "a" * 152 + "€" + "a" * 153],
    }
    for count, texts in cases.items():
        assert [segments(text) for text in texts] == [count] * len(texts)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(GSM_TEXT, st.text("it’s “open” – daily… ·•×→ 8:00", max_size=200), CHINESE, ANY_TEXT))
def test_plain_typography_never_costs_and_changes_only_typography(text: str) -> None:
    plain = plain_typography(text)
    assert segments(plain) <= segments(text)
    assert plain == text or is_gsm(plain)
    if is_gsm(text) and not re.search("[‘’“”–—…·•×→\u00a0\u202f]", text):
        assert plain == text


SMS = TwilioSms("AC1", "token", "+15005550006", "http://127.0.0.1:1", "https://city.example.org", 1.0)


WORDS = st.lists(
    st.sampled_from(["鸽子窝公园", "0335-4041591", "开放", "Pigeon Nest Park", "05:30-18:30", "25 yuan", "门票"]),
    min_size=1,
    max_size=8,
).map(" ".join)
REPLIES = st.builds(
    Reply,
    code=st.sampled_from(["place_hours", "attraction_search", "emergency"]),
    lang=st.sampled_from(["zh", "en"]),
    headline=WORDS,
    lines=st.lists(WORDS, max_size=6),
    caution=st.one_of(st.just(""), WORDS),
    choices=st.lists(st.builds(Choice, WORDS, st.just("more"), st.just("more"), st.just({})), max_size=5),
)


@settings(max_examples=200, deadline=None)
@given(said=REPLIES)
def test_rendering_cuts_nothing_and_fits_whenever_the_headline_does(said: Reply) -> None:
    assume(said.code != "emergency")
    text = SMS.render(said)
    offered = " ".join(f"{number}.{choice.title}" for number, choice in enumerate(said.choices, 1))
    short = t(said.lang, "caution-short")
    whole = {plain_typography(part) for part in (said.headline, *said.lines, said.caution, short, offered) if part}
    assert text.startswith(plain_typography(said.headline))
    assert {plain_typography(line) for line in text.split("\n")} <= whole, "whole lines only"
    if said.caution:
        assert plain_typography(said.caution) in text or plain_typography(short) in text, "never told without it"
    if segments(plain_typography(f"{said.headline}\n{short}" if said.caution else said.headline)) == 1:
        assert segments(text) == 1


@settings(max_examples=100, deadline=None)
@given(said=REPLIES)
def test_an_emergency_names_its_numbers_first(said: Reply) -> None:
    said = Reply(code="emergency", lang=said.lang, headline=f"120 {said.headline}", lines=said.lines)
    assert SMS.render(said).startswith("120 ")
