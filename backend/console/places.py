"""Places: the list, what their pages have of their own, "closed today"."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backend.console import show
from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.forms import CloseForm, NewPlaceForm, PlaceForm, RecordForm
from backend.console.records import PAGES, RecordPages, record_list, record_or_404, record_page
from backend.models import Place
from backend.services.content import Content
from backend.services.content_rules import KINDS, InvalidEdit
from backend.services.opening_week import next_days
from backend.web_context import parts
from backend.wording import t

MAX_HOURS_LENGTH = 500


class PlacePages(RecordPages):
    """The pages of a place."""

    template = "console/place.html"

    @property
    def records(self) -> Content:
        return parts().content

    def form(self, record: Place, **given: Any) -> PlaceForm:
        return PlaceForm(record.kind, self.records.vocabulary(), record, **given)

    def new_form(self, **given: Any) -> NewPlaceForm:
        kind = request.args.get("kind", "")
        return NewPlaceForm("", self.records.vocabulary(), data={"kind": kind} if kind in KINDS else {}, **given)

    def create(self, form: RecordForm, facts: dict[str, Any]) -> Place:
        return self.records.create(form.kind.data, "", facts, editor())

    def more(self, record: Place, form: RecordForm) -> dict[str, Any]:
        """The quick form, and what the opening hours mean."""
        close = CloseForm(formdata=MultiDict(), data={"until": show.today()})
        return {"close": close, "days": week(form.opening_hours.data or "")}


PAGES["places"] = PlacePages()


@blueprint.get("/")
@needs("content.read")
def places() -> ResponseReturnValue:
    """All places, by kind and by name."""
    return record_list("places", KINDS)


@blueprint.post("/places/<record_id>/close")
@needs("content.edit")
def close_place(record_id: str) -> ResponseReturnValue:
    """Closed today, or to a given day, or until further notice; answered in every channel at once."""
    found = record_or_404("places", record_id)
    form = CloseForm()
    first = show.today()
    fine = form.validate()
    last = None if form.open_end.data else form.until.data or first
    if fine and last is not None and last < first:
        form.show({"until": "console-until-past"})
        fine = False
    if not fine:
        return record_page("places", found, PAGES["places"].form(found, formdata=None), close=form, status=422)
    try:
        parts().content.close(record_id, first, last, _reason(form), editor())
    except InvalidEdit as error:
        flash(" ".join(say(problem) for problem in error.problems.values()), "danger")
    else:
        flash(say("console-closed-live"), "success")
    return redirect(url_for("console.record", kind="places", record_id=record_id))


@blueprint.post("/places/<record_id>/reopen")
@needs("content.edit")
def reopen_place(record_id: str) -> ResponseReturnValue:
    """Takes "closed today" back."""
    record_or_404("places", record_id)
    parts().content.reopen(record_id, editor())
    flash(say("console-reopened-live"), "success")
    return redirect(url_for("console.record", kind="places", record_id=record_id))


@blueprint.get("/opening-hours")
@needs("content.read")
def opening_hours() -> ResponseReturnValue:
    """What an opening-hours expression means for the next seven days, as a piece of the page."""
    text = request.args.get("text", "").strip()[:MAX_HOURS_LENGTH]
    return render_template("console/_week.html", days=week(text), expression=text)


def week(expression: str) -> list[Any] | None:
    """The next seven days; None where the expression is not one, empty where there is none."""
    if not expression:
        return []
    return next_days(expression, show.today(), parts().time_zone, calendar=parts().calendar_days.current())


def _reason(form: CloseForm) -> tuple[str, str]:
    """The clerk's own words, else the ready reason in both languages."""
    if form.reason_zh.data or form.reason_en.data or form.preset.data in (None, "", "none"):
        return form.reason_zh.data or "", form.reason_en.data or ""
    return t("zh", f"console-reason-{form.preset.data}"), t("en", f"console-reason-{form.preset.data}")
