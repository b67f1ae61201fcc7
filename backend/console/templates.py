"""The texts of notices: edited, previewed on every channel, and set back to an earlier version."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.notice_forms import TemplateForm
from backend.services.editing import EditConflict
from backend.services.templates import TEMPLATES, InvalidText, check_texts
from backend.web_context import parts


@blueprint.get("/templates")
@needs("content.read")
def templates() -> ResponseReturnValue:
    """All templates."""
    return render_template("console/templates.html", templates=TEMPLATES.values(), edited=parts().templates.edited())


@blueprint.get("/templates/<key>")
@needs("content.read")
def template(key: str) -> ResponseReturnValue:
    """One template: its texts, what people read, and its earlier versions."""
    if key not in TEMPLATES:
        abort(404)
    return _page(key, TemplateForm.of(parts().templates.history(key)[0]))


@blueprint.post("/templates/<key>")
@needs("content.edit")
def edit_template(key: str) -> ResponseReturnValue:
    """Shows what people would read (`preview`), or puts the texts in force."""
    if key not in TEMPLATES:
        abort(404)
    form = TemplateForm()
    if not form.validate():
        return _page(key, form), 422
    try:
        texts = check_texts(key, form.texts())
        if "preview" in request.form:
            return _page(key, form, texts)
        parts().templates.save(key, _number(form.version.data), texts, form.note.data or "", editor())
    except InvalidText as error:
        field = form[f"template_{error.part}_{error.lang}"]
        field.errors = [*field.errors, say(error.problem, **error.values)]
        return _page(key, form), 422
    except EditConflict:
        flash(say("template-conflict"), "danger")
        return _page(key, form), 409
    flash(say("template-saved"), "success")
    return redirect(url_for("console.template", key=key))


@blueprint.post("/templates/<key>/restore")
@needs("content.edit")
def restore_template(key: str) -> ResponseReturnValue:
    """Puts an earlier version in force again."""
    if key not in TEMPLATES:
        abort(404)
    try:
        number, base = _number(request.form.get("number")), _number(request.form.get("version"))
        parts().templates.restore(key, number, base, editor())
    except KeyError:
        abort(404)
    except EditConflict:
        flash(say("template-conflict"), "danger")
    else:
        flash(say("template-saved"), "success")
    return redirect(url_for("console.template", key=key))


def _page(key: str, form: TemplateForm, texts: dict[str, dict[str, str]] | None = None) -> str:
    return render_template(
        "console/template.html",
        template=TEMPLATES[key],
        form=form,
        shown=parts().templates.preview(key, texts),
        unsaved=texts is not None,
        versions=parts().templates.history(key),
    )


def _number(given: str | None) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 9 else -1
