"""What a clerk does with one button: delete, bring back, restore an older version."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.forms import ConfirmForm
from backend.console.records import PAGES, RECORD, record_or_404
from backend.services.content_rules import InvalidEdit
from backend.services.editing import EditConflict, NoSuchRecord


@blueprint.get(f"{RECORD}/delete")
@needs("content.edit")
def ask_delete(kind: str, record_id: str) -> ResponseReturnValue:
    """Asks before a record goes out of every answer."""
    return _delete_page(kind, record_id, ConfirmForm(formdata=None))


@blueprint.post(f"{RECORD}/delete")
@needs("content.edit")
def delete_record(kind: str, record_id: str) -> ResponseReturnValue:
    """Takes a record out of every answer; the record and its history stay."""
    record_or_404(kind, record_id)
    form = ConfirmForm()
    if not form.validate():
        return _delete_page(kind, record_id, form), 422
    try:
        PAGES[kind].records.delete(record_id, form.version.data, editor(), form.comment.data or "")
    except EditConflict:
        flash(say("console-changed-meanwhile"), "warning")
        return redirect(url_for("console.record", kind=kind, record_id=record_id))
    flash(say("console-deleted-live"), "success")
    return redirect(url_for("console.history", kind=kind, record_id=record_id))


@blueprint.post(f"{RECORD}/undelete")
@needs("content.edit")
def undelete_record(kind: str, record_id: str) -> ResponseReturnValue:
    """Brings a deleted record back."""
    record_or_404(kind, record_id)
    PAGES[kind].records.undelete(record_id, editor())
    flash(say("console-undeleted-live"), "success")
    return redirect(url_for("console.record", kind=kind, record_id=record_id))


@blueprint.post(f"{RECORD}/restore/<int:wanted>")
@needs("content.edit")
def restore_record(kind: str, record_id: str, wanted: int) -> ResponseReturnValue:
    """Makes an older version the newest one."""
    record_or_404(kind, record_id)
    seen = request.form.get("version", type=int)
    if seen is None:
        abort(400)
    try:
        comment = say("console-restore-comment", version=str(wanted))
        PAGES[kind].records.restore(record_id, seen, wanted, editor(), comment)
    except EditConflict:
        flash(say("console-changed-meanwhile"), "warning")
        return redirect(url_for("console.history", kind=kind, record_id=record_id))
    except NoSuchRecord:
        abort(404)
    except InvalidEdit as error:
        named = [f"{say(f'console-field-{name}')}: {say(problem)}" for name, problem in error.problems.items()]
        flash(" ".join([say("console-not-restored"), *named]), "danger")
        return redirect(url_for("console.history", kind=kind, record_id=record_id))
    flash(say("console-restored-live", version=str(wanted)), "success")
    return redirect(url_for("console.record", kind=kind, record_id=record_id))


def _delete_page(kind: str, record_id: str, form: ConfirmForm) -> str:
    return render_template("console/delete.html", kind=kind, record=record_or_404(kind, record_id), form=form)
