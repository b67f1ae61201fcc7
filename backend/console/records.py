"""What places and articles have in common: one record with its form and its preview, saving, adding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import show
from backend.console.blueprint import blueprint, editor, may, needs, say
from backend.console.forms import RecordForm
from backend.models import Edited, utcnow
from backend.services.content_rules import InvalidEdit
from backend.services.editing import EditConflict, NoSuchRecord, Records
from backend.web_context import parts

PER_PAGE = 30
# Where the pages of a record are; `kind` says which of the classes below answers.
KIND = "/<any(places, articles):kind>"
RECORD = f"{KIND}/<record_id>"


@dataclass(frozen=True)
class Clash:
    """A field in a conflict: as it was, as the other clerk saved it, as this one wants it; `both` when both did."""

    name: str
    before: Any
    theirs: Any
    mine: Any
    both: bool


class RecordPages(ABC):
    """What the pages need to know of one kind of record."""

    template: ClassVar[str]

    @property
    @abstractmethod
    def records(self) -> Records[Any]:
        """Searches and saves them."""

    @abstractmethod
    def form(self, record: Any, **given: Any) -> RecordForm:
        """The form of a record, filled with what was sent unless `formdata` is given."""

    @abstractmethod
    def new_form(self, **given: Any) -> RecordForm:
        """The form of a record to be; without `formdata=None` filled with what was sent."""

    @abstractmethod
    def create(self, form: RecordForm, facts: dict[str, Any]) -> Edited:
        """Adds what the form says. Raises InvalidEdit, EditConflict."""

    def more(self, record: Any, form: RecordForm) -> dict[str, Any]:
        """What the page of a record shows besides."""
        return {}


# By the first part of the address; each kind's module adds its own.
PAGES: dict[str, RecordPages] = {}


def record_or_404(kind: str, record_id: str) -> Any:
    """The record of this page."""
    try:
        return PAGES[kind].records.get(record_id)
    except NoSuchRecord:
        abort(404)


def record_list(kind: str, groups: Sequence[str]) -> ResponseReturnValue:
    """The list of a kind of record, by group and by name."""
    text, group = request.args.get("q", "")[:80], request.args.get("kind", "")
    page = max(request.args.get("page", 1, type=int), 1)
    wanted = group if group in groups else ""
    found, total = PAGES[kind].records.find(text, wanted, page, PER_PAGE, deleted=group == "deleted")
    pages = max(ceil(total / PER_PAGE), 1)
    if page > pages:
        return redirect(url_for(f"console.{kind}", q=text, kind=group, page=pages))
    return render_template(
        f"console/{kind}.html",
        kind=kind,
        records=found,
        total=total,
        page=page,
        pages=pages,
        q=text,
        group=group,
        groups=groups,
        words=show.words(),
    )


@blueprint.get(RECORD)
@needs("content.read")
def record(kind: str, record_id: str) -> ResponseReturnValue:
    """One record: what is known, how it is answered, and the form to change it."""
    found = record_or_404(kind, record_id)
    return record_page(kind, found, PAGES[kind].form(found, formdata=None))


@blueprint.post(RECORD)
@needs("content.edit")
def save_record(kind: str, record_id: str) -> ResponseReturnValue:
    """Saves what was changed; live with the next question."""
    found = record_or_404(kind, record_id)
    form = PAGES[kind].form(found)
    seen = _version(form)
    if not form.validate():
        return record_page(kind, found, form, say("console-not-saved"), status=422)
    if seen != found.version:
        return _conflict(kind, found, form, seen)
    changes = form.changes(_facts(found, form))
    if not changes:
        flash(say("console-no-change"), "info")
        return redirect(url_for("console.record", kind=kind, record_id=record_id))
    try:
        PAGES[kind].records.edit(
            record_id, seen, changes, editor(), form.comment.data or "", vouch=bool(form.vouch.data)
        )
    except EditConflict:
        return _conflict(kind, record_or_404(kind, record_id), form, seen)
    except InvalidEdit as error:
        rest = form.show(error.problems)
        return record_page(kind, found, form, " ".join([say("console-not-saved"), *rest]), status=422)
    flash(say("console-live"), "success")
    return redirect(url_for("console.record", kind=kind, record_id=record_id))


def record_page(
    kind: str,
    found: Any,
    form: RecordForm,
    problem: str = "",
    clashes: list[Clash] | None = None,
    status: int = 200,
    **given: Any,
) -> ResponseReturnValue:
    """The page of one record, with what stands in the form."""
    now = utcnow()
    answers = parts().preview.answers(found, now)
    page = render_template(
        PAGES[kind].template,
        kind=kind,
        record=found,
        form=form,
        version=found.version if clashes is not None or form.version.data is None else form.version.data,
        problem=problem,
        clashes=clashes,
        answers=answers,
        questions=list(dict.fromkeys(answer.intent for answer in answers)),
        asked_at=show.local(now),
        words=show.words(),
        readonly=not may("content.edit") or found.deleted_at is not None,
        **{**PAGES[kind].more(found, form), **given},
    )
    return page, status


def unsaved_page(kind: str, record_id: str) -> ResponseReturnValue:
    """The form as it was sent from a page that had grown too old to be trusted: nothing is saved, nothing is lost."""
    found = record_or_404(kind, record_id)
    return record_page(kind, found, PAGES[kind].form(found), say("console-page-old"), status=400)


@blueprint.get(f"{KIND}/new")
@needs("content.edit")
def new_record(kind: str) -> ResponseReturnValue:
    """An empty form."""
    return render_template("console/new.html", kind=kind, form=PAGES[kind].new_form(formdata=None), problem="")


@blueprint.post(f"{KIND}/new")
@needs("content.edit")
def create_record(kind: str) -> ResponseReturnValue:
    """A new record, answerable with the next question."""
    form = PAGES[kind].new_form()
    problem = say("console-not-saved")
    if form.validate():
        facts = {name: value for name, value in form.facts.items() if value not in ("", None, [])}
        try:
            created = PAGES[kind].create(form, facts)
        except InvalidEdit as error:
            problem = " ".join([problem, *form.show(error.problems)])
        except EditConflict:
            problem = say("console-question-closed")
        else:
            flash(say("console-created"), "success")
            return redirect(url_for("console.record", kind=kind, record_id=created.id))
    return render_template("console/new.html", kind=kind, form=form, problem=problem), 422


def _facts(found: Any, form: RecordForm) -> dict[str, Any]:
    return {name: getattr(found, name) for name in form.names()}


def _version(form: RecordForm) -> int:
    try:
        return int(form.version.data or "")
    except ValueError:
        abort(400)


def _conflict(kind: str, found: Any, form: RecordForm, seen: int) -> ResponseReturnValue:
    """Somebody else saved meanwhile: this clerk's values stand where this clerk changed something, else theirs."""
    history = PAGES[kind].records.history(found.id)
    before: Mapping[str, Any] = next((revision.data for revision in history if revision.version == seen), {})
    theirs = _facts(found, form)
    mine = form.changes(before or theirs)
    clashes = [
        Clash(name, before.get(name), theirs[name], value, theirs[name] != before.get(name, theirs[name]))
        for name, value in mine.items()
        if value != theirs[name]
    ]
    for name in form.facts:
        if name not in mine:
            form[name].data, form[name].raw_data = theirs[name], None
    return record_page(kind, found, form, clashes=clashes, status=409)
