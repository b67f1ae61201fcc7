"""The city's calendar: the days the table knows, and those staff enter over them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.forms import CalendarForm
from backend.services.content_rules import InvalidEdit
from backend.services.editing import NoSuchRecord
from backend.web_context import parts


@blueprint.get("/calendar")
@needs("content.read")
def calendar() -> ResponseReturnValue:
    """The days off and make-up workdays of a year, and what staff have entered."""
    return _page(CalendarForm(formdata=None))


@blueprint.post("/calendar")
@needs("content.edit")
def add_calendar_days() -> ResponseReturnValue:
    """Enters a day, or several in a row."""
    form = CalendarForm()
    if not form.validate():
        return _page(form), 422
    first = form.first.data
    try:
        parts().calendar_days.add(
            first,
            form.last.data or first,
            form.kind.data,
            (form.name_zh.data or "", form.name_en.data or ""),
            form.source.data or "",
            editor(),
        )
    except InvalidEdit as error:
        form.show(error.problems)
        return _page(form), 422
    flash(say("calendar-added"), "success")
    return redirect(url_for("console.calendar", year=first.year))


@blueprint.post("/calendar/<date>/delete")
@needs("content.edit")
def delete_calendar_day(date: str) -> ResponseReturnValue:
    """Takes an entered day back."""
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        abort(404)
    try:
        parts().calendar_days.delete(day, editor())
    except NoSuchRecord:
        flash(say("calendar-gone"), "warning")
    else:
        flash(say("calendar-deleted"), "success")
    return redirect(url_for("console.calendar", year=day.year))


def _page(form: CalendarForm) -> str:
    """The year asked for, else this one, with the one after it to choose."""
    this_year = show.today().year
    year = request.args.get("year", this_year, type=int)
    if not this_year - 5 <= year <= this_year + 5:
        year = this_year
    known = parts().calendar_days.current()
    return render_template(
        "console/calendar.html",
        form=form,
        year=year,
        years=range(this_year, this_year + 3),
        special=_special(known, year),
        entered=parts().calendar_days.entered(),
        until=known.announced_until(),
        has_table=known.considers_holidays,
    )


def _special(known: Any, year: int) -> list[tuple[dt.date, Any]]:
    """The days of a year that are not what their weekday says."""
    days = (dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366))
    kinds = ("public_holiday", "makeup_workday")
    return [(day, known.day(day)) for day in days if day.year == year and known.day(day).kind in kinds]
