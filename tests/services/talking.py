"""A conversation of a person with the answers, without the bot: what its slots keep is kept here, as JSON does."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import select

from backend.channels.segments import plain_typography, segments
from backend.models import Conversation
from backend.services import choices
from backend.services.answers.asking import Answered, Asking
from backend.services.answers.conversation import answer
from backend.services.replies import Reply
from backend.services.values import find_times
from tests.support.container import Clock, Parts

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).resolve().parents[2] / "data" / "schemas" / "reply.json").read_text(encoding="utf-8"))
)
_TURNS = itertools.count(1)


class Talk:
    """`sms` are the texts as an SMS phone would have got them; every one of them is one segment, or the test fails."""

    def __init__(self, parts: Parts, clock: Clock, contact: str, lang: str = "zh") -> None:
        self.parts, self.clock, self.contact, self.lang = parts, clock, contact, lang
        with parts.db.read() as session:
            found = session.scalar(select(Conversation.id).where(Conversation.contact_id == contact))
        self.conversation = str(found)
        self.last = Answered([])
        self.before = self.last
        self.asking: Asking | None = None
        self.sms: list[str] = []

    def say(self, intent: str, text: str, *named: str, **changed: Any) -> Reply:
        """A message read as an intent, with the records it names; or a choice offered before, taken by its number or
        title. The last reply to it.
        """
        now = self.clock.now().astimezone(self.parts.time_zone)
        by_kind: dict[str, list[str]] = {}
        for id_ in named:
            by_kind.setdefault(id_.partition(":")[0], []).append(id_)
        offered = [choice for reply in self.last.replies for choice in reply.to_dict()["choices"]]
        taken = choices.resolve(offered, text, "")
        if taken is not None:
            intent, text = taken.intent, taken.intent
            by_kind = {name: [value] for name, value in taken.entities.items()}
        last = self.last
        asking = Asking(
            intent=intent,
            text=text,
            lang=self.lang,
            now=now,
            city=self.parts.desk.city,
            named=by_kind,
            focus=last.focus,
            results=last.results,
            offset=last.offset,
            pending=last.pending,
            asked=json.loads(json.dumps(last.asked)) if last.asked else None,
            times=find_times(text, now),
            time_text=text,
            conversation_id=self.conversation,
            turn_id=str(next(_TURNS)),
        )
        self.asking, self.before = replace(asking, **changed), last
        return self._answer()

    def again(self) -> Reply:
        """The same turn once more, as when its answer was lost on the way."""
        return self._answer()

    def _answer(self) -> Reply:
        assert self.asking is not None
        answered = answer(self.parts.desk, self.asking)
        for reply in answered.replies:
            assert list(SCHEMA.iter_errors(reply.to_dict())) == []
            rendered = self.parts.twilio.render(reply)
            assert reply.code == "emergency" or segments(plain_typography(rendered)) == 1, rendered
            self.sms.append(rendered)
        self.last = replace(answered, focus=answered.focus or self.before.focus)
        return answered.replies[-1]
