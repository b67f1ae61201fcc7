"""One call to a provider, and what became of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from backend.services.ports import Channel, Outgoing, SendPermanent, SendTemporary, SendUnknown

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """What became of a send. `state` is the message's next one: sent, queued (the provider did not take it; again after
    `retry_after` seconds), failed, or unknown.
    """

    state: str
    provider_id: str | None = None
    error: str | None = None
    retry_after: float = 0.0
    opted_out: bool = False
    gone: bool = False


def attempt(channel: Channel, message: Outgoing) -> Attempt:
    """Sends a message; never raises. Holds no database connection."""
    extra = {"turn_id": message.turn_id, "outbound_id": message.id, "channel": channel.name}
    try:
        provider_id = channel.send(message)
    except SendTemporary as problem:
        log.warning("send_postponed", extra={**extra, "code": problem.code})
        return Attempt("queued", error=problem.code, retry_after=problem.retry_after)
    except SendPermanent as problem:
        log.warning("send_refused", extra={**extra, "code": problem.code})
        return Attempt("failed", error=problem.code, opted_out=problem.opted_out, gone=problem.gone)
    except SendUnknown as problem:
        log.warning("send_unknown", extra={**extra, "code": str(problem)})
        return Attempt("unknown", error=str(problem)[:200])
    except Exception as problem:
        log.exception("send_unknown", extra={**extra, "code": type(problem).__name__})
        return Attempt("unknown", error=type(problem).__name__)
    log.info("sent", extra={**extra, "provider_id": provider_id})
    return Attempt("sent", provider_id=provider_id)
