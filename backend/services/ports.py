"""What the services need from the outside, as contracts; `backend.wiring` picks who fulfils them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from backend.services.replies import Reply


@dataclass(frozen=True)
class Turn:
    """One message for the bot; `text` or `intent` is set, never both.

    `after_help`: the answer before gave the ambulance's number.
    """

    turn_id: str
    conversation_id: str
    lang: str
    text: str | None
    intent: dict[str, Any] | None
    location: dict[str, Any] | None
    state: dict[str, Any] | None
    now: dt.datetime
    after_help: bool = False


@dataclass(frozen=True)
class TurnResult:
    """What the bot made of a turn: replies, the dialogue state to store, what it understood."""

    replies: list[Reply]
    state: dict[str, Any]
    intent: str | None
    confidence: float


class DialogueUnavailable(Exception):
    """No bot can be reached now; the turn was not answered and may be sent again."""


class DialogueFailed(Exception):
    """The bot is there, but this turn made it fail."""


class Dialogue(Protocol):
    """The bot."""

    def answer(self, turn: Turn) -> TurnResult:
        """Raises DialogueUnavailable or DialogueFailed."""
        ...

    def probe(self) -> bool:
        """Whether some bot says it is alive; asks at most once a second."""
        ...


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel sends it. `id` is ours and comes back with the provider's callbacks; `turn_id` is for the
    logs.
    """

    id: int
    turn_id: int | None
    address: str
    text: str
    reply: Reply
    claimed_at: dt.datetime
    known_provider_ids: frozenset[str] = frozenset()


class SendTemporary(Exception):
    """The provider did not take the message; it may be sent again after `retry_after` seconds."""

    def __init__(self, code: str, retry_after: float = 5.0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class SendPermanent(Exception):
    """The provider will never take this message. `opted_out`: the person does not want to hear from us; `gone`: the
    address is one no more.
    """

    def __init__(self, code: str, opted_out: bool = False, gone: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.opted_out = opted_out
        self.gone = gone


class SendUnknown(Exception):
    """The request went out and no answer came: the message may or may not be on its way."""


class Channel(Protocol):
    """One way of talking to a person."""

    name: str
    # False where the row itself is the delivery (web).
    sends: bool
    # Whether STOP/START words are commands on this channel.
    consent_words: bool

    def render(self, reply: Reply) -> str:
        """The text of a reply, within the channel's limits."""
        ...

    def send(self, message: Outgoing) -> str:
        """Sends; the provider's id. Raises SendTemporary, SendPermanent or SendUnknown."""
        ...

    def find_sent(self, message: Outgoing) -> str | None:
        """The provider's id of a message whose sending was not recorded; None when the provider has none such.

        Raises SendUnknown where the provider cannot be asked, SendTemporary where it does not answer now.
        """
        ...
