"""Staff edits of articles, and what an article must look like to be saved."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Article
from backend.services import unanswered
from backend.services.content_rules import common_problems
from backend.services.editing import EditConflict, Editor, Records

# As in data/schemas: a title stands on a button, an answer is one headline, title and questions are one entry of the
# gazetteer.
MAX_TITLE = 60
MAX_QUESTION = 200
MAX_QUESTIONS = 58
_TOPIC = re.compile(r"[a-z0-9_]{0,40}")
_ADDRESS = re.compile(r"(https?://[^\s<>\"']+)?")
_FACTS = frozenset(
    {
        "title_zh", "title_en", "topic", "questions_zh", "questions_en", "answer_zh", "answer_en", "source",
        "source_url", "as_of", "confidence",
    }
)  # fmt: skip


class Articles(Records[Article]):
    """Searches, edits and remembers articles."""

    model = Article
    word = "article"
    sorted_by = "topic"
    editable = _FACTS | {"deleted_at"}
    vouching = _FACTS - {"topic"}

    def topics(self) -> list[str]:
        """The topics there are."""
        with self._db.read() as session:
            return list(session.scalars(select(Article.topic).distinct().order_by(Article.topic)))

    def create(self, facts: dict[str, Any], editor: Editor, slug: str = "", question_id: int | None = None) -> Article:
        """A new article, answerable with the next message; an empty slug is made from the English title.

        `question_id` is the unanswered question it answers, which is closed by it. Raises InvalidEdit, and EditConflict
        where somebody else has closed that question.
        """

        def answer_question(session: Session, article: Article) -> None:
            if question_id is not None and not unanswered.close(session, question_id, "answered", article.id):
                raise EditConflict

        return self._add("article", slug, {}, facts, editor, answer_question)

    def _problems(self, session: Session, record: Article) -> dict[str, str]:
        problems = common_problems(record, self.editable, {"title_zh": MAX_TITLE, "title_en": MAX_TITLE})
        problems |= {
            name: "edit-required" for name in ("title_zh", "answer_zh") if not (getattr(record, name) or "").strip()
        }
        for name in ("title_zh", "title_en"):
            if "\n" in (getattr(record, name) or ""):
                problems[name] = "edit-one-line"
        for name in ("questions_zh", "questions_en"):
            questions = getattr(record, name) or []
            if any(len(question.strip()) < 2 for question in questions):
                problems[name] = "edit-question-too-short"
            elif any(len(question) > MAX_QUESTION or "\n" in question for question in questions):
                problems[name] = "edit-question-too-long"
        if len(record.questions_zh or []) + len(record.questions_en or []) > MAX_QUESTIONS:
            problems["questions_zh"] = "edit-too-many-questions"
        if not _TOPIC.fullmatch(record.topic or ""):
            problems["topic"] = "edit-bad-topic"
        if not _ADDRESS.fullmatch(record.source_url or ""):
            problems["source_url"] = "edit-bad-website"
        return problems

    def _called(self, record: Article) -> list[str]:
        questions = [*record.questions_zh, *record.questions_en]
        return [record.id, record.title_zh, record.title_en, *questions, record.answer_zh, record.answer_en]

    def _english(self, facts: dict[str, Any]) -> str:
        return str(facts.get("title_en") or "")
