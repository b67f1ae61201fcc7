"""What the person behind a session wants to be told of."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, Field, StringConstraints

from backend.access import access
from backend.api.chat import auth, caller
from backend.api.errors import ApiError, person_lang
from backend.api.schemas import Body, Params
from backend.limits import limiter
from backend.models import new_uuid
from backend.services.subscription_topics import InvalidSubscription
from backend.services.subscriptions import NoSuchSubscription, SubscriptionView
from backend.web_context import parts
from backend.wording import t

blueprint = APIBlueprint("subscriptions", __name__, url_prefix="/api/v1/subscriptions", tag="Subscriptions")
Topic = Literal["alerts", "wind", "sea", "beach_flag", "air_quality", "closure", "bus_line"]
_EXAMPLES = {
    "alerts of a district": {"value": {"topic": "alerts", "params": {"district": "district:130304"}}},
    "bad air": {"value": {"topic": "air_quality", "params": {"level": "heavy"}}},
    "a place that closes": {"value": {"topic": "closure", "params": {"place": "attraction:geziwo"}}},
}


class SubscriptionIn(Body):
    """A topic with its parameters; those left out mean anywhere."""

    topic: Topic
    params: dict[str, Annotated[str, StringConstraints(max_length=100)]] = Field(default_factory=dict, max_length=4)


class SubscriptionOut(BaseModel):
    """A running subscription. `name` is the topic in words; `*` in a parameter is anywhere."""

    id: int
    topic: Topic
    name: str
    params: dict[str, str]
    created_at: dt.datetime


class SubscriptionsOut(BaseModel):
    """The oldest first."""

    subscriptions: list[SubscriptionOut]


class EndQuery(Params):
    """Which to end: those of one topic, or all."""

    topic: Topic | None = None


class EndedOut(BaseModel):
    """How many were ended."""

    ended: int


@blueprint.get("")
@blueprint.doc(summary="What you are told of")
@blueprint.auth_required(auth)
@blueprint.output(SubscriptionsOut)
@limiter.limit("120/minute")
@access("session")
def of_me() -> Any:
    """Your running subscriptions."""
    return {"subscriptions": [_json(view) for view in parts().subscriptions.of_contact(caller().contact_id)]}


@blueprint.post("")
@blueprint.doc(
    summary="Be told of something",
    responses={400: "There is no such topic or record; `fields` says what would be right"},
)
@blueprint.auth_required(auth)
@blueprint.input(SubscriptionIn, examples=_EXAMPLES)
@blueprint.output(SubscriptionOut, status_code=201)
@limiter.limit("60/minute")
@access("session")
def subscribe(json_data: SubscriptionIn) -> Any:
    """Begins a subscription; the same again is the one there is. Send an `Idempotency-Key` where the request may be
    repeated.
    """
    key = request.headers.get("Idempotency-Key", "")[:80] or new_uuid()
    try:
        view = parts().subscriptions.subscribe(caller().contact_id, json_data.topic, json_data.params, f"api:{key}")
    except InvalidSubscription as error:
        raise ApiError(400, "invalid_body", detail={"json": {error.field: [str(error)]}}) from error
    return _json(view)


@blueprint.delete("/<int:subscription_id>")
@blueprint.doc(summary="End one", responses={404: "You have no such subscription"})
@blueprint.auth_required(auth)
@blueprint.output(SubscriptionOut)
@limiter.limit("120/minute")
@access("session")
def end(subscription_id: int) -> Any:
    """Ends one of your subscriptions."""
    if subscription_id >= 2**63:
        raise ApiError(404, "not_found")
    try:
        return _json(parts().subscriptions.end(caller().contact_id, subscription_id))
    except NoSuchSubscription as error:
        raise ApiError(404, "not_found") from error


@blueprint.delete("")
@blueprint.doc(summary="End all", responses={400: "The query is wrong"})
@blueprint.auth_required(auth)
@blueprint.input(EndQuery, location="query")
@blueprint.output(EndedOut)
@limiter.limit("60/minute")
@access("session")
def end_all(query_data: EndQuery) -> Any:
    """Ends all of your subscriptions, or those of one topic."""
    return {"ended": parts().subscriptions.end_all(caller().contact_id, query_data.topic)}


def _json(view: SubscriptionView) -> dict[str, Any]:
    return {
        "id": view.id,
        "topic": view.topic,
        "name": t(person_lang(), f"subscriptions-topic-{view.topic.replace('_', '-')}"),
        "params": dict(view.params),
        "created_at": view.created_at.isoformat(),
    }
