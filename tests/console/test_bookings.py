"""At the door: who comes today, and letting them in by a code as typed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask

from backend.models import Booking
from backend.models.base import utcnow
from backend.services.booking_codes import grouped
from backend.services.bookings import Guest
from tests.services.bookings.things import bookable, people, slot
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
    assert (again.status_code, "已经用过" in again.text) == (422, True)
    assert "没有找到" in clerk.press("/staff/check-in", code="nothing").text
    assert "没有预订" in clerk.get("/staff/bookings?day=2031-01-01").text
    assert clerk.get("/staff/bookings?day=9999-12-31").status_code == 200


def test_who_only_reads_lets_nobody_in(site: Flask, own_city: Any) -> None:
    code = booked(own_city)
    reader = Clerk(site, add_staff(site, own_city, "viewer", "zhao"))
    assert reader.get("/staff/bookings").status_code == 403
    assert reader.press("/staff/check-in", code=code).status_code == 403
    assert own_city.row(Booking).state == "confirmed"
