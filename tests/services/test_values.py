"""People, money, phones, codes, corrections, and values said back."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from chinese_calendar import holidays as days_off
from hypothesis import given
from hypothesis import strategies as st

from backend.services import values
from backend.services.values import (
    Party,
    corrected,
    find_codes,
    find_money,
    find_party,
    find_phones,
    find_times,
    say_date,
    say_time,
)
from backend.services.values.holidays import festival
from backend.services.values.reading import number, plain

NOW = dt.datetime(2026, 11, 22, 15, 40, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("两百五", 250),
        ("一百零五", 105),
        ("一千二", 1200),
        ("三万", 30000),
        ("一万五", 15000),
        ("二〇二七", 2027),
        ("俩", 2),
        ("仨", 3),
        ("零", 0),
        ("〇三", 3),
        ("五百二十", 520),
        ("one", 1),
        ("twelve", 12),
        ("third", 3),
        ("07", 7),
        ("十个", None),
        ("many", None),
        ("", None),
    ],
)
def test_numbers(said: str, value: int | None) -> None:
    assert number(said) == value


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("两大一小", Party(adults=2, children=1, total=3)),
        ("3大2小", Party(adults=3, children=2, total=5)),
        ("2大1小1老", Party(adults=2, children=1, seniors=1, total=4)),
        ("俩大人一个孩子", Party(adults=2, children=1, total=3)),
        ("两个大人带一个小孩", Party(adults=2, children=1, total=3)),
        ("2位成人1名儿童", Party(adults=2, children=1, total=3)),
        ("两张成人票一张儿童票", Party(adults=2, children=1, total=3)),
        ("成人票两张，儿童票1张", Party(adults=2, children=1, total=3)),
        ("一张老人票两张成人票", Party(adults=2, seniors=1, total=3)),
        ("我们五个人", Party(total=5)),
        ("我們五個人", Party(total=5)),
        ("5人", Party(total=5)),
        ("我们三位", Party(total=3)),
        ("一家三口", Party(total=3)),
        ("全家5口", Party(total=5)),
        ("我们俩", Party(total=2)),
        ("我和老婆", Party(total=2)),
        ("就我一个", Party(total=1)),
        ("我一个人去", Party(total=1)),
        ("十二个人", Party(total=12)),
        ("我们五个人，其中两个小孩", Party(adults=3, children=2, total=5)),
        ("我们五个人，两个小孩", Party(children=2, total=5)),
        ("我们两个人带一个孩子", Party(adults=2, children=1, total=3)),
        ("带一个三岁的孩子", None),
        ("带两个孩子", Party(children=2)),
        ("两个老人能走吗", Party(seniors=2)),
        ("两张票", Party(total=2)),
        ("门票三张", Party(total=3)),
        ("两张儿童票", Party(children=2, total=2)),
        ("2 adults and a kid", Party(adults=2, children=1, total=3)),
        ("two adults, two children and one senior", Party(adults=2, children=2, seniors=1, total=5)),
        ("family of four", Party(total=4)),
        ("a party of 6", Party(total=6)),
        ("table for two", Party(total=2)),
        ("just me", Party(total=1)),
        ("I'm travelling alone", Party(total=1)),
        ("two tickets", Party(total=2)),
        ("2 adult tickets and 1 child ticket", Party(adults=2, children=1, total=3)),
        ("there are five of us", Party(total=5)),
        ("the two of us and a baby", Party(adults=2, children=1, total=3)),
        ("six people including two kids", Party(adults=4, children=2, total=6)),
        ("my wife and I", Party(total=2)),
        ("is it good for a child", None),
        ("we travel with a baby", Party(children=1)),
        ("两小时", None),
        ("两大景点", None),
        ("人均100", None),
        ("第一个人", None),
        ("五个景点", None),
        ("how much per person", None),
        ("book a room for two nights", None),
        ("两人间", None),
        ("人多吗", None),
        ("the kids", None),
    ],
)
def test_people(text: str, party: Party | None) -> None:
    assert find_party(text) == party


def sums(text: str) -> list[str]:
    return [f"{'<=' if money.upper else ''}{money.amount} {money.currency}" for money in find_money(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("50元", ["50 CNY"]),
        ("五十块", ["50 CNY"]),
        ("五十块钱", ["50 CNY"]),
        ("两百五十元", ["250 CNY"]),
        ("一百五", []),
        ("三块五", ["3.5 CNY"]),
        ("五毛", ["0.5 CNY"]),
        ("5块8毛", ["5.8 CNY"]),
        ("1,200元", ["1200 CNY"]),
        ("12.50元", ["12.50 CNY"]),
        ("3百块", ["300 CNY"]),
        ("1万元", ["10000 CNY"]),
        ("¥80", ["80 CNY"]),
        ("￥８０", ["80 CNY"]),
        ("80 yuan", ["80 CNY"]),
        ("80rmb", ["80 CNY"]),
        ("RMB 80", ["80 CNY"]),
        ("100 kuai", ["100 CNY"]),
        ("$20", ["20 USD"]),
        ("20 dollars", ["20 USD"]),
        ("20美元", ["20 USD"]),
        ("€15", ["15 EUR"]),
        ("15欧元", ["15 EUR"]),
        ("HK$50", ["50 HKD"]),
        ("100块以内", ["<=100 CNY"]),
        ("200元以下的酒店", ["<=200 CNY"]),
        ("under 200 yuan", ["<=200 CNY"]),
        ("hotel under 200", ["<=200 CNY"]),
        ("under ¥200", ["<=200 CNY"]),
        ("不超过五百", ["<=500 CNY"]),
        ("不超过500块", ["<=500 CNY"]),
        ("预算300", ["<=300 CNY"]),
        ("my budget is 300", ["<=300 CNY"]),
        ("at most 50 yuan or less", ["<=50 CNY"]),
        ("30 yuan or less", ["<=30 CNY"]),
        ("100到200元", ["100 CNY", "<=200 CNY"]),
        ("100-200块", ["100 CNY", "<=200 CNY"]),
        ("$10-20", ["10 USD", "<=20 USD"]),
        ("一块钱", ["1 CNY"]),
        ("50元还是80元", ["50 CNY", "80 CNY"]),
        ("我们一块去", []),
        ("一块儿玩", []),
        ("元旦", []),
        ("三元宵", []),
        ("不超过五个人", []),
        ("children under 12", []),
        ("under 1.2 m", []),
        ("50公里", []),
        ("5角星", []),
        ("国庆10月1日", []),
        ("2026年", []),
    ],
)
def test_money(text: str, meant: list[str]) -> None:
    assert sums(text) == meant
    assert all(text[money.start : money.end] == money.said for money in find_money(text))


def test_an_amount_is_decimal() -> None:
    assert find_money("0.1元")[0].amount == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("我的电话13812345678", ["+8613812345678"]),
        ("138 1234 5678谢谢", ["+8613812345678"]),
        ("138-1234-5678", ["+8613812345678"]),
        ("+86 138 1234 5678", ["+8613812345678"]),
        ("１３８１２３４５６７８", ["+8613812345678"]),
        ("0335-3038888", ["+863353038888"]),
        ("(0335) 303 8888", ["+863353038888"]),
        ("010-65292222", ["+861065292222"]),
        ("400-610-5288", ["+864006105288"]),
        ("+1 212 555 2368", ["+12125552368"]),
        ("13812345678或13912345678", ["+8613812345678", "+8613912345678"]),
        ("13812345678 13812345678", ["+8613812345678"]),
        ("110", []),
        ("12345", []),
        ("3038888", []),
        ("订单20261122123456", []),
        ("2026-01-03 10:30", []),
        ("2026-01-03 2026-01-05", []),
        ("1月3日到1月5日", []),
        ("A13812345678", []),
        ("K7M2QX13812345678", []),
        ("130322199001011234", []),
        ("39.9042 119.5997", []),
        ("", []),
    ],
)
def test_phones(text: str, phones: list[str]) -> None:
    assert find_phones(text) == phones


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("K7M2QX", ["K7M2QX"]),
        ("k7m2qx", ["K7M2QX"]),
        ("Ｋ７Ｍ２ＱＸ", ["K7M2QX"]),
        ("K7M 2QX", ["K7M2QX"]),
        ("k7m-2qx", ["K7M2QX"]),
        ("K 7 M 2 Q X", ["K7M2QX"]),
        ("订单K7M2QX的状态", ["K7M2QX"]),
        ("my order is K7M2QX.", ["K7M2QX"]),
        ("order KMX 279", ["KMX279"]),
        ("order: k7m2q", ["K7M2Q"]),
        ("code AB23CD45", ["AB23CD45"]),
        ("取消 K7M2QX 和 P3R9TW", ["K7M2QX", "P3R9TW"]),
        ("K7M2QX K7M2QX", ["K7M2QX"]),
        ("KMX-27Q", ["KMX27Q"]),
        ("34路", []),
        ("T2", []),
        ("5A", []),
        ("T2 5A", []),
        ("bus 234", []),
        ("BUS 234", []),
        ("room 2345", []),
        ("room2345", []),
        ("Sat 3pm", []),
        ("and 5pm", []),
        ("3pm-5pm", []),
        ("at 5pm", []),
        ("2adults", []),
        ("25 km", []),
        ("25km", []),
        ("G2345次", []),
        ("CA2345", []),
        ("冀C8K23M", []),
        ("HELLO", []),
        ("234567", []),
        ("13812345678", []),
        ("2026-11-22", []),
        ("10:30-12:45", []),
        ("abc23@qq.com", []),
        ("https://x.cn/k7m2qx", []),
        ("K7M2QX8PR3", []),
        ("K0M1QX", []),
        ("the 3rd day", []),
        ("oct 3rd", []),
        ("", []),
    ],
)
def test_codes(text: str, codes: list[str]) -> None:
    assert find_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "denied", "meant"),
    [
        ("不是明天，是后天", "明天", "后天"),
        ("不是明天是后天", "明天", "后天"),
        ("不是明天，我说的是后天", "明天", "后天"),
        ("不是鸽子窝，而是老虎石吧", "鸽子窝", "老虎石"),
        ("是后天，不是明天", "明天", "后天"),
        ("我说的是老虎石，不是老龙头", "老龙头", "老虎石"),
        ("说错了，是周日", None, "周日"),
        ("错了 我说的是老虎石", None, "老虎石"),
        ("打错了，老虎石", None, "老虎石"),
        ("不对，是下午三点", None, "下午三点"),
        ("不，周日", None, "周日"),
        ("我想问的是山海关", None, "山海关"),
        ("更正：后天", None, "后天"),
        ("not tomorrow, the day after", "tomorrow", "the day after"),
        ("Not tomorrow but Sunday", "tomorrow", "Sunday"),
        ("no, not Tiger Rock, Pigeon Nest", "Tiger Rock", "Pigeon Nest"),
        ("I meant Sunday", None, "Sunday"),
        ("I meant Sunday, not Saturday", "Saturday", "Sunday"),
        ("I meant Sunday not Saturday", "Saturday", "Sunday"),
        ("Sunday, not Saturday", "Saturday", "Sunday"),
        ("no, on Sunday", None, "on Sunday"),
        ("sorry, Tiger Rock I mean", None, "Tiger Rock"),
        ("Sorry, I mean Tiger Rock.", None, "Tiger Rock"),
        ("oops, Sunday please", None, "Sunday"),
        ("是不是明天", None, None),
        ("明天不是周末，是吗", None, None),
        ("不是，谢谢", None, None),
        ("不用了，谢谢", None, None),
        ("今天开门吗", None, None),
        ("no, thanks", None, None),
        ("No, that's all", None, None),
        ("not sure, can you help", None, None),
        ("the museum is not open tomorrow, is it?", None, None),
        ("sorry, I don't understand", None, None),
        ("no", None, None),
        ("不是", None, None),
        ("what do you mean", None, None),
        ("", None, None),
    ],
)
def test_corrections(text: str, denied: str | None, meant: str | None) -> None:
    assert corrected(text) == (denied, meant)


@pytest.mark.parametrize(
    ("date", "zh", "en"),
    [
        ("2026-11-22", "今天（11月22日 周日）", "today (Sun 22 Nov)"),
        ("2026-11-23", "明天（11月23日 周一）", "tomorrow (Mon 23 Nov)"),
        ("2026-11-24", "后天（11月24日 周二）", "the day after tomorrow (Tue 24 Nov)"),
        ("2026-11-21", "昨天（11月21日 周六）", "yesterday (Sat 21 Nov)"),
        ("2026-11-28", "11月28日 周六", "Sat 28 Nov"),
        ("2027-01-03", "2027年1月3日 周日", "Sun 3 Jan 2027"),
        ("2026-09-25", "9月25日 周五", "Fri 25 Sep"),
    ],
)
def test_a_date_said_back(date: str, zh: str, en: str) -> None:
    day, today = dt.date.fromisoformat(date), dt.date(2026, 11, 22)
    assert (say_date(day, "zh", today), say_date(day, "en", today)) == (zh, en)


@pytest.mark.parametrize(
    ("time", "zh", "en"),
    [
        ("15:30", "下午3:30", "3:30 pm"),
        ("09:05", "上午9:05", "9:05 am"),
        ("12:00", "中午12:00", "noon"),
        ("20:00", "晚上8:00", "8:00 pm"),
        ("00:00", "午夜12:00", "midnight"),
        ("02:00", "凌晨2:00", "2:00 am"),
    ],
)
def test_a_time_said_back(time: str, zh: str, en: str) -> None:
    moment = dt.time.fromisoformat(time)
    assert (say_time(moment, "zh"), say_time(moment, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("name", "english"),
    [("spring", "Spring Festival"), ("dragon", "Dragon Boat Festival"), ("autumn", "Mid-autumn Festival")],
)
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_lunar_festivals_are_days_off(name: str, english: str, year: int) -> None:
    day = festival(name, year)
    assert day is not None
    assert days_off[day] == english


# Words and characters of the grammars, so that random texts get deep into them.
VOCABULARY = """
今天 明天 后天 大后天 昨 早 晚 上午 下午 凌晨 半夜 周 星期 下 下下 这 个 周末 一 二 三 五 六 日 天 十 两 半 几 百 千 万
零 俩 点 点半 一刻 差 分 时 月 号 年 初 底 国庆 第 期间 春节 正月 大年 初三 五一 十一 明年 到 至 - ~ : . , ， 。 / 之后
后 前 过 小时 分钟 元 块 毛 以内 不超过 ¥ $ 大 小 人 张 票 成人 孩子 不是 是 我说的是 错了 1 3 7 12 31 45 99 2026 0
13812345678 K7M 2QX today tomorrow next this last Sat Sunday Oct may the 3rd on in at to of half quarter past am pm
noon midnight weekend week month days hours between and a an not no sorry I mean National Day second day of Chinese
New Year adults kids tickets people family yuan under budget 𝟑 ٣ ² İ
"""
PACKAGE = Path(values.__file__).parent
GRAMMARS = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob("*.py")))
CHARACTERS = sorted({char for char in GRAMMARS if char > "\u2000"})
ENGLISH = sorted(set(re.findall("[a-z]{2,}", GRAMMARS)))
WORDS = st.one_of(
    st.sampled_from([*VOCABULARY.split(), "\ud800", "\x00", "\n"]),
    st.sampled_from(CHARACTERS),
    st.sampled_from(ENGLISH),
)
TEXTS = st.one_of(
    st.text(max_size=600),
    st.text([*CHARACTERS, *"0123456789"], max_size=30),
    st.lists(WORDS, max_size=25).map("".join),
    st.lists(WORDS, max_size=25).map(" ".join),
)
MOMENTS = st.one_of(st.just(NOW), st.datetimes(timezones=st.just(ZoneInfo("Asia/Shanghai"))))


def check(text: str, now: dt.datetime) -> None:
    """All readers take the text, and what they find is in it."""
    assert len(plain(text)) == len(text[:500])
    times = find_times(text, now)
    for mention in times:
        assert text[mention.start : mention.end] == mention.said != ""
        assert mention.time is None or mention.part is None
        assert mention.until is None or (mention.date is not None and mention.date <= mention.until)
    assert all(first.end <= second.start for first, second in pairwise(times))
    for money in find_money(text):
        assert text[money.start : money.end] == money.said != ""
    party = find_party(text)
    assert party is None or party != Party()
    for code in find_codes(text):
        assert 5 <= len(code) <= 8
    assert all(phone.startswith("+") for phone in find_phones(text))
    for said in corrected(text):
        assert said is None or (said in text and said.strip() == said != "")


@given(TEXTS, MOMENTS)
def test_no_text_raises_and_positions_slice_it(text: str, now: dt.datetime) -> None:
    check(text, now)


def test_no_three_characters_of_the_grammars_raise() -> None:
    # Every character of the Chinese grammars between any two of the most used.
    common = "这明后下个月天日号点半国十3"
    for first in common:
        for char in CHARACTERS:
            check("".join(first + char + last for last in common), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "一" * 10_000,
        "1 " * 5_000,
        "明天" * 5_000,
        "不是" * 5_000,
        "no, " * 2_500,
        "a1-" * 3_000,
        "十点到" * 3_000,
        " " * 10_000,
        "1,000" * 2_000,
        "138-" * 2_500,
        "3 to " * 2_000,
        "in a " * 2_000,
        "的" * 10_000,
        "sorry " * 2_000,
        "我错了," * 2_000,
    ],
)
@pytest.mark.parametrize(
    "reader", [lambda text: find_times(text, NOW), find_party, find_money, find_phones, find_codes, corrected]
)
def test_long_texts_take_no_time(reader: Callable[[str], Any], text: str) -> None:
    reader(text)
    begin = time.process_time()
    reader(text)
    assert time.process_time() - begin < 0.25


def test_heavy_libraries_are_not_imported_for_nothing() -> None:
    code = (
        "import sys, backend.services.values\n"
        "heavy = {'dateparser', 'cn2an', 'phonenumbers', 'chinese_calendar', 'babel'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
