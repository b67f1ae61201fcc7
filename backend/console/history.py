"""Who changed what: of one record, and the audit trail of all."""

from __future__ import annotations

from itertools import zip_longest
from math import ceil
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, may, needs
from backend.console.records import PAGES, RECORD, record_or_404
from backend.models import Revision
from backend.services.audit import chain_state, read_audit
from backend.web_context import parts

AUDIT_PER_PAGE = 50


@blueprint.get(f"{RECORD}/history")
@needs("content.read")
def history(kind: str, record_id: str) -> ResponseReturnValue:
    """Every version of a record with what changed, newest first."""
    found = record_or_404(kind, record_id)
    pages = PAGES[kind]
    # Changes are listed as the form has them, then what has its own buttons.
    names = pages.form(found, formdata=None).names()
    order = [*names, *sorted(pages.records.editable.difference(names))]
    revisions = pages.records.history(record_id)
    known = show.words()
    steps = [
        (revision, _differences(revision, older, order, known))
        for revision, older in zip_longest(revisions, revisions[1:])
    ]
    return render_template("console/history.html", kind=kind, record=found, steps=steps, may_edit=may("content.edit"))


@blueprint.get("/audit")
@needs("audit.read")
def audit() -> ResponseReturnValue:
    """Who did what to which object, and whether the trail is whole."""
    page = max(request.args.get("page", 1, type=int), 1)
    text = request.args.get("q", "")[:80]
    entries, total = read_audit(parts().db, text, page, AUDIT_PER_PAGE)
    return render_template(
        "console/audit.html",
        entries=entries,
        total=total,
        page=page,
        pages=max(ceil(total / AUDIT_PER_PAGE), 1),
        q=text,
        broken=chain_state(parts().db),
    )


def _differences(
    revision: Revision, older: Revision | None, order: list[str], known: dict[str, str]
) -> list[tuple[str, str, str]]:
    """`(field, before, after)` of what a clerk can edit and this revision changed."""
    found = []
    for name in [name for name in order if name in revision.changed]:
        before: Any = older.data.get(name) if older else None
        found.append((name, show.value(name, before, known), show.value(name, revision.data.get(name), known)))
    return found
