"""What a clerk does with one button: close for today, reopen, delete, bring back, restore an older version."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.forms import CloseForm, ConfirmForm, PlaceForm
from backend.console.places import place_or_404, place_page
from backend.services.content import EditConflict, InvalidEdit, NoSuchPlace
from backend.web_context import parts
from backend.wording import t


@blueprint.post("/places/<place_id>/close")
@needs("content.edit")
def close_place(place_id: str) -> ResponseReturnValue:
    """Closed today, or to a given day, or until further notice; answered in every channel at once."""
    found = place_or_404(place_id)
    form = CloseForm()
    first = show.today()
    fine = form.validate()
    last = None if form.open_end.data else form.until.data or first
    if fine and last is not None and last < first:
        form.show({"until": "console-until-past"})
        fine = False
    if not fine:
        facts = PlaceForm(found.kind, parts().content.vocabulary(), found, formdata=None)
        return place_page(found, facts, close=form, status=422)
    try:
        parts().content.close(place_id, first, last, _reason(form), editor())
    except InvalidEdit as error:
        flash(" ".join(say(problem) for problem in error.problems.values()), "danger")
    else:
        flash(say("console-closed-live"), "success")
    return redirect(url_for("console.place", place_id=place_id))


@blueprint.post("/places/<place_id>/reopen")
@needs("content.edit")
def reopen_place(place_id: str) -> ResponseReturnValue:
    """Takes "closed today" back."""
    place_or_404(place_id)
    parts().content.reopen(place_id, editor())
    flash(say("console-reopened-live"), "success")
    return redirect(url_for("console.place", place_id=place_id))


@blueprint.get("/places/<place_id>/delete")
@needs("content.edit")
def ask_delete(place_id: str) -> ResponseReturnValue:
    """Asks before a place goes out of every answer."""
    return render_template("console/delete.html", place=place_or_404(place_id), form=ConfirmForm(formdata=None))


@blueprint.post("/places/<place_id>/delete")
@needs("content.edit")
def delete_place(place_id: str) -> ResponseReturnValue:
    """Takes a place out of every answer; its record and history stay."""
    place_or_404(place_id)
    form = ConfirmForm()
    if not form.validate():
        return render_template("console/delete.html", place=place_or_404(place_id), form=form), 422
    try:
        parts().content.delete(place_id, form.version.data, editor(), form.comment.data or "")
    except EditConflict:
        flash(say("console-changed-meanwhile"), "warning")
        return redirect(url_for("console.place", place_id=place_id))
    flash(say("console-deleted-live"), "success")
    return redirect(url_for("console.history", place_id=place_id))


@blueprint.post("/places/<place_id>/undelete")
@needs("content.edit")
def undelete_place(place_id: str) -> ResponseReturnValue:
    """Brings a deleted place back."""
    place_or_404(place_id)
    parts().content.undelete(place_id, editor())
    flash(say("console-undeleted-live"), "success")
    return redirect(url_for("console.place", place_id=place_id))


@blueprint.post("/places/<place_id>/restore/<int:wanted>")
@needs("content.edit")
def restore_place(place_id: str, wanted: int) -> ResponseReturnValue:
    """Makes an older version the newest one."""
    place_or_404(place_id)
    seen = request.form.get("version", type=int)
    if seen is None:
        abort(400)
    try:
        parts().content.restore(place_id, seen, wanted, editor(), say("console-restore-comment", version=str(wanted)))
    except EditConflict:
        flash(say("console-changed-meanwhile"), "warning")
        return redirect(url_for("console.history", place_id=place_id))
    except NoSuchPlace:
        abort(404)
    except InvalidEdit as error:
        named = [f"{say(f'console-field-{name}')}: {say(problem)}" for name, problem in error.problems.items()]
        flash(" ".join([say("console-not-restored"), *named]), "danger")
        return redirect(url_for("console.history", place_id=place_id))
    flash(say("console-restored-live", version=str(wanted)), "success")
    return redirect(url_for("console.place", place_id=place_id))


def _reason(form: CloseForm) -> tuple[str, str]:
    """The clerk's own words, else the ready reason in both languages."""
    if form.reason_zh.data or form.reason_en.data or form.preset.data in (None, "", "none"):
        return form.reason_zh.data or "", form.reason_en.data or ""
    return t("zh", f"console-reason-{form.preset.data}"), t("en", f"console-reason-{form.preset.data}")
