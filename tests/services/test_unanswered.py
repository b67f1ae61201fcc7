"""Questions without an answer: recorded with the turn, alike ones as one, numbers masked, and never in a turn's way."""

from __future__ import annotations

from typing import Any

import pytest
from rapidfuzz import fuzz
from sqlalchemy import event, select

from backend.models import InboundMessage, OutboundMessage, UnansweredMessage, UnansweredQuestion, utcnow
from backend.services import unanswered
from backend.services.editing import EditConflict, Editor
from backend.services.unanswered import ALIKE, CODES, COMPARED, comparable, masked
from tests.services.test_inbound import at_once
from tests.services.test_turns import say
from tests.support.container import Parts, RecordingChannel, reply

CLERK = Editor("李静", "lijing@example.org")
ALIKE_PAIRS = [
    ("请问宠物可以带上公交车吗？", "宠物能带上公交车吗"), ("公交车能带狗吗", "公交车可以带狗吗？"),
    ("暂住证怎么办理", "请问暂住证怎么办"), ("哪里可以租自行车", "在哪儿租自行车"),
    ("海边可以放烟花吗", "海边能放烟花吗？"),
    ("无人机可以飞吗", "请问无人机能飞吗"), ("身份证丢了怎么补办", "身份证丢失怎么补办"),
    ("公园里能烧烤吗", "公园可以烧烤吗"),
    ("几点涨潮", "今天几点涨潮"), ("Can I fly a drone on the beach?", "can i fly drones on the beach"),
    ("where can I rent a bike", "where to rent a bike?"), ("how do I renew my visa", "how can I renew a visa"),
    ("where can i buy a sim card", "Where do I buy a SIM card?"),
    ("are dogs allowed on the bus", "are dogs allowed on buses"),
]  # fmt: skip
OTHER_PAIRS = [
    ("宠物可以带上公交车吗", "宠物可以带上火车吗"), ("暂住证怎么办理", "居住证怎么办理"), ("几点涨潮", "几点退潮"),
    ("身份证丢了怎么补办", "护照丢了怎么补办"), ("哪里可以租自行车", "哪里可以租电动车"), ("怎么交水费", "怎么交电费"),
    ("海边可以放烟花吗", "海边可以露营吗"), ("明天会下雨吗", "明天会下雪吗"), ("哪里能打疫苗", "哪里能打篮球"),
    ("where can I rent a bike", "where can I rent a car"), ("how do I renew my visa", "how do I renew my passport"),
    ("what time is high tide", "what time is low tide"),
    ("are dogs allowed on the bus", "are dogs allowed on the beach"),
]  # fmt: skip


def likeness(first: str, second: str) -> float:
    return fuzz.token_sort_ratio(comparable(first), comparable(second))


@pytest.mark.parametrize(("first", "second"), ALIKE_PAIRS)
def test_one_question_in_two_wordings(first: str, second: str) -> None:
    assert likeness(first, second) >= ALIKE


@pytest.mark.parametrize(("first", "second"), OTHER_PAIRS)
def test_two_questions(first: str, second: str) -> None:
    assert likeness(first, second) < ALIKE


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("打13800138000找我", "打***找我"),
        ("call +49 151 5550 0001 please", "call *** please"),
        ("身份证13030219900101001X丢了", "身份证***丢了"),
        ("座机0335-3034187没人接", "座机***没人接"),
        ("电话１３８００１３８０００", "电话***"),
        ("(0335) 3034187", "(***"),
        ("（０３３５）３０３４１８７没人接", "（***没人接"),
        ("12345打不通", "12345打不通"),
        ("34路08:00到18:30", "34路08:00到18:30"),
    ],
)
def test_numbers_of_people_are_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


def ask(parts: Parts, text: str, code: str = "fallback", **fields: Any) -> None:
    parts.dialogue.script.append(reply("抱歉", code=code))
    parts.turns.drain(say(parts, text, **fields))


def messages(parts: Parts) -> list[UnansweredMessage]:
    with parts.db.read() as session:
        return list(session.scalars(select(UnansweredMessage)))


class TestRecording:
    @pytest.mark.parametrize("code", sorted(CODES))
    def test_with_the_turn(self, parts: Parts, sms: RecordingChannel, code: str) -> None:
        ask(parts, "请问宠物能上公交车吗？打13800138000", code)
        question = parts.row(UnansweredQuestion)
        assert (question.text, question.lang, question.count, question.state) == (
            "请问宠物能上公交车吗？打***",
            "zh",
            1,
            "open",
        )
        [message] = messages(parts)
        assert (message.inbound_id, message.question_id) == (parts.row(InboundMessage).id, question.id)

    def test_an_answered_question_is_not(self, parts: Parts, sms: RecordingChannel) -> None:
        ask(parts, "鸽子窝几点开门", "place_hours")
        ask(parts, "？！", "fallback")
        assert parts.rows(UnansweredQuestion) == []

    def test_alike_questions_are_counted_as_one_language_by_language(self, parts: Parts, sms: RecordingChannel) -> None:
        for text in ("公交车能带狗吗", "请问公交车可以带狗吗？", "公交车可以带宠物狗吗", "where can I rent a bike"):
            ask(parts, text)
        found = {row.text: row.count for row in parts.rows(UnansweredQuestion)}
        assert found["公交车能带狗吗"] >= 2
        assert found["where can I rent a bike"] == 1
        assert len(messages(parts)) == 4

    def test_of_the_same_words_at_once_one_question_is_made(self, parts: Parts, sms: RecordingChannel) -> None:
        for _ in range(8):
            parts.dialogue.script.append(reply("抱歉", code="fallback"))
        talks = [say(parts, "公交车能带狗吗", address=f"+49151555001{number:02}") for number in range(8)]
        assert sum(at_once([lambda c=c: parts.turns.drain(c) for c in talks])) == 8
        assert parts.row(UnansweredQuestion).count == 8
        assert len(messages(parts)) == 8

    def test_what_was_closed_is_opened_anew(self, parts: Parts, sms: RecordingChannel) -> None:
        ask(parts, "公交车能带狗吗")
        parts.unanswered.dismiss(parts.row(UnansweredQuestion).id, CLERK)
        ask(parts, "公交车能带狗吗")
        assert [(row.state, row.count) for row in parts.rows(UnansweredQuestion)] == [("dismissed", 1), ("open", 1)]

    def test_no_more_than_the_newest_are_compared(self, parts: Parts, sms: RecordingChannel) -> None:
        with parts.db.write() as session:
            session.add_all(
                UnansweredQuestion(text=f"q{number}", key=f"{number:04} question", lang="zh", last_at=utcnow())
                for number in range(COMPARED + 50)
            )
        read: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if "unanswered_questions" in statement and statement.startswith("SELECT"):
                read.append(statement)

        event.listen(parts.db.engine, "before_cursor_execute", note)
        try:
            ask(parts, "公交车能带狗吗")
        finally:
            event.remove(parts.db.engine, "before_cursor_execute", note)
        assert len(read) == 1
        assert "LIMIT" in read[0]

    @pytest.mark.parametrize("broken", ["_closest", "_opened", "comparable"])
    def test_a_failure_never_fails_the_turn(
        self, parts: Parts, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch, broken: str
    ) -> None:
        def fails(*_: Any) -> None:
            raise RuntimeError("no")

        monkeypatch.setattr(unanswered, broken, fails)
        ask(parts, "公交车能带狗吗")
        assert parts.row(InboundMessage).state == "closed"
        assert parts.row(OutboundMessage).text == "抱歉"
        assert parts.rows(UnansweredQuestion) == []

    def test_an_error_of_the_database_there_leaves_the_turn_whole(
        self, parts: Parts, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unanswered, "_opened", lambda *_: 4711)  # there is no such question
        ask(parts, "公交车能带狗吗")
        assert parts.row(InboundMessage).state == "closed"
        assert parts.row(OutboundMessage).text == "抱歉"
        assert messages(parts) == []


class TestList:
    def test_the_most_asked_come_first_with_their_wordings(self, parts: Parts, sms: RecordingChannel) -> None:
        for text in ("怎么交水费", "公交车能带狗吗", "公交车可以带狗吗？", "公交车能带狗吗"):
            ask(parts, text)
        found, total = parts.unanswered.find()
        assert ([row.count for row in found], total) == ([3, 1], 2)
        samples = parts.unanswered.samples([row.id for row in found])
        assert samples[found[0].id] == ["公交车能带狗吗", "公交车可以带狗吗？"]

    def test_dismissed_once(self, parts: Parts, sms: RecordingChannel) -> None:
        ask(parts, "怎么交水费")
        number = parts.row(UnansweredQuestion).id
        parts.unanswered.dismiss(number, CLERK)
        assert parts.unanswered.find()[1] == 0
        assert parts.unanswered.find("dismissed")[1] == 1
        with pytest.raises(EditConflict):
            parts.unanswered.dismiss(number, CLERK)
