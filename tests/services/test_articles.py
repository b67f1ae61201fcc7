"""Articles: edited as places are, known to the bot by their questions, answered in full with source and date."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.channels.segments import segments
from backend.models import Article, AuditEntry, Revision, UnansweredQuestion, utcnow
from backend.services.editing import EditConflict, Editor, InvalidEdit
from backend.services.gazetteer import Gazetteer
from backend.services.pack_loading import load_pack
from tests.factories import ArticleRow, stored
from tests.services.test_answers import Talk
from tests.support.container import Parts

CLERK = Editor("李静", "lijing@example.org")
FACTS = {"title_zh": "渡轮带自行车", "title_en": "Bicycles on the ferry", "answer_zh": "可以。"}


def questions(parts: Parts) -> dict[str, list[str]]:
    return {entry["id"]: entry["questions"] for entry in parts.gazetteer.snapshot()["articles"]}


class TestEdits:
    def test_a_new_article_can_be_asked_for_at_once(self, own_city: Parts) -> None:
        names = own_city.gazetteer.version()
        made = own_city.articles.create({**FACTS, "questions_zh": ["单车能上船吗"]}, CLERK)
        assert (made.id, made.version, made.confidence, made.checked_by) == (
            "article:bicycles_on_the_ferry",
            1,
            "high",
            "李静",
        )
        assert made.as_of == utcnow().date().isoformat()
        assert own_city.gazetteer.version() == names + 1
        assert questions(own_city)[made.id] == ["渡轮带自行车", "单车能上船吗", "Bicycles on the ferry"]
        assert own_city.articles.create(FACTS, CLERK).id == "article:bicycles_on_the_ferry_2"
        assert own_city.rows(AuditEntry)[-1].action == "article.created"

    @pytest.mark.parametrize(
        ("changes", "raises"),
        [
            ({"title_zh": "带车上船"}, True),
            ({"questions_en": ["bike on ferry"]}, True),
            ({"answer_zh": "不可以。"}, False),
            ({"topic": "sea", "source": "渡轮公司"}, False),
        ],
    )
    def test_the_version_of_names_grows_only_with_what_the_bot_knows(
        self, own_city: Parts, changes: dict[str, Any], raises: bool
    ) -> None:
        made = own_city.articles.create(FACTS, CLERK)
        names = own_city.gazetteer.version()
        own_city.articles.edit(made.id, 1, changes, CLERK)
        assert own_city.gazetteer.version() == names + raises
        assert own_city.gazetteer.snapshot() == Gazetteer(own_city.db).snapshot()

    def test_an_old_version_is_a_conflict(self, own_city: Parts) -> None:
        made = own_city.articles.create(FACTS, CLERK)
        own_city.articles.edit(made.id, 1, {"answer_zh": "免费。"}, CLERK)
        with pytest.raises(EditConflict):
            own_city.articles.edit(made.id, 1, {"answer_zh": "收费。"}, CLERK)
        assert own_city.articles.get(made.id).answer_zh == "免费。"

    def test_deleted_and_brought_back(self, own_city: Parts) -> None:
        made = own_city.articles.create(FACTS, CLERK)
        own_city.articles.delete(made.id, 1, CLERK)
        assert made.id not in questions(own_city)
        assert own_city.places.articles([made.id]) == []
        own_city.articles.restore(made.id, 2, 1, CLERK)
        assert made.id in questions(own_city)
        assert [row.version for row in own_city.rows(Revision, record_id=made.id)] == [1, 2, 3]

    def test_found_by_title_question_answer_and_topic(self, own_city: Parts) -> None:
        made = own_city.articles.create({**FACTS, "topic": "ferries", "questions_en": ["bike on boat"]}, CLERK)
        for text, kind in (("渡轮带", ""), ("BIKE ON", ""), ("bicycles_on", ""), ("", "ferries")):
            assert [row.id for row in own_city.articles.find(text, kind)[0]] == [made.id]
        assert "ferries" in own_city.articles.topics()

    @pytest.mark.parametrize(
        "changes",
        [
            {"title_zh": ""}, {"answer_zh": " "}, {"title_en": "x" * 61}, {"title_zh": "一\n二"},
            {"answer_en": "x" * 501}, {"questions_zh": ["船"]}, {"questions_en": ["x" * 201]},
            {"questions_en": [f"question {number}" for number in range(59)]}, {"topic": "Public transport"},
            {"source_url": "javascript:alert(1)"}, {"as_of": "last year"}, {"confidence": "sure"},
            {"answer_zh": "a\x00b"}, {"no_such_field": 1}, {"checked_by": "me"},
        ],
    )  # fmt: skip
    def test_what_breaks_a_rule_changes_nothing(self, own_city: Parts, changes: dict[str, Any]) -> None:
        made = own_city.articles.create(FACTS, CLERK)
        with pytest.raises(InvalidEdit) as refused:
            own_city.articles.edit(made.id, 1, changes, CLERK)
        assert set(refused.value.problems) & {*changes, "questions_zh"}
        assert own_city.articles.get(made.id).version == 1

    def test_the_most_that_may_be_saved_keeps_the_contracts(self, own_city: Parts) -> None:
        most = {
            **{f"title_{lang}": "长" * 60 for lang in ("zh", "en")},
            **{f"answer_{lang}": "长" * 500 for lang in ("zh", "en")},
            **{f"questions_{lang}": [f"{number}" + "长" * 198 for number in range(10, 39)] for lang in ("zh", "en")},
            "source": "长" * 500,
            "confidence": "low",
            "source_url": "https://example.org/" + "x" * 400,
        }
        made = own_city.articles.create(most, CLERK)
        assert len(questions(own_city)[made.id]) <= 60
        for lang in ("zh", "en"):
            Talk(own_city, lang).ask("ask_article", named={"article": made.id})


class TestPack:
    def test_a_staff_edit_survives_a_changed_pack_row(self, own_city: Parts) -> None:
        pack = own_city.pack
        row = pack.articles[0]
        own_city.articles.edit(row.id, None, {"answer_zh": "职员写的。"}, CLERK)
        names = own_city.gazetteer.version()
        other = replace(row, answer_zh="数据包的。", questions_zh=("新的问法",))
        changed = replace(pack, articles=(other, *pack.articles[1:]))
        report = load_pack(own_city.db, changed)
        assert (report.changed, report.kept) == ([row.id], [f"{row.id}.answer_zh"])
        after = own_city.articles.get(row.id)
        assert (after.answer_zh, after.questions_zh) == ("职员写的。", ["新的问法"])
        assert own_city.gazetteer.version() == names + 1
        again = load_pack(own_city.db, changed)
        assert (again.changed, again.added) == ([], [])

    def test_a_deleted_article_is_not_brought_back_by_the_pack(self, own_city: Parts) -> None:
        gone = own_city.rows(Article)[0]
        own_city.articles.delete(gone.id, 1, CLERK)
        load_pack(own_city.db, own_city.pack)
        assert own_city.articles.get(gone.id).deleted_at is not None


class TestAnswers:
    def test_the_answer_its_source_and_its_date(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            row = ArticleRow(source_url="https://ferry.example/rules")
            stored(session, row)
        said = Talk(own_city).ask("ask_article", named={"article": row.id})
        assert (said.code, said.headline, said.lines) == (
            "article",
            "可以，每辆2元。",
            ["来源：渡轮公司（2025年6月）"],
        )
        assert said.caution == ""
        assert said.source is not None
        assert (said.source.record, said.source.as_of) == (row.id, "2025-06")
        assert said.cards[0].links[0].url == "https://ferry.example/rules"
        english = Talk(own_city, "en").ask("ask_article", named={"article": row.id})
        assert (english.headline, english.lines) == ("Yes, 2 yuan each.", ["Source: 渡轮公司 (June 2025)"])

    @pytest.mark.parametrize(
        ("as_of", "zh", "en"),
        [
            ("2025", "（2025年）", "(2025)"),
            ("2025-06", "（2025年6月）", "(June 2025)"),
            ("2025-06-30", "（2025年6月30日）", "(30 June 2025)"),
            ("2025-02-31", "（2025-02-31）", "(2025-02-31)"),
            ("", "（日期不详）", "(date unknown)"),
        ],
    )
    def test_a_date_is_as_precise_as_it_is_known(self, own_city: Parts, as_of: str, zh: str, en: str) -> None:
        with own_city.db.write() as session:
            row = ArticleRow(as_of=as_of)
            stored(session, row)
        for lang, said in (("zh", zh), ("en", en)):
            assert Talk(own_city, lang).ask("ask_article", named={"article": row.id}).lines[0].endswith(said)

    def test_low_confidence_is_said(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            row = ArticleRow(confidence="low")
            stored(session, row)
        assert "未经核实" in Talk(own_city).ask("ask_article", named={"article": row.id}).caution

    def test_of_several_the_best_is_answered_and_two_are_offered(self, own_city: Parts) -> None:
        with own_city.db.write() as session:
            rows = [ArticleRow() for _ in range(5)]
            rows[0].deleted_at = utcnow()
            stored(session, *rows)
        said = Talk(own_city, "en").ask("ask_article", named={"article": [row.id for row in rows]})
        assert said.source is not None
        assert said.source.record == rows[1].id
        assert [(choice.title, choice.intent, choice.entities) for choice in said.choices] == [
            (row.title_en, "ask_article", {"article": row.id}) for row in rows[2:4]
        ]

    @pytest.mark.parametrize("lang", ["zh", "en"])
    @pytest.mark.parametrize("named", [{}, {"article": ["article:gone"]}])
    def test_nothing_on_that_is_said_honestly(self, city: Parts, lang: str, named: dict[str, Any]) -> None:
        said = Talk(city, lang).ask("ask_article", named=named)
        assert said.code == "article_none"
        assert city.city_words.service_number in said.lines[0]
        assert segments(city.twilio.render(said)) == 1

    def test_what_was_talked_about_stays(self, city: Parts) -> None:
        talk = Talk(city)
        talk.ask("place_hours", named={"attraction": "attraction:geziwo"})
        talk.ask("ask_article", named={"article": city.rows(Article)[0].id})
        assert talk.last.focus == "attraction:geziwo"

    def test_every_article_of_the_city(self, city: Parts) -> None:
        for row in city.rows(Article):
            for lang in ("zh", "en"):
                said = Talk(city, lang).ask("ask_article", named={"article": row.id})
                text = city.twilio.render(said)
                assert text.startswith(said.headline[:20])
                # Never cut short: half a rule misleads. One Chinese word makes an English answer twice as long.
                assert segments(text) <= (2 if lang == "zh" else 6), row.id


def test_who_answers_a_question_second_learns_of_it(own_city: Parts) -> None:
    with own_city.db.write() as session:
        session.add(UnansweredQuestion(text="能带单车吗", key="带单车", lang="zh"))
    number = own_city.row(UnansweredQuestion).id
    made = own_city.articles.create(FACTS, CLERK, question_id=number)
    question = own_city.row(UnansweredQuestion)
    assert (question.state, question.article_id) == ("answered", made.id)
    with pytest.raises(EditConflict):
        own_city.articles.create(FACTS, CLERK, question_id=number)
    assert own_city.articles.find("渡轮带自行车")[1] == 1
