"""At the door: the bookings of a day, and letting people in by their code."""

from __future__ import annotations

import datetime as dt

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, lang, needs
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Refused
from backend.services.door import bookings_of_day
from backend.services.editing import actor_of
from backend.web_context import parts
from backend.wording import t


@blueprint.get("/bookings")
@needs("bookings.keep")
def bookings() -> ResponseReturnValue:
    """The bookings of a day, by time."""
    try:
        day = dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = show.today()
    if not dt.date(2000, 1, 1) <= day <= dt.date(2999, 12, 30):
        day = show.today()
    found = bookings_of_day(parts().db, day, parts().time_zone)
    return render_template("console/bookings.html", day=day, bookings=found, grouped=grouped)


@blueprint.get("/check-in")
@needs("bookings.keep")
def check_in() -> ResponseReturnValue:
    """A code is typed or scanned; a scanned address brings it along."""
    return _page(code=request.args.get("code", "")[:40])


@blueprint.post("/check-in")
@needs("bookings.keep")
def let_in() -> ResponseReturnValue:
    """Lets in who has the code, or says why not."""
    code = request.form.get("code", "")[:40]
    try:
        return _page(arrived=parts().slot_keeping.check_in(code, actor_of(editor())))
    except Refused as refusal:
        problem = t(lang(), f"booking-refused-{refusal.code.replace('_', '-')}")
        return _page(code=code, problem=problem), 422


def _page(code: str = "", arrived: BookingView | None = None, problem: str = "") -> str:
    return render_template("console/check_in.html", code=code, arrived=arrived, problem=problem, grouped=grouped)
