"""Broadcasts: written, tried, approved, sent and watched."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.notice_forms import broadcast_form
from backend.models import Broadcast
from backend.services.broadcasts.audience import Audience, InvalidAudience
from backend.services.broadcasts.life import STEPS, NobodyThere, NotNow, OwnBroadcast
from backend.services.broadcasts.progress import STATES
from backend.services.editing import EditConflict, actor_of
from backend.services.notices import LANES
from backend.web_context import parts

_BROADCAST = "/broadcasts/<int:broadcast_id>"
# Before the recipients are written down.
UNSENT = ("draft", "submitted", "approved")
# Where and how it is said what is wrong with an audience.
_PROBLEMS = {
    "area": ("area", "broadcast-area-wrong"),
    "urgency": ("urgency", "broadcast-area-urgent"),
    "lang": ("audience_lang", "edit-choose"),
    "channel": ("audience_channel", "edit-choose"),
}


@blueprint.get("/broadcasts")
@needs("broadcasts.write")
def broadcasts() -> ResponseReturnValue:
    """The newest first."""
    return render_template("console/broadcasts.html", broadcasts=parts().broadcasts.newest())


@blueprint.get("/broadcasts/new")
@needs("broadcasts.write")
def new_broadcast() -> ResponseReturnValue:
    """An empty form."""
    return render_template("console/broadcast_form.html", form=broadcast_form(formdata=None), row=None)


@blueprint.post("/broadcasts/new")
@needs("broadcasts.write")
def create_broadcast() -> ResponseReturnValue:
    """Stores a draft."""
    return _save(None)


@blueprint.get(f"{_BROADCAST}/edit")
@needs("broadcasts.write")
def broadcast_draft(broadcast_id: int) -> ResponseReturnValue:
    """The form of a draft."""
    row = _found(broadcast_id)
    return render_template("console/broadcast_form.html", form=broadcast_form(row, formdata=None), row=row)


@blueprint.post(f"{_BROADCAST}/edit")
@needs("broadcasts.write")
def edit_broadcast(broadcast_id: int) -> ResponseReturnValue:
    """Changes a draft."""
    return _save(_found(broadcast_id))


def _save(row: Broadcast | None) -> ResponseReturnValue:
    form = broadcast_form()
    status = 422
    if form.validate():
        try:
            if row is None:
                broadcast_id = parts().broadcasts.create(form.draft(), editor())
            else:
                broadcast_id = row.id
                parts().broadcasts.edit(row.id, _version(), form.draft(), editor())
            return redirect(url_for("console.broadcast", broadcast_id=broadcast_id))
        except InvalidAudience as error:
            name, problem = _PROBLEMS.get(error.field, ("everybody", "broadcast-nobody"))
            form.show({name: problem})
        except (EditConflict, NotNow):
            flash(say("broadcast-conflict"), "danger")
            status = 409
        except ValueError:
            form.show({"expires_at": "broadcast-ends-first"})
    return render_template("console/broadcast_form.html", form=form, row=row), status


@blueprint.get(_BROADCAST)
@needs("broadcasts.write")
def broadcast(broadcast_id: int) -> ResponseReturnValue:
    """What it says, to whom, and how far it has come."""
    return _page(_found(broadcast_id))


def _page(row: Broadcast, test_channel: str = "sms", test_address: str = "") -> str:
    audience = Audience.from_dict(row.audience)
    shown = parts().templates.preview(row.template, facts=row.facts)
    people = parts().broadcasts.count(audience) if row.state in UNSENT else row.recipients
    return render_template(
        "console/broadcast.html",
        row=row,
        shown=shown,
        people=people,
        unsent=row.state in UNSENT,
        audience=_audience_lines(row),
        limit=parts().broadcasts.approval_above,
        mine=row.author == actor_of(editor()),
        urgency=next(name for name, lane in LANES.items() if lane == row.lane).replace("_", "-"),
        test_channel=test_channel,
        test_address=test_address,
        progress=parts().broadcasts.progress(row.id),
        states=STATES,
        steps=[name for name, (before, _) in STEPS.items() if row.state in before],
    )


@blueprint.get(f"{_BROADCAST}/progress")
@needs("broadcasts.write")
def broadcast_progress(broadcast_id: int) -> ResponseReturnValue:
    """The bar alone, for the page that watches."""
    row = _found(broadcast_id)
    progress = parts().broadcasts.progress(broadcast_id)
    return render_template("console/_progress.html", row=row, progress=progress, states=STATES)


@blueprint.post(f"{_BROADCAST}/test")
@needs("broadcasts.write")
def test_broadcast(broadcast_id: int) -> ResponseReturnValue:
    """Sends it to one person."""
    row = _found(broadcast_id)
    channel, address = request.form.get("channel", "sms"), request.form.get("address", "")[:200]
    try:
        parts().broadcasts.test(broadcast_id, channel, address, editor())
    except NobodyThere:
        flash(say("broadcast-test-nobody"), "warning")
        return _page(row, channel, address), 422
    flash(say("broadcast-test-sent"), "success")
    return redirect(url_for("console.broadcast", broadcast_id=broadcast_id))


@blueprint.post(f"{_BROADCAST}/submit")
@needs("broadcasts.write")
def submit_broadcast(broadcast_id: int) -> ResponseReturnValue:
    """Sends it off, or in for approval."""
    row = _found(broadcast_id)
    try:
        state = parts().broadcasts.submit(row.id, _version(), editor())
    except (EditConflict, NotNow):
        flash(say("broadcast-conflict"), "danger")
    else:
        flash(say(f"broadcast-is-{state}"), "success")
    return redirect(url_for("console.broadcast", broadcast_id=broadcast_id))


@blueprint.post(f"{_BROADCAST}/approve")
@needs("broadcasts.approve")
def approve_broadcast(broadcast_id: int) -> ResponseReturnValue:
    """A second person lets it go."""
    _found(broadcast_id)
    try:
        parts().broadcasts.approve(broadcast_id, _version(), editor())
    except OwnBroadcast:
        flash(say("broadcast-own"), "warning")
    except (EditConflict, NotNow):
        flash(say("broadcast-conflict"), "danger")
    else:
        flash(say("broadcast-is-approved"), "success")
    return redirect(url_for("console.broadcast", broadcast_id=broadcast_id))


@blueprint.post(f"{_BROADCAST}/steps/<step>")
@needs("broadcasts.write")
def step_broadcast(broadcast_id: int, step: str) -> ResponseReturnValue:
    """Pauses, resumes, cancels, or takes back what was sent in for approval."""
    if step not in STEPS:
        abort(404)
    _found(broadcast_id)
    try:
        parts().broadcasts.step(broadcast_id, step, editor())
    except NotNow:
        flash(say("broadcast-conflict"), "danger")
    return redirect(url_for("console.broadcast", broadcast_id=broadcast_id))


def _audience_lines(row: Broadcast) -> list[str]:
    """To whom it goes, in words: each source, then what narrows them down."""
    audience, known = row.audience, show.words()
    lines = []
    for name, wanted in audience["sources"].items():
        named = say("list-join").join(known.get(each, each) for each in wanted)
        lines.append(say("broadcast-source", what=say(f"console-field-source_{name}"), which=named) if wanted else "")
    lines = [line or say("console-field-everybody") for line in lines]
    if audience["lang"]:
        lines.append(say("broadcast-only-lang", lang=say(f"console-{audience['lang']}")))
    if audience["channel"]:
        lines.append(say("broadcast-only-channel", channel=say(f"notice-channel-{audience['channel']}")))
    if audience["area"]:
        lines.append(say("broadcast-only-area", corners=len(audience["area"]["corners"])))
    return lines


def _found(broadcast_id: int) -> Broadcast:
    row = parts().broadcasts.get(broadcast_id) if broadcast_id < 2**63 else None
    return row or abort(404)


def _version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
