"""Articles and unanswered questions in the console; what they share with places is tested there."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from backend.models import Article, AuditEntry, UnansweredQuestion
from tests.support.console import ARTICLE, Clerk, Forms, add_staff

NEW = "/staff/articles/new"


def question(own_city: Any, text: str = "自行车能上渡轮吗", lang: str = "zh", count: int = 3) -> int:
    with own_city.db.write() as session:
        row = UnansweredQuestion(text=text, key=text, lang=lang, count=count)
        session.add(row)
        session.flush()
        return row.id


def test_an_edit_is_live_and_audited(clerk: Clerk, own_city: Any) -> None:
    answer = clerk.save(
        ARTICLE, answer_zh="凭学生证半价。", questions_zh="学生票多少钱\r\n学生有优惠吗", comment="来电"
    )
    assert "已生效" in answer.text
    assert "凭学生证半价。" in answer.text.partition('id="preview-title"')[2]
    article = own_city.articles.get("article:student_tickets")
    assert (article.answer_zh, article.version, article.checked_by) == ("凭学生证半价。", 2, "li")
    assert article.questions_zh == ["学生票多少钱", "学生有优惠吗"]
    entry = own_city.rows(AuditEntry, object_id=article.id)[0]
    assert (entry.actor, entry.action) == ("li@example.org", "article.edited")
    page = clerk.get(f"{ARTICLE}/history").text
    for said in ("来电", "回答（中文）", "凭学生证半价。", "城市数据包"):
        assert said in page
    clerk.press(f"{ARTICLE}/restore/1", version="2")
    assert own_city.articles.get(article.id).answer_zh != "凭学生证半价。"


def test_saving_an_untouched_form_changes_nothing(clerk: Clerk, own_city: Any) -> None:
    for article in own_city.rows(Article)[:20]:
        assert "没有改动" in clerk.save(f"/staff/articles/{article.id}").text, article.id


def test_two_clerks_at_once_lose_nothing(site: Flask, own_city: Any, clerk: Clerk) -> None:
    mine = clerk.form(ARTICLE)
    Clerk(site, add_staff(site, own_city, "editor", "wang")).save(ARTICLE, answer_zh="王写的", source="王的出处")
    answer = clerk.client.post(ARTICLE, data={**mine, "answer_zh": "李写的"})
    assert answer.status_code == 409
    form = Forms(answer.text).found[ARTICLE]
    assert (form["version"], form["answer_zh"], form["source"]) == ("2", "李写的", "王的出处")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title_zh", "", "这一项必须填"),
        ("answer_zh", "长" * 501, "太长了"),
        ("questions_zh", "船", "至少要两个字"),
        ("topic", "公交", "小写字母"),
        ("source_url", "javascript:alert(1)", "网址不对"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_the_field(
    clerk: Clerk, own_city: Any, field: str, value: str, said: str
) -> None:
    answer = clerk.client.post(ARTICLE, data={**clerk.form(ARTICLE), field: value})
    assert answer.status_code == 422
    assert said in answer.text.partition(f'id="{field}-error"')[2].partition("</div></div>")[0]
    assert own_city.articles.get("article:student_tickets").version == 1


def test_the_list_by_topic_and_words(clerk: Clerk, own_city: Any) -> None:
    assert "article:student_tickets" in clerk.get("/staff/articles?q=学生票").text
    page = clerk.get("/staff/articles?kind=tickets").text
    assert "article:student_tickets" in page
    assert "没有找到" in clerk.get("/staff/articles?q=nothing_like_it").text


def test_deleted_and_brought_back(clerk: Clerk, own_city: Any) -> None:
    clerk.client.post(f"{ARTICLE}/delete", data=clerk.form(f"{ARTICLE}/delete"))
    assert "这条知识已删除" in clerk.get(ARTICLE).text
    assert "article:student_tickets" in clerk.get("/staff/articles?kind=deleted").text
    clerk.press(f"{ARTICLE}/undelete")
    assert own_city.places.articles(["article:student_tickets"])


def test_a_form_that_grew_old_gives_the_text_back(clerk: Clerk, own_city: Any) -> None:
    answer = clerk.client.post(ARTICLE, data={**clerk.form(ARTICLE), "answer_zh": "没存的", "csrf_token": "stale"})
    assert answer.status_code == 400
    assert "没存的" in answer.text
    for path in (NEW, f"{ARTICLE}/delete", "/staff/unanswered/1/dismiss"):
        assert clerk.client.post(path, data={"version": "1"}).status_code == 400, path


def test_an_answer_is_written_to_a_question(clerk: Clerk, own_city: Any) -> None:
    number = question(own_city)
    question(own_city, "where to rent a bike", "en", 9)
    page = clerk.get("/staff/unanswered").text
    assert page.index("where to rent a bike") < page.index("自行车能上渡轮吗")
    form = clerk.form(f"{NEW}?question={number}", NEW)
    assert form["questions_zh"] == "自行车能上渡轮吗"
    refused = clerk.client.post(NEW, data=form)
    assert refused.status_code == 422
    form = Forms(refused.text).found[NEW] | {"title_zh": "渡轮带自行车", "answer_zh": "可以。"}
    made = clerk.client.post(NEW, data=form)
    assert made.status_code == 302
    row = own_city.row(UnansweredQuestion, id=number)
    assert row.state == "answered"
    article = own_city.articles.get(row.article_id)
    assert (article.questions_zh, article.answer_zh) == (["自行车能上渡轮吗"], "可以。")
    assert row.article_id in clerk.get("/staff/unanswered?state=answered").text
    assert "自行车能上渡轮吗" not in clerk.get("/staff/unanswered").text

    again = clerk.client.post(NEW, data=form)
    assert again.status_code == 422
    assert "别人刚刚处理过" in again.text
    assert own_city.articles.find("渡轮带自行车")[1] == 1
    assert clerk.client.post(NEW, data=Forms(again.text).found[NEW]).status_code == 302
    assert own_city.articles.find("渡轮带自行车")[1] == 2


def test_an_english_question_becomes_an_english_one(clerk: Clerk, own_city: Any) -> None:
    number = question(own_city, "where to rent a bike", "en")
    assert clerk.form(f"{NEW}?question={number}", NEW)["questions_en"] == "where to rent a bike"
    assert clerk.get(f"{NEW}?question=999").status_code == 200


def test_a_question_is_put_aside(clerk: Clerk, own_city: Any) -> None:
    number = question(own_city)
    assert clerk.press(f"/staff/unanswered/{number}/dismiss").status_code == 302
    assert own_city.row(UnansweredQuestion).state == "dismissed"
    assert own_city.rows(AuditEntry, object_id=f"question:{number}")[0].action == "question.dismissed"
    clerk.press(f"/staff/unanswered/{number}/dismiss")
    assert "别人刚刚处理过" in clerk.get("/staff/unanswered?state=dismissed").text


def test_what_people_and_clerks_type_is_text(clerk: Clerk, own_city: Any) -> None:
    attack = '"><script>alert(1)</script>'
    number = question(own_city, attack)
    clerk.save(ARTICLE, title_zh=f"标题{attack}", answer_zh=attack, source=attack)
    for path in ("/staff/unanswered", f"{NEW}?question={number}", ARTICLE, "/staff/articles", f"{ARTICLE}/history"):
        page = clerk.get(path).text
        assert "<script>alert" not in page, path
        for trace in (" style=", "onclick=", "javascript:"):
            assert trace not in page, (path, trace)


def test_a_viewer_sees_no_button(site: Flask, own_city: Any) -> None:
    question(own_city)
    viewer = Clerk(site, add_staff(site, own_city, "viewer"))
    for path in ("/staff/unanswered", "/staff/articles", ARTICLE):
        page = viewer.get(path).text
        for button in ("/dismiss", "/new", "/delete"):
            assert button not in page, (path, button)
