"""The calendar page: what it shows, who may change it, and that a change is in force at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from backend.models import AuditEntry, CalendarDay
from backend.models.base import utcnow
from tests.support.console import Clerk, add_staff

CALENDAR = "/staff/calendar"
NOTICE = "国办发明电〔2026〕99号"
# A week from now that no table knows anything special of is found by its weekday alone.
SATURDAY = dt.date(2032, 7, 3)


def enter(clerk: Clerk, **fields: str) -> Any:
    given = {"first": "2032-07-05", "last": "", "kind": "public_holiday", "name_zh": "城庆日", "source": NOTICE}
    return clerk.client.post(
        CALENDAR, data={"csrf_token": clerk.token(CALENDAR), **given, **fields}, follow_redirects=True
    )


def test_days_are_entered_shown_audited_and_taken_back(clerk: Clerk, own_city: Any) -> None:
    page = enter(clerk, last="2032-07-06", name_en="City Day").text
    assert page.count("城庆日") == 2
    assert NOTICE in page
    assert own_city.calendar_days.current().day(dt.date(2032, 7, 6)).kind == "public_holiday"
    row = own_city.rows(CalendarDay)[0]
    assert (row.date, row.name_en, row.source, row.author) == (dt.date(2032, 7, 5), "City Day", NOTICE, "li")
    entries = own_city.rows(AuditEntry, action="calendar.added")
    assert [(entry.actor, entry.object_id) for entry in entries] == [
        ("li@example.org", "calendar:2032-07-05"),
        ("li@example.org", "calendar:2032-07-06"),
    ]
    clerk.press(f"{CALENDAR}/2032-07-05/delete")
    calendar = own_city.calendar_days.current()
    assert calendar.day(dt.date(2032, 7, 5)).kind == "unannounced"
    assert calendar.day(dt.date(2032, 7, 6)).kind == "public_holiday"
    assert own_city.rows(AuditEntry, action="calendar.deleted")[0].object_id == "calendar:2032-07-05"
    assert (
        "已经被删除"
        in clerk.client.get(clerk.press(f"{CALENDAR}/2032-07-05/delete").location, follow_redirects=True).text
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first": ""}, "必须填"),
        ({"last": "2032-07-04"}, "结束日期早于开始日期"),
        ({"last": "2032-07-30"}, "一次最多填16天"),
        ({"kind": "makeup_workday"}, "只能是周六、周日"),
        ({"first": "2032-07-03", "kind": "workday"}, "只能是周一到周五"),
        ({"name_zh": ""}, "必须填"),
        ({"source": ""}, "必须填"),
        ({"kind": "party"}, ""),
    ],
)
def test_what_cannot_be_is_refused_by_field(clerk: Clerk, own_city: Any, fields: dict[str, str], said: str) -> None:
    answer = enter(clerk, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert own_city.rows(CalendarDay) == []


def test_a_day_is_entered_once(clerk: Clerk, own_city: Any) -> None:
    enter(clerk)
    answer = enter(clerk, first="2032-07-04", last="2032-07-06")
    assert (answer.status_code, "已经填写过" in answer.text) == (422, True)
    assert len(own_city.rows(CalendarDay)) == 1


def test_who_only_reads_changes_nothing(site: Flask, own_city: Any) -> None:
    reader = Clerk(site, add_staff(site, own_city, "viewer", "zhao"))
    page = reader.get(CALENDAR)
    assert page.status_code == 200
    assert f'action="{CALENDAR}"' not in page.text
    assert reader.press(CALENDAR, first="2032-07-05", kind="public_holiday").status_code == 403
    assert reader.press(f"{CALENDAR}/2032-07-05/delete").status_code == 403


def test_the_year_is_listed_with_its_make_up_workdays(clerk: Clerk, own_city: Any) -> None:
    page = clerk.get(f"{CALENDAR}?year=2026").text
    for said in ("2026-10-01", "国庆节", "2026-10-10", "调休上班", "系统已知到2026年"):
        assert said in page
    assert clerk.get(f"{CALENDAR}?year=99999").status_code == 200
    assert clerk.press(f"{CALENDAR}/nonsense/delete").status_code == 404


def test_the_preview_of_hours_names_the_days(clerk: Clerk, own_city: Any) -> None:
    today = utcnow().astimezone(own_city.time_zone).date()
    days = [today + dt.timedelta(days=number) for number in range(7)]
    weekday = next(day for day in days if day.weekday() < 5 and day > today)
    saturday = next(day for day in days if day.weekday() == 5)
    enter(clerk, first=weekday.isoformat(), name_zh="城庆日")
    enter(clerk, first=saturday.isoformat(), kind="makeup_workday", name_zh="")
    page = clerk.get("/staff/opening-hours?text=Mo-Fr 09:00-17:00; PH off").text
    assert "城庆日" in page
    assert "调休上班" in page
    kinds = [(day, own_city.calendar_days.current().day(day).kind) for day in days]
    off = [day for day, kind in kinds if kind == "public_holiday" or (kind != "makeup_workday" and day.weekday() >= 5)]
    assert weekday in off
    assert saturday not in off
    assert page.count("不开放") == len(off)
