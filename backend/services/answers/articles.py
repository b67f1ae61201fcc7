"""Rules and services, answered from a document: the answer in full, where it comes from and as of when."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date

from backend.models import Article
from backend.services.answers import facts
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.replies import Card, Choice, Link, Reply
from backend.wording import t

OTHERS = 2
# As precise as the source knows it: a year, a month or a day.
_PATTERNS = {
    "zh": {4: "y年", 7: "y年M月", 10: "y年M月d日"},
    "en": {4: "y", 7: "MMMM y", 10: "d MMMM y"},
}


def ask_article(desk: Desk, asking: Asking) -> Answered:
    """The first article named that still exists; the next ones are offered."""
    found = desk.places.articles(asking.named.get("article", []))
    reply = _reply(found[0], found[1 : 1 + OTHERS], asking.lang) if found else _none(desk, asking.lang)
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset, pending=asking.pending)


def _reply(article: Article, others: list[Article], lang: str) -> Reply:
    source = facts.source(article)
    links = [Link(t(lang, "article-link"), article.source_url)] if article.source_url.startswith("https://") else []
    said = {"source": article.source, "date": _date(article.as_of, lang)}
    return Reply(
        code="article",
        lang=lang,
        headline=facts.fact(article, "answer", lang),
        lines=[t(lang, "article-source", **said)] if article.source else [],
        caution=facts.caution(article, lang),
        cards=[Card(facts.fact(article, "title", lang), [], None, links, source)] if links else [],
        choices=[_offer(other, lang) for other in others],
        source=source,
    )


def _offer(article: Article, lang: str) -> Choice:
    return Choice(
        facts.fact(article, "title", lang), f"ask_article:{article.id}", "ask_article", {"article": article.id}
    )


def _none(desk: Desk, lang: str) -> Reply:
    line = t(lang, "ask-service-line", service=desk.city.service_number)
    return Reply(code="article_none", lang=lang, headline=t(lang, "article-none"), lines=[line])


def _date(as_of: str, lang: str) -> str:
    """`2025-06` as people write it: "June 2025", "2025年6月"."""
    if not as_of:
        return t(lang, "date-unknown")
    try:
        day = dt.date.fromisoformat(f"{as_of}-01-01"[:10])
    except ValueError:  # the 31st of February; better said as it stands than no answer
        return as_of
    return format_date(day, _PATTERNS[lang][len(as_of)], locale=lang)
