"""`Idempotency-Key` for views: the answer is kept with its key and given again."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from flask import Response, jsonify, request
from pydantic import AliasChoices, BaseModel, Field

from backend.api.chat import caller
from backend.api.errors import ApiError
from backend.services.idempotency import Answer, InFlight, KeyReused
from backend.web_context import parts


class KeyHeader(BaseModel):
    """Yours to choose, new for each thing you want done: the same again is done once, and for 24 hours answered the
    same.
    """

    key: Annotated[
        str,
        Field(
            # The second is what the framework makes of the header's name.
            validation_alias=AliasChoices("Idempotency-Key", "idempotency_key"),
            pattern="^[A-Za-z0-9._~-]{1,64}$",
            examples=["9f2c7c1e-5b0e"],
        ),
    ]


def request_key() -> str:
    """The key of this request, where `KeyHeader` is its input."""
    return request.headers["Idempotency-Key"]


type Said = tuple[dict[str, Any], int]


class Idempotent:
    """Wraps a view of a session that gives its body and status, a refusal included. `KeyHeader` is its input.

    The same key again: the same answer; 422 with another request; 409 while the first is in flight. `foreseen` takes
    what the view takes and gives the answer where it is known without any work, which saves claiming the key first.
    `at_once`: so many of a process do the work at the same time; the others wait, and then may find it foreseen.
    """

    def __init__(self, foreseen: Callable[..., Said | None] | None = None, at_once: int | None = None) -> None:
        self._foreseen = foreseen
        self._turn = threading.BoundedSemaphore(at_once) if at_once else contextlib.nullcontext()

    def __call__[**Given](self, view: Callable[Given, Said]) -> Callable[Given, Response]:
        """The view to register."""

        @wraps(view)
        def in_turn(*args: Given.args, **kwargs: Given.kwargs) -> Response:
            kwargs.pop("headers_data")  # its schema has judged it
            with self._turn:
                return answered(*args, **kwargs)

        def answered(*args: Given.args, **kwargs: Given.kwargs) -> Response:
            key, owner, keys = request_key(), caller().contact_id, parts().idempotency
            said = self._foreseen(*args, **kwargs) if self._foreseen else None
            first = Answer(said[1], said[0]) if said else None
            known = _begin(owner, key, first)
            if known is not None:
                response = jsonify(known.body)
                if known is not first:
                    response.headers["Idempotency-Replayed"] = "true"
            else:
                try:
                    known = Answer(*reversed(view(*args, **kwargs)))  # type: ignore[arg-type]
                except BaseException:
                    keys.abandon(owner, key)
                    raise
                response = jsonify(known.body)
                # What is sent is what is kept: times as text, not as jsonify writes them a second time.
                keys.finish(owner, key, Answer(known.status, response.get_json()))
            response.status_code = known.status
            return response

        return in_turn


def _begin(owner: str, key: str, foreseen: Answer | None) -> Answer | None:
    asked = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.get_data()).hexdigest()
    try:
        return parts().idempotency.begin(owner, key, asked, foreseen)
    except KeyReused as error:
        raise ApiError(422, "idempotency_key_reused") from error
    except InFlight as error:
        raise ApiError(409, "in_flight", retry_after=error.seconds) from error
