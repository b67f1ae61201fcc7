"""What people read about opening hours: now, at a time, on a day, in both languages and on one SMS."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from backend.channels.segments import segments
from backend.models import Hotline, Place
from backend.services.answers import facts
from backend.services.answers.asking import Asking
from backend.services.editing import Editor
from backend.services.values import find_times
from tests.factories import PlaceRow
from tests.support.container import Parts

OFFICE = "Mo-Fr 08:30-17:30"


def asking(parts: Parts, lang: str, now: str, text: str = "") -> Asking:
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=parts.time_zone)
    return Asking(
        intent="place_hours",
        text=text,
        lang=lang,
        now=moment,
        city=parts.city_words,
        times=find_times(text, moment),
        calendar=parts.calendar_days.current(),
    )


def status(parts: Parts, lang: str, now: str, **fields: Any) -> str:
    return facts.status_line(PlaceRow(**fields), asking(parts, lang, now))


CLOSED = {"closed_from": dt.date(2026, 11, 22), "closed_to": dt.date(2026, 12, 2), "closed_reason_zh": "检修"}


@pytest.mark.parametrize(
    ("now", "fields", "zh", "en"),
    [
        ("2026-11-22 12:00", {}, "现在开放，到17:00。", "Open now until 17:00."),
        ("2026-11-22 18:00", {}, "现在未开放，明天08:00开。", "Closed now, opens tomorrow 08:00."),
        ("2026-11-22 07:00", {}, "现在未开放，今天08:00开。", "Closed now, opens today 08:00."),
        (
            "2026-11-27 18:00",
            {"opening_hours": "Tu-Th 08:00-12:00"},
            "现在未开放，12月1日 周二08:00开。",
            "Closed now, opens Tue 1 Dec 08:00.",
        ),
        ("2026-11-22 12:00", {"opening_hours": "24/7"}, "现在开放。", "Open now."),
        (
            "2026-11-22 23:00",
            {"opening_hours": "18:00-02:00"},
            "现在开放，到明天（11月23日 周一）02:00。",
            "Open now until 02:00 tomorrow (Mon 23 Nov).",
        ),
        ("2026-11-22 23:00", {"opening_hours": "10:00-24:00"}, "现在开放，到24:00。", "Open now until 24:00."),
        (
            "2026-11-22 12:00",
            CLOSED,
            "即日起到2026-12-02不开放：检修。12月3日 周四08:00恢复开放。",
            "Closed until 2026-12-02: 检修. Opens again Thu 3 Dec 08:00.",
        ),
        (
            "2026-10-01 10:00",
            {"opening_hours": OFFICE},
            "今天（国庆节）开放时间未核实。请电话0335-4041591确认。",
            "Hours not confirmed for today, National Day. Please phone 0335-4041591.",
        ),
        (
            "2026-10-07 18:00",
            {"opening_hours": OFFICE},
            "现在未开放，明天08:30开。",
            "Closed now, opens tomorrow 08:30.",
        ),
        (
            "2026-09-30 18:00",
            {"opening_hours": OFFICE},
            "现在未开放。明天（国庆节）开放时间未核实。请电话0335-4041591确认。10月8日 周四08:30正常开放。",
            "Closed now. Hours not confirmed for tomorrow, National Day. Please phone 0335-4041591. "
            "Open as usual from Thu 8 Oct 08:30.",
        ),
        (
            "2027-03-03 10:00",
            {"opening_hours": OFFICE},
            "现在开放，到17:30。2027年放假安排还没公布，请先确认。",
            "Open now until 17:30. The 2027 holiday arrangement is not announced yet: please check.",
        ),
        (
            "2026-11-22 12:00",
            {"opening_hours": "Apr-Oct 08:00-17:00; Nov-Mar unknown", "phones": []},
            "开放时间未核实。请电话12345确认。",
            "Hours not confirmed. Please phone 12345.",
        ),
        ("2026-11-22 12:00", {"opening_hours": ""}, "", ""),
        ("2026-11-22 12:00", {"status": "suspended"}, "目前停止开放。", "Not open to visitors at present."),
        (
            "2026-11-18 10:00",
            {"opening_hours": 'Mo-Fr 08:00-12:00 "预约"'},
            "现在开放，到12:00。（预约）",
            "Open now until 12:00. (预约)",
        ),
        (
            "2026-10-01 10:00",
            {"opening_hours": "Mo-Fr 08:00-17:30; Sa-Su 08:00-12:00"},
            "现在开放，到12:00。节假日时间可能不同，请先确认。",
            "Open now until 12:00. Hours may differ on public holidays: please check.",
        ),
        (
            "2026-11-22 18:00",
            {"opening_hours": "17:00+"},
            "现在开放。关门时间不固定。",
            "Open now. There is no fixed closing time.",
        ),
    ],
)
def test_now(city: Parts, now: str, fields: dict[str, Any], zh: str, en: str) -> None:
    assert status(city, "zh", now, **fields) == zh
    assert status(city, "en", now, **fields) == en
    assert segments(zh) == 1


@pytest.mark.parametrize(
    ("lang", "text", "hours", "said"),
    [
        ("zh", "国庆第二天开吗", "08:00-17:00", "10月2日 周五（国庆节）开放时间08:00-17:00。"),
        ("zh", "10月10号开门吗", OFFICE, "10月10日 周六（调休上班）开放时间08:30-17:30。"),
        ("zh", "国庆第二天开吗", OFFICE, "10月2日 周五（国庆节）开放时间未核实。请电话0335-4041591确认。"),
        ("en", "is it open on 2 October", f"{OFFICE}; PH off", "Fri 2 Oct, National Day: closed."),
        ("en", "is it open tomorrow", "Mo-Fr 00:00-24:00", "tomorrow (Thu 17 Sep): open all day."),
        ("en", "is it open on 3 March 2027", OFFICE, "Wed 3 Mar 2027: open 08:30-17:30. The 2027 holiday"),
    ],
)
def test_another_day(city: Parts, lang: str, text: str, hours: str, said: str) -> None:
    question = asking(city, lang, "2026-09-16 10:00", text)
    day = question.day()
    assert day is not None
    assert facts.day_line(PlaceRow(opening_hours=hours), question, day).startswith(said)


@pytest.mark.parametrize(
    ("lang", "text", "hours", "said"),
    [
        ("zh", "明天晚上8点开吗", "08:00-17:00", "明天（9月17日 周四） 20:00不开放，当天开放时间08:00-17:00。"),
        ("zh", "明天下午3点开吗", "08:00-17:00", "明天（9月17日 周四） 15:00开放，到17:00。"),
        ("en", "is it open on 10 October at 10 am", OFFICE, "Sat 10 Oct, a make-up workday 10:00: open until 17:30."),
        ("en", "is it open on 3 October at 8pm", OFFICE, "Sat 3 Oct, National Day 20:00: closed."),
        ("en", "open at 6 pm?", "08:00-17:00", "today (Wed 16 Sep) 18:00: closed; open 08:00-17:00 that day."),
        (
            "en",
            "is it open on 1 October at 10 am",
            OFFICE,
            "Hours not confirmed for Thu 1 Oct, National Day 10:00. Please phone 0335-4041591.",
        ),
        ("en", "open at 6 pm?", "", ""),
    ],
)
def test_another_time(city: Parts, lang: str, text: str, hours: str, said: str) -> None:
    assert facts.moment_line(PlaceRow(opening_hours=hours), asking(city, lang, "2026-09-16 10:00", text)) == said


def test_the_sun_in_the_middle_of_the_city_is_approximate(city: Parts) -> None:
    fields = {"opening_hours": "sunrise-sunset", "lat": None, "lon": None}
    # Sunset by astral: 16:40.
    assert re.fullmatch("现在开放，到约16:(39|40|41)。", status(city, "zh", "2026-11-22 12:00", **fields))
    assert re.fullmatch(r"Open now until about 16:(39|40|41)\.", status(city, "en", "2026-11-22 12:00", **fields))


def test_without_a_time_there_is_no_moment(city: Parts) -> None:
    assert facts.moment_line(PlaceRow(), asking(city, "zh", "2026-09-16 10:00", "明天开吗")) == ""


def test_a_day_staff_enter_is_in_the_next_answer(own_city: Parts) -> None:
    office: Place = PlaceRow(opening_hours=f"{OFFICE}; PH off")
    before = facts.status_line(office, asking(own_city, "zh", "2026-11-18 10:00"))
    day = dt.date(2026, 11, 18)
    own_city.calendar_days.add(day, day, "public_holiday", ("城庆日", "City Day"), "通知", Editor("li"))
    after = facts.status_line(office, asking(own_city, "zh", "2026-11-18 10:00"))
    assert (before, after) == ("现在开放，到17:30。", "现在未开放，明天08:30开。")
    own_city.calendar_days.delete(day, Editor("li"))
    assert facts.status_line(office, asking(own_city, "zh", "2026-11-18 10:00")) == before


def test_a_hotline_that_is_off_duty(city: Parts) -> None:
    line = Hotline(name_zh="热线", phone="12345", opening_hours=f"{OFFICE}; PH off")
    assert facts.status_line(line, asking(city, "zh", "2026-10-01 10:00")) == "现在未开放，10月8日 周四08:30开。"
