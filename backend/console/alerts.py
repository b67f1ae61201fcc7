"""Alerts: what holds, and to raise, update and end one. Nothing goes out without a second look."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.alert_forms import AlertForm
from backend.console.blueprint import blueprint, editor, lang, needs, say
from backend.console.forms import seen
from backend.models import Alert
from backend.services.alert_notices import area
from backend.services.alerts import districts_of
from backend.services.alerts_here import in_language, message_of
from backend.services.cap import Info
from backend.services.content_rules import InvalidEdit
from backend.services.editing import NoSuchRecord
from backend.services.staff_alerts import Draft, SecondLook
from backend.web_context import parts


@blueprint.get("/alerts")
@needs("content.read")
def alerts() -> ResponseReturnValue:
    """What holds now and what was before."""
    rows = parts().alerts.listed()
    running = [row for row in rows if row.state in ("current", "waiting")]
    # What a Cancel did stands with the alert that it ended.
    others = [row for row in rows if row not in running and row.msg_type != "Cancel"]
    return render_template(
        "console/alerts.html", running=running, others=others, part=_part, area=_area, touches=_touches
    )


@blueprint.get("/alerts/new")
@needs("alerts.raise")
def new_alert() -> ResponseReturnValue:
    """The empty form."""
    return _form(AlertForm(formdata=None))


@blueprint.post("/alerts/new")
@needs("alerts.raise")
def raise_alert() -> ResponseReturnValue:
    """Shows what would go out; with the second button it goes out."""
    return _second_look(None)


@blueprint.get("/alerts/<alert_id>/update")
@needs("alerts.raise")
def change_alert(alert_id: str) -> ResponseReturnValue:
    """The form as the alert stands."""
    row = _running(alert_id)
    draft = parts().staff_alerts.draft_of(row)
    return _form(AlertForm(draft, parts().time_zone, formdata=None), row)


@blueprint.post("/alerts/<alert_id>/update")
@needs("alerts.raise")
def update_alert(alert_id: str) -> ResponseReturnValue:
    """As raising one, in the place of another."""
    return _second_look(_running(alert_id))


@blueprint.get("/alerts/<alert_id>/clear")
@needs("alerts.raise")
def ask_clear(alert_id: str) -> ResponseReturnValue:
    """Asks before people are told that it is over."""
    return render_template("console/alert_clear.html", row=_running(alert_id), part=_part, area=_area)


@blueprint.post("/alerts/<alert_id>/clear")
@needs("alerts.raise")
def clear_alert(alert_id: str) -> ResponseReturnValue:
    """Ends it, and tells those who were told of it."""
    try:
        parts().staff_alerts.clear(alert_id, editor())
    except NoSuchRecord:
        flash(say("alerts-gone"), "warning")
    else:
        flash(say("alerts-cleared"), "success")
    return redirect(url_for("console.alerts"))


def _second_look(instead_of: Alert | None) -> ResponseReturnValue:
    form = AlertForm()
    if not form.validate():
        return _form(form, instead_of), 422
    service = parts().staff_alerts
    try:
        draft = form.draft(parts().time_zone)
        look = service.look(draft)
        confirmed = request.form.get("confirmed")
        if confirmed != seen(draft):
            return _form(form, instead_of, look, seen(draft), changed=bool(confirmed))
        return _send(draft, instead_of)
    except InvalidEdit as error:
        form.show(error.problems)
        return _form(form, instead_of), 422
    except ValueError:
        form.show({"lat": "console-bad-number"})
        return _form(form, instead_of), 422


def _send(draft: Draft, instead_of: Alert | None) -> ResponseReturnValue:
    try:
        if instead_of is None:
            parts().staff_alerts.raise_(draft, editor())
        else:
            parts().staff_alerts.update(instead_of.id, draft, editor())
    except NoSuchRecord:
        flash(say("alerts-gone"), "warning")
    else:
        flash(say("alerts-sent"), "success")
    return redirect(url_for("console.alerts"))


def _form(
    form: AlertForm,
    instead_of: Alert | None = None,
    look: SecondLook | None = None,
    agreed: str = "",
    changed: bool = False,
) -> str:
    return render_template(
        "console/alert.html",
        form=form,
        row=instead_of,
        look=look,
        seen=agreed,
        changed=changed,
        part=_part,
        area=_area,
        touches=_touches,
    )


def _running(alert_id: str) -> Alert:
    row = parts().alerts.get(alert_id)
    if row is None or row.state not in ("current", "waiting"):
        abort(404)
    return row


def _part(row: Alert, code: str = "") -> Info | None:
    """The part of a message in a language, the reader's where none is named."""
    infos = message_of(row.xml).infos
    return in_language(infos, code or lang()) if infos else None


def _area(info: Info) -> str:
    return area(info, lang())


def _touches(row: Alert) -> bool:
    """Whether it is known where it holds: else nobody is told."""
    return bool(districts_of(row))
