"""Closing times that can be booked: nobody is told before a second look at whom it concerns."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateTimeLocalField, SelectField
from wtforms.validators import InputRequired, Length

from backend.console import show
from backend.console.blueprint import blueprint, editor, lang, needs, say
from backend.console.forms import ConsoleForm, Text, seen
from backend.services.editing import actor_of
from backend.services.slot_keeping import ToClose
from backend.web_context import parts

_MINUTES = "%Y-%m-%dT%H:%M"
_FIELDS = ("bookable", "first", "last", "reason_zh", "reason_en")


class ClosureForm(ConsoleForm):
    """What is closed, from when to when by the city's clock, and why."""

    bookable = SelectField(validators=[InputRequired("edit-choose")])
    first = DateTimeLocalField(validators=[InputRequired("edit-required")], format=_MINUTES)
    last = DateTimeLocalField(validators=[InputRequired("edit-required")], format=_MINUTES)
    reason_zh = Text(validators=[Length(max=60, message="edit-too-long")])
    reason_en = Text(validators=[Length(max=120, message="edit-too-long")])

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        things = parts().inventory.bookables()
        self.bookable.choices = [(one.id, one.name_zh if lang() == "zh" else one.name_en) for one in things]
        for name in _FIELDS:
            self[name].label.text = say(f"closure-{name.replace('_', '-')}")
            self[name].description = ""
        self.last.description = say("closure-last-help")
        self.reason_zh.description = say("closure-reason-help")

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """From when to when; aware."""
        zone = parts().time_zone
        return self.first.data.replace(tzinfo=zone), self.last.data.replace(tzinfo=zone)

    def problem(self) -> str:
        """What is wrong with the end of the span; empty where nothing is."""
        begin, end = self.span()
        if end <= begin:
            return say("closure-order")
        bookable = parts().inventory.bookable(self.bookable.data)
        # Slots are made so many days ahead: what comes later could not be closed, and would be open after all.
        last = show.today() + dt.timedelta(days=bookable.ahead_days if bookable else 0)
        if end > dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), parts().time_zone):
            return say("closure-too-far", day=str(last))
        return ""


@blueprint.get("/closures")
@needs("bookings.keep")
def closure() -> ResponseReturnValue:
    """The form; `slot` fills it in for one slot."""
    number = request.args.get("slot", "")
    slot = parts().inventory.slot(int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    given: dict[str, Any] = {}
    if slot is not None:
        zone = parts().time_zone
        first, last = (time.astimezone(zone).replace(tzinfo=None) for time in (slot.starts_at, slot.ends_at))
        given = {"bookable": slot.bookable_id, "first": first, "last": last}
    return _page(ClosureForm(formdata=None, data=given))


@blueprint.post("/closures")
@needs("bookings.keep")
def close() -> ResponseReturnValue:
    """Shows whom it concerns; with the second button the times are closed and those people told."""
    form = ClosureForm()
    if not form.validate():
        return _page(form), 422
    if problem := form.problem():
        form.last.errors = [problem]
        return _page(form), 422
    found = parts().slot_keeping.to_close(form.bookable.data, *form.span())
    if not found:
        form.show({"first": "closure-none"})
        return _page(form), 422
    confirmed = request.form.get("confirmed")
    if confirmed != _seen(form, found):
        return _page(form, found, changed=bool(confirmed))
    told = parts().slot_keeping.close_slots(
        [one.slot_id for one in found], actor_of(editor()), form.reason_zh.data or "", form.reason_en.data or ""
    )
    flash(say("closure-done", slots=len(found), told=told), "success")
    return redirect(url_for("console.bookings", day=form.first.data.date()))


def _seen(form: ClosureForm, found: list[ToClose]) -> str:
    """What the clerk agrees to: where somebody books meanwhile or another reason is given, they look again."""
    return seen(form.bookable.data, form.reason_zh.data, form.reason_en.data, found)


def _page(form: ClosureForm, found: list[ToClose] | None = None, changed: bool = False) -> str:
    found = found or []
    return render_template(
        "console/closure.html",
        form=form,
        found=found,
        seen=_seen(form, found),
        changed=changed,
        bookings=sum(one.bookings for one in found),
        people=sum(one.people for one in found),
        waiting=sum(one.waiting for one in found),
    )
