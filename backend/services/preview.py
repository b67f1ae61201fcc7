"""What a person who asked about a record right now would read, by channel and language: for the clerk who edits it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.models import Article, Place
from backend.services.answers import articles, place_facts
from backend.services.answers.asking import Answer as AnswerFunction
from backend.services.answers.asking import Asking, Desk
from backend.services.ports import Channel
from backend.services.replies import Reply
from backend.wording import LANGUAGES

PLACE_QUESTIONS = ("place_hours", "place_price", "place_details")


@dataclass(frozen=True)
class Answer:
    """One answer as a channel would send it; `segments` is the number of SMS parts, None on other channels."""

    intent: str
    lang: str
    channel: str
    text: str
    segments: int | None
    reply: Reply


class Preview:
    """Answers questions on a place or an article as the bot's actions do, and renders them as the channels do."""

    def __init__(self, desk: Desk, channels: Mapping[str, Channel], count_segments: Callable[[str], int]) -> None:
        self._desk = desk
        self._channels = channels
        self._count_segments = count_segments

    def answers(self, record: Place | Article, now: dt.datetime) -> list[Answer]:
        """Every question in every language through every channel, at `now` (aware); none for a deleted record."""
        if record.deleted_at is not None:
            return []
        kind = record.id.partition(":")[0]
        questions: dict[str, AnswerFunction] = dict.fromkeys(PLACE_QUESTIONS, place_facts.answer)
        if isinstance(record, Article):
            questions = {"ask_article": articles.ask_article}
        found = []
        calendar = self._desk.calendar_days.current()
        for lang in LANGUAGES:
            for intent, answer in questions.items():
                asking = Asking(
                    intent=intent,
                    text="",
                    lang=lang,
                    now=now.astimezone(self._desk.zone),
                    city=self._desk.city,
                    named={kind: [record.id]},
                    calendar=calendar,
                )
                reply = answer(self._desk, asking).replies[0]
                found += [self._answer(channel, intent, lang, reply) for channel in self._channels.values()]
        return found

    def _answer(self, channel: Channel, intent: str, lang: str, reply: Reply) -> Answer:
        text = channel.render(reply)
        segments = self._count_segments(text) if channel.name == "sms" else None
        return Answer(intent, lang, channel.name, text, segments, reply)
