"""What becomes of one message: an event, a consent word, a cry for help, or the bot's answer. Stores nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.models import Conversation, InboundMessage, utcnow
from backend.services import choices, consent, system_replies
from backend.services.city_words import CityWords
from backend.services.emergency import NEAREST_ROOM, EmergencyWords
from backend.services.ports import Channel, Dialogue, Turn
from backend.services.replies import Reply
from backend.services.shared_positions import KEPT


@dataclass(frozen=True)
class Outcome:
    """How a turn ends. `state` None leaves the dialogue state as it was; `consent` sets the identity's; `forget` clears
    what the conversation remembers beside it.
    """

    outcome: str
    replies: list[Reply]
    kind: str = "answer"
    state: dict[str, Any] | None = None
    intent: str | None = None
    confidence: float | None = None
    consent: str | None = None
    lang: str | None = None
    forget: bool = False


class Outcomes:
    """Finds the outcome of a message, which must have its identity, conversation and contact loaded.

    A conversation older than `session_idle` begins anew.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        channels: Mapping[str, Channel],
        emergency: EmergencyWords,
        city: CityWords,
        session_idle: dt.timedelta,
    ) -> None:
        self._dialogue = dialogue
        self._channels = channels
        self._emergency = emergency
        self._city = city
        self._session_idle = session_idle

    def without_bot(self, message: InboundMessage) -> Outcome | None:
        """The outcome of an event, a consent word or a cry for help; None for what the bot has to answer."""
        if message.kind == "event":
            return self._event(message)
        channel = self._channels[message.channel]
        if channel.consent_words:
            done = self._consent(message, channel)
            if done is not None:
                return done
        urgent = self._emergency.match(message.text)
        if urgent:
            reply = self._emergency.reply(urgent, message.lang)
            return Outcome("answered", [reply], kind="urgent", intent="emergency", confidence=1.0)
        return None

    def of(self, message: InboundMessage) -> Outcome:
        """The outcome of any message. Raises DialogueUnavailable or DialogueFailed."""
        done = self.without_bot(message)
        if done is not None:
            return done
        # Asked in order only: the message before this one may be the START.
        if self._channels[message.channel].consent_words and message.identity.consent == "out":
            return Outcome("ignored", [])
        lang = message.lang
        conversation = message.conversation
        if message.kind == "media" and not message.text.strip():
            return Outcome("answered", [system_replies.media_unread(lang)])
        choice = choices.resolve(conversation.choices, message.text, message.payload)
        intent: dict[str, Any] | None = None
        if message.kind == "location":
            intent = {"name": "share_location", "entities": {}}
        elif choice is not None:
            intent = {"name": choice.intent, "entities": choice.entities}
        elif not message.text.strip():
            return Outcome("answered", [system_replies.empty(lang)])
        result = self._dialogue.answer(
            Turn(
                turn_id=str(message.id),
                conversation_id=str(conversation.id),
                lang=lang,
                text=None if intent else message.text.strip(),
                intent=intent,
                location=self._location(message),
                state=self._state(conversation),
                now=utcnow(),
                after_help=choices.offered(conversation.choices, NEAREST_ROOM),
            )
        )
        chosen = result.replies[0].lang if result.intent == "switch_language" else None
        return Outcome(
            "answered",
            _offered_once(_said_once(result.replies)),
            state=result.state,
            intent=result.intent,
            confidence=result.confidence,
            lang=chosen,
            forget=result.replies[0].code == "memory_forget",
        )

    def _event(self, message: InboundMessage) -> Outcome:
        name = message.meta.get("event", "")
        if name == "subscribe":
            return Outcome("answered", [system_replies.welcome(message.lang, self._city)], consent="in")
        if name == "unsubscribe":
            return Outcome("consent", [], consent="out")
        return Outcome("ignored", [])

    def _consent(self, message: InboundMessage, channel: Channel) -> Outcome | None:
        word = consent.consent_word(message.text) or message.meta.get("opt_out_type")
        if consent.may_answer(message.text) and "opt_out_type" not in message.meta and self._asks_of_booking(message):
            return None  # it answers our question; the provider has not taken it for an opt-out either
        # Where the provider has answered already, or will not let us, a second answer would be noise or an error.
        silent = bool(message.meta.get("opt_out_type")) or consent.provider_answers(message.text)
        if word == "stop":
            replies = [] if silent or message.identity.consent == "out" else [system_replies.stopped(message.lang)]
            return Outcome("consent", replies, kind="consent", consent="out")
        if word == "start" and silent and message.identity.consent == "in" and "opt_out_type" not in message.meta:
            return None  # nothing to take back, so nobody has answered: a plain "yes" is a word to the bot
        if word == "start":
            replies = [] if silent else [system_replies.started(message.lang)]
            return Outcome("consent", replies, kind="consent", consent="in")
        if word == "help" and silent:
            return Outcome("ignored" if message.identity.consent == "out" else "consent", [])
        return None

    def _asks_of_booking(self, message: InboundMessage) -> bool:
        """Whether a question of ours about a booking waits for an answer."""
        slots = (self._state(message.conversation) or {}).get("slots") or {}
        return (slots.get("pending") or {}).get("intent") == "book"

    def _state(self, conversation: Conversation) -> dict[str, Any] | None:
        if conversation.last_turn_at is None or utcnow() - conversation.last_turn_at > self._session_idle:
            return None
        return conversation.state

    def _location(self, message: InboundMessage) -> dict[str, Any] | None:
        if message.location:
            return message.location
        conversation = message.conversation
        if conversation.location_at is None or utcnow() - conversation.location_at > KEPT:
            return None
        return conversation.location


def _said_once(replies: list[Reply]) -> list[Reply]:
    """The replies without those whose words come again: two questions of a message may have one answer."""
    words = [(reply.headline, tuple(reply.lines)) for reply in replies]
    return [reply for at, reply in enumerate(replies) if words[at] not in words[at + 1 :]]


def _offered_once(replies: list[Reply]) -> list[Reply]:
    """The replies with the choices of the last that has any: each numbers its own, and "1" must mean one thing."""
    last = max((at for at, reply in enumerate(replies) if reply.choices), default=-1)
    return [reply if at == last else replace(reply, choices=[]) for at, reply in enumerate(replies)]
