"""Who changed what: of one place, and the audit trail of all."""

from __future__ import annotations

from itertools import zip_longest
from math import ceil
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, may, needs
from backend.console.forms import FACTS
from backend.console.places import place_or_404
from backend.models import Revision
from backend.services.audit import chain_state, read_audit
from backend.services.content_rules import EDITABLE
from backend.web_context import parts

AUDIT_PER_PAGE = 50
# Changes are listed as the form has them.
_ORDER = [
    *FACTS,
    "closed_from",
    "closed_to",
    "closed_reason_zh",
    "closed_reason_en",
    "deleted_at",
]


@blueprint.get("/places/<place_id>/history")
@needs("content.read")
def history(place_id: str) -> ResponseReturnValue:
    """Every version of a place with what changed, newest first."""
    found = place_or_404(place_id)
    revisions = parts().content.history(place_id)
    known = show.words()
    steps = [
        (revision, _differences(revision, older, known)) for revision, older in zip_longest(revisions, revisions[1:])
    ]
    return render_template("console/history.html", place=found, steps=steps, may_edit=may("content.edit"))


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


def _differences(revision: Revision, older: Revision | None, known: dict[str, str]) -> list[tuple[str, str, str]]:
    """`(field, before, after)` of what a clerk can edit and this revision changed."""
    found = []
    for name in sorted(set(revision.changed) & EDITABLE, key=_ORDER.index):
        before: Any = older.data.get(name) if older else None
        found.append((name, show.value(name, before, known), show.value(name, revision.data.get(name), known)))
    return found
