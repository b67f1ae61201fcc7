"""At the door: the bookings of a day, and letting people in by their code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, needs, say
from backend.models import utcnow
from backend.services.booking_codes import grouped
from backend.services.booking_views import BookingView, Refused
from backend.services.door import MOST, bookings_of_day
from backend.services.editing import actor_of
from backend.web_context import parts

COLOURS = {"confirmed": "warning", "arrived": "success", "done": "secondary", "missed": "danger"}
# So few are all shown at once; of more, only those of the times that are not over.
_FEW = 40


@dataclass(frozen=True)
class SlotOfDay:
    """The bookings of one slot, as the list of a day shows them."""

    id: int
    name_zh: str
    name_en: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    rows: Sequence[BookingView]
    open: bool  # shown at once

    @property
    def people(self) -> int:
        """How many people are booked."""
        return sum(row.size for row in self.rows)

    @property
    def arrived(self) -> int:
        """How many of them came."""
        return sum(row.size for row in self.rows if row.state in ("arrived", "done"))

    @property
    def to_come(self) -> bool:
        """Whether it is not over: it may still be closed."""
        return self.ends_at > utcnow()


@blueprint.get("/bookings")
@needs("bookings.keep")
def bookings() -> ResponseReturnValue:
    """The bookings of a day by time; `q` leaves those of a name, a code or a thing to book."""
    today = show.today()
    try:
        day = dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = today
    if not dt.date(2000, 1, 2) <= day <= dt.date(2999, 12, 30):
        day = today
    wanted = request.args.get("q", "")[:80].strip()
    found = bookings_of_day(parts().db, day, parts().time_zone)
    slots = _by_slot([row for row in found if _matches(row, wanted.casefold())])
    near = [(day - dt.timedelta(days=1), say("bookings-day-before")), (today, say("bookings-today"))]
    return render_template(
        "console/bookings.html",
        day=day,
        days=[*near, (day + dt.timedelta(days=1), say("bookings-day-after"))],
        q=wanted,
        slots=slots,
        count=sum(len(slot.rows) for slot in slots),
        people=sum(slot.people for slot in slots),
        arrived=sum(slot.arrived for slot in slots),
        cut=len(found) == MOST,
        most=MOST,
        grouped=grouped,
        colours=COLOURS,
    )


def _matches(row: BookingView, wanted: str) -> bool:
    named = (row.name_zh, row.name_en, *(name for name, _, _ in row.guests))
    return wanted.replace("-", "").replace(" ", "") in row.code.casefold() or any(
        wanted in name.casefold() for name in named
    )


def _by_slot(rows: Sequence[BookingView]) -> list[SlotOfDay]:
    now, slots = utcnow(), []
    for slot_id, group in groupby(rows, key=lambda row: row.slot_id):
        own = list(group)
        one = own[0]
        shown = len(rows) <= _FEW or one.starts_at <= now < one.ends_at
        slots.append(SlotOfDay(slot_id, one.name_zh, one.name_en, one.starts_at, one.ends_at, own, shown))
    return slots


@blueprint.get("/check-in")
@needs("bookings.keep")
def check_in() -> ResponseReturnValue:
    """A code is typed or scanned; a scanned address brings it along."""
    return _page(code=request.args.get("code", "")[:40])


@blueprint.post("/check-in")
@needs("bookings.keep")
def let_in() -> ResponseReturnValue:
    """Lets in who has the code, or says why not, and whose it is."""
    code = request.form.get("code", "")[:40]
    try:
        return _page(booking=parts().slot_keeping.check_in(code, actor_of(editor())))
    except Refused as refusal:
        booking = None if refusal.code == "unknown_code" else parts().bookings.by_code(code)
        return _page(code, booking, _why_not(refusal)), 422


def _why_not(refusal: Refused) -> str:
    match refusal.code:
        case "arrived_already":
            return say("bookings-used", time=show.local(refusal.values["at"]))
        case "not_confirmed":
            return say("bookings-not-valid", state=say(f"bookings-state-{refusal.values['state']}"))
        case "wrong_day":
            return say("bookings-other-day", time=show.local(refusal.values["when"]))
    return say("booking-refused-unknown-code")


def _page(code: str = "", booking: BookingView | None = None, problem: str = "") -> str:
    return render_template("console/check_in.html", code=code, booking=booking, problem=problem, grouped=grouped)
