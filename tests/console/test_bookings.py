"""At the door: who comes today, and letting them in by a code as typed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask

from backend.models import AuditEntry, Booking, Notice, Slot
from backend.models.base import utcnow
from backend.services.booking_codes import grouped
from backend.services.booking_views import Guest
from tests.services.bookings.things import ENTRY, bookable, people, slot
from tests.support.console import Clerk, add_staff


def booked(own_city: Any) -> str:
    bookable(own_city, lead_minutes=0)
    at, [person] = slot(own_city, utcnow() + dt.timedelta(minutes=30)), people(own_city, 1)
    held = own_city.bookings.hold(person, at, {"adult": 2}, "k")
    return str(own_city.bookings.confirm(person, held.code, [Guest("王小明"), Guest("李雷")]).code)


def test_the_list_of_a_day_and_the_door(clerk: Clerk, own_city: Any) -> None:
    code = booked(own_city)
    at = own_city.bookings.by_code(code).starts_at.astimezone(own_city.time_zone)
    page = clerk.get(f"/staff/bookings?day={at.date()}").text
    for said in (grouped(code), "王小明", "未到"):
        assert said in page
    assert f'value="{code}"' in clerk.get(f"/staff/check-in?code={code}").text
    typed = " ".join(code.lower())
    assert "可以入场" in clerk.press("/staff/check-in", code=typed).text
    row = own_city.row(Booking)
    assert (row.state, row.arrived_at is not None) == ("arrived", True)
    again = clerk.press("/staff/check-in", code=typed)
    used = f"已经在{row.arrived_at.astimezone(own_city.time_zone):%Y-%m-%d %H:%M}用过了"
    assert (again.status_code, used in again.text, "王小明" in again.text) == (422, True, True)
    assert "没有找到" in clerk.press("/staff/check-in", code="nothing").text
    assert "没有预订" in clerk.get("/staff/bookings?day=2031-01-01").text
    assert clerk.get("/staff/bookings?day=9999-12-31").status_code == 200
    for wanted, count in (("李雷", 1), (grouped(code), 1), ("Seaview", 1), ("张三", 0)):
        assert clerk.get(f"/staff/bookings?day={at.date()}&q={wanted}").text.count("王小明") == count, wanted


@pytest.mark.parametrize(("state", "said"), [("cancelled", "预订无效（已取消）"), ("held", "预订无效（还没确认）")])
def test_why_somebody_stays_outside(clerk: Clerk, own_city: Any, state: str, said: str) -> None:
    code = booked(own_city)
    with own_city.db.write() as session:
        session.get_one(Booking, own_city.row(Booking).id).state = state
    assert said in clerk.press("/staff/check-in", code=code).text
    assert own_city.row(Booking).state == state


def closing(own_city: Any, **changed: str) -> dict[str, str]:
    here = own_city.row(Slot, bookable_id=ENTRY).starts_at.astimezone(own_city.time_zone)
    later = here + dt.timedelta(hours=1)
    given = {"bookable": ENTRY, "first": f"{here:%Y-%m-%dT%H:%M}", "last": f"{later:%Y-%m-%dT%H:%M}"}
    return {**given, "reason_zh": "设备检修", "reason_en": "repairs", **changed}


def test_times_are_closed_after_a_second_look(clerk: Clerk, own_city: Any) -> None:
    booked(own_city)
    slot_id = own_city.row(Slot, bookable_id=ENTRY).id
    filled = clerk.form(f"/staff/closures?slot={slot_id}", "/staff/closures")
    asked = closing(own_city)
    assert {name: filled[name] for name in ("bookable", "first", "last")} == {
        name: asked[name] for name in ("bookable", "first", "last")
    }
    look = clerk.press("/staff/closures", **asked).text
    assert "将关闭1个场次；1个预订（共2人）会作废" in look
    assert own_city.row(Booking).state == "confirmed"
    [agreed] = re.findall(r'name="confirmed" value="([^"]+)"', look)
    [late] = people(own_city, 1)
    held = own_city.bookings.hold(late, slot_id, {"adult": 1}, "late")
    own_city.bookings.confirm(late, held.code, [Guest("韩梅梅")])
    look = clerk.press("/staff/closures", confirmed=agreed, **asked).text
    assert "情况有变化" in look
    assert {row.state for row in own_city.rows(Booking)} == {"confirmed"}
    [agreed] = re.findall(r'name="confirmed" value="([^"]+)"', look)
    done = clerk.client.get(clerk.press("/staff/closures", confirmed=agreed, **asked).location).text
    assert "已关闭1个场次；2个预订已作废" in done
    assert {row.state for row in own_city.rows(Booking)} == {"closed"}
    assert [row.template for row in own_city.rows(Notice)].count("booking_closed") == 2
    row = own_city.row(Slot, bookable_id=ENTRY)
    assert (row.closed_by, row.reason_zh) == ("li@example.org", "设备检修")
    assert [entry.object_id for entry in own_city.rows(AuditEntry, action="slot.closed")] == [f"slot:{slot_id}"]
    assert "没有可以关闭的场次" in clerk.press("/staff/closures", confirmed=agreed, **asked).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"last": ""}, "必须填"),
        ({"last": "2020-01-01T08:00"}, "要晚于开始时间"),
        ({"last": "2999-01-01T08:00"}, "场次只排到"),
        ({"bookable": "bookable:none"}, ""),
        ({"reason_zh": "修" * 61}, "太长"),
    ],
)
def test_what_cannot_be_closed_is_said(clerk: Clerk, own_city: Any, changed: dict[str, str], said: str) -> None:
    booked(own_city)
    answer = clerk.press("/staff/closures", **closing(own_city, **changed))
    assert (answer.status_code, said in answer.text, "设备检修" in answer.text or "reason_zh" in changed) == (
        422,
        True,
        True,
    )
    assert own_city.row(Slot, bookable_id=ENTRY).closed_at is None


def test_who_only_reads_lets_nobody_in(site: Flask, own_city: Any) -> None:
    code = booked(own_city)
    reader = Clerk(site, add_staff(site, own_city, "viewer", "zhao"))
    assert reader.get("/staff/bookings").status_code == 403
    assert reader.press("/staff/check-in", code=code).status_code == 403
    assert own_city.row(Booking).state == "confirmed"
