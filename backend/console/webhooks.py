"""Where public events are posted: addresses added, paused, served again, and sent old events once more."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.blueprint import blueprint, editor, needs, say
from backend.console.forms import Checks, ConsoleForm, Text
from backend.models.events import PUBLIC_TYPES
from backend.services.editing import actor_of
from backend.services.webhooks import NoSuchEndpoint
from backend.web_context import parts

_ENDPOINT = "/webhooks/<int:endpoint_id>"


class WebhookForm(ConsoleForm):
    """An address, and the types of events it gets; without any, all of them."""

    url = Text(render_kw={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"})
    types = Checks(choices=[(name, name) for name in sorted(PUBLIC_TYPES)])

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)
        self.url.label.text, self.url.description = say("webhooks-url"), say("webhooks-url-help")
        self.types.label.text, self.types.description = say("webhooks-types"), say("webhooks-types-help")


@blueprint.get("/webhooks")
@needs("webhooks.keep")
def webhooks() -> ResponseReturnValue:
    """All addresses, and the form for another."""
    return _page(WebhookForm(formdata=None))


@blueprint.post("/webhooks")
@needs("webhooks.keep")
def add_webhook() -> ResponseReturnValue:
    """A new address. Its secret is on this one answer and nowhere else, so there is no redirect."""
    form = WebhookForm()
    if not form.validate():
        return _page(form), 422
    try:
        number, secret = parts().webhooks.add(form.url.data or "", form.types.data or [], actor_of(editor()))
    except ValueError:
        form.show({"url": "webhooks-bad-url"})
        return _page(form), 422
    return render_template("console/webhook_added.html", number=number, url=form.url.data, secret=secret)


@blueprint.post(f"{_ENDPOINT}/<any(pause, resume, replay):step>")
@needs("webhooks.keep")
def step_webhook(endpoint_id: int, step: str) -> ResponseReturnValue:
    """Pauses an address, serves it again from where it stopped, or from behind an earlier event (`after`)."""
    service, actor = parts().webhooks, actor_of(editor())
    after = request.form.get("after", "").strip()
    if step == "replay" and not _known(after):
        flash(say("webhooks-bad-number"), "danger")
        return redirect(url_for("console.webhooks"))
    try:
        if endpoint_id >= 2**63:
            raise NoSuchEndpoint(endpoint_id)
        if step == "pause":
            service.disable(endpoint_id, actor)
        else:
            service.enable(endpoint_id, actor, int(after) if step == "replay" else None)
    except NoSuchEndpoint:
        abort(404)
    flash(say(f"webhooks-done-{step}"), "success")
    return redirect(url_for("console.webhooks"))


def _known(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 19 and int(number) <= parts().event_feed.last()


def _page(form: WebhookForm) -> str:
    return render_template(
        "console/webhooks.html", form=form, endpoints=parts().webhooks.listed(), last=parts().event_feed.last()
    )
