"""What people asked in vain: the questions asked most often, to be answered by an article or put aside."""

from __future__ import annotations

from math import ceil

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.records import PER_PAGE
from backend.services.editing import EditConflict
from backend.services.unanswered import STATES
from backend.web_context import parts


@blueprint.get("/unanswered")
@needs("content.read")
def unanswered() -> ResponseReturnValue:
    """Questions without an answer, those asked most often first, with the ways people put them."""
    wanted = request.args.get("state", "")
    state = wanted if wanted in STATES else STATES[0]
    page = max(request.args.get("page", 1, type=int), 1)
    found, total = parts().unanswered.find(state, page, PER_PAGE)
    return render_template(
        "console/unanswered.html",
        questions=found,
        samples=parts().unanswered.samples([question.id for question in found]),
        total=total,
        page=page,
        pages=max(ceil(total / PER_PAGE), 1),
        state=state,
        states=STATES,
    )


@blueprint.post("/unanswered/<int:question_id>/dismiss")
@needs("content.edit")
def dismiss_question(question_id: int) -> ResponseReturnValue:
    """Takes a question off the list without an answer."""
    try:
        parts().unanswered.dismiss(question_id, editor())
    except EditConflict:
        flash(say("console-question-gone"), "warning")
    else:
        flash(say("console-question-dismissed"), "success")
    return redirect(url_for("console.unanswered"))
