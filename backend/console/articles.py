"""Articles: the list, and what their pages have of their own."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from backend.console.blueprint import blueprint, editor, needs
from backend.console.forms import ArticleForm, RecordForm
from backend.console.records import PAGES, RecordPages, record_list
from backend.models import Article
from backend.services.articles import Articles
from backend.services.editing import EditConflict
from backend.web_context import parts


class ArticlePages(RecordPages):
    """The pages of an article."""

    template = "console/article.html"

    @property
    def records(self) -> Articles:
        return parts().articles

    def form(self, record: Article, **given: Any) -> ArticleForm:
        return ArticleForm(self.records.topics(), record, **given)

    def new_form(self, **given: Any) -> ArticleForm:
        """From a question without an answer, if the address names one."""
        data: dict[str, Any] = {"confidence": "high"}
        question = parts().unanswered.get(request.args.get("question", 0, type=int))
        if question is not None and question.state == "open":
            data |= {"question": str(question.id), f"questions_{question.lang}": [question.text]}
        return ArticleForm(self.records.topics(), data=data, **given)

    def create(self, form: RecordForm, facts: dict[str, Any]) -> Article:
        number = (form.question.data or "")[:18]
        try:
            return self.records.create(facts, editor(), question_id=int(number) if number.isdecimal() else None)
        except EditConflict:
            form.question.data = ""  # whoever saves once more adds the article all the same
            raise


PAGES["articles"] = ArticlePages()


@blueprint.get("/articles")
@needs("content.read")
def articles() -> ResponseReturnValue:
    """All articles, by topic and by words."""
    return record_list("articles", [topic for topic in parts().articles.topics() if topic])
