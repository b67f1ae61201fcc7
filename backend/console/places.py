"""Places: the list, one place with its form and its preview, saving, adding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backend.console import show
from backend.console.blueprint import blueprint, editor, may, needs, say
from backend.console.forms import FACTS, CloseForm, NewPlaceForm, PlaceForm, Vocabulary
from backend.models import Place, utcnow
from backend.services.content import EditConflict, InvalidEdit, NoSuchPlace
from backend.services.content_rules import KINDS
from backend.services.opening_week import next_days
from backend.services.preview import QUESTIONS
from backend.web_context import parts

PER_PAGE = 30
MAX_HOURS_LENGTH = 500


@dataclass(frozen=True)
class Clash:
    """A field in a conflict: as it was, as the other clerk saved it, as this one wants it; `both` when both did."""

    name: str
    before: Any
    theirs: Any
    mine: Any
    both: bool


def place_or_404(place_id: str) -> Place:
    """The place of this page."""
    try:
        return parts().content.get(place_id)
    except NoSuchPlace:
        abort(404)


@blueprint.get("/")
@needs("content.read")
def places() -> ResponseReturnValue:
    """All places, by kind and by name."""
    text, kind = request.args.get("q", "")[:80], request.args.get("kind", "")
    deleted = kind == "deleted"
    page = max(request.args.get("page", 1, type=int), 1)
    wanted = kind if kind in KINDS else ""
    found, total = parts().content.find(text, wanted, page, PER_PAGE, deleted)
    pages = max(ceil(total / PER_PAGE), 1)
    if page > pages:
        return redirect(url_for("console.places", q=text, kind=kind, page=pages))
    return render_template(
        "console/places.html",
        places=found,
        total=total,
        page=page,
        pages=pages,
        q=text,
        kind=kind,
        kinds=KINDS,
        words=show.words(),
    )


@blueprint.get("/places/<place_id>")
@needs("content.read")
def place(place_id: str) -> ResponseReturnValue:
    """One place: what is known, how it is answered, and the form to change it."""
    found = place_or_404(place_id)
    return place_page(found, PlaceForm(found.kind, parts().content.vocabulary(), found, formdata=None))


@blueprint.post("/places/<place_id>")
@needs("content.edit")
def save_place(place_id: str) -> ResponseReturnValue:
    """Saves what was changed; live with the next question."""
    found = place_or_404(place_id)
    form = PlaceForm(found.kind, parts().content.vocabulary(), found)
    seen = _version(form)
    if not form.validate():
        return place_page(found, form, say("console-not-saved"), status=422)
    if seen != found.version:
        return _conflict(found, form, seen)
    changes = form.changes(_facts(found))
    if not changes:
        flash(say("console-no-change"), "info")
        return redirect(url_for("console.place", place_id=place_id))
    try:
        parts().content.edit(place_id, seen, changes, editor(), form.comment.data or "", vouch=bool(form.vouch.data))
    except EditConflict:
        return _conflict(place_or_404(place_id), form, seen)
    except InvalidEdit as error:
        rest = form.show(error.problems)
        return place_page(found, form, " ".join([say("console-not-saved"), *rest]), status=422)
    flash(say("console-live"), "success")
    return redirect(url_for("console.place", place_id=place_id))


def place_page(
    found: Place,
    form: PlaceForm,
    problem: str = "",
    clashes: list[Clash] | None = None,
    close: CloseForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page of one place, with what stands in the form."""
    now = utcnow()
    page = render_template(
        "console/place.html",
        place=found,
        form=form,
        version=found.version if clashes is not None or form.version.data is None else form.version.data,
        close=close or CloseForm(formdata=MultiDict(), data={"until": show.today()}),
        problem=problem,
        clashes=clashes,
        days=week(form.opening_hours.data or ""),
        answers=parts().preview.answers(found, now),
        questions=QUESTIONS,
        asked_at=show.local(now),
        words=show.words(),
        readonly=not may("content.edit") or found.deleted_at is not None,
    )
    return page, status


def unsaved_page(place_id: str) -> ResponseReturnValue:
    """The form as it was sent from a page that had grown too old to be trusted: nothing is saved, nothing is lost."""
    found = place_or_404(place_id)
    return place_page(
        found, PlaceForm(found.kind, parts().content.vocabulary(), found), say("console-page-old"), status=400
    )


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
    return next_days(expression, show.today(), parts().time_zone)


@blueprint.get("/places/new")
@needs("content.edit")
def new_place() -> ResponseReturnValue:
    """An empty form."""
    kind = request.args.get("kind", "")
    form = NewPlaceForm("", _words(), formdata=None, data={"kind": kind} if kind in KINDS else {})
    return render_template("console/new.html", form=form, problem="")


@blueprint.post("/places/new")
@needs("content.edit")
def create_place() -> ResponseReturnValue:
    """A new place, answerable with the next question."""
    form = NewPlaceForm("", _words())
    problem = ""
    if form.validate():
        facts = {name: value for name, value in form.facts.items() if value not in ("", None, [])}
        try:
            created = parts().content.create(form.kind.data, "", facts, editor())
        except InvalidEdit as error:
            problem = " ".join([say("console-not-saved"), *form.show(error.problems)])
        else:
            flash(say("console-created"), "success")
            return redirect(url_for("console.place", place_id=created.id))
    return render_template("console/new.html", form=form, problem=problem or say("console-not-saved")), 422


def _words() -> Vocabulary:
    return parts().content.vocabulary()


def _facts(found: Place) -> dict[str, Any]:
    return {name: getattr(found, name) for name in FACTS}


def _version(form: PlaceForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        abort(400)


def _conflict(found: Place, form: PlaceForm, seen: int) -> ResponseReturnValue:
    """Somebody else saved meanwhile: this clerk's values stand where this clerk changed something, else theirs."""
    before: Mapping[str, Any] = next(
        (revision.data for revision in parts().content.history(found.id) if revision.version == seen), {}
    )
    theirs = _facts(found)
    mine = form.changes(before or theirs)
    clashes = [
        Clash(name, before.get(name), theirs[name], value, theirs[name] != before.get(name, theirs[name]))
        for name, value in mine.items()
        if value != theirs[name]
    ]
    for name in form.facts:
        if name not in mine:
            form[name].data, form[name].raw_data = theirs[name], None
    return place_page(found, form, clashes=clashes, status=409)
