"""From the validated `articles.yml` to its records."""

from __future__ import annotations

from backend.city_pack import records
from backend.city_pack.checks import Checks
from backend.city_pack.documents import Document, FieldPath
from backend.city_pack.errors import PackError
from backend.city_pack.model import Article


def articles_of(document: Document, errors: list[PackError]) -> list[Article]:
    """The articles; adds an error for an id and for a way of asking that stand twice."""
    checks = Checks(document, errors)
    articles = []
    for index, raw in enumerate(document.value["articles"]):
        path: FieldPath = ("articles", index)
        checks.once((*path, "id"), raw["id"])
        for field in ("questions_zh", "questions_en"):
            for number, question in enumerate(raw[field]):
                checks.once((*path, field, number), question.casefold(), "question")
        articles.append(records.article_of(raw, checks.line(path)))
    return articles
