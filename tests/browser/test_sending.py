"""What a person writes is kept until the server has taken it: once, in order, whatever the network does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser


def write(page: Page, text: str) -> None:
    page.get_by_label("输入您的问题").fill(text)
    page.keyboard.press("Enter")


def test_question_is_answered_once(page: Page, server: StandIn) -> None:
    write(page, "鸽子窝公园几点开门")
    expect(page.locator("#log > .city")).to_have_count(1)
    expect(page.locator("#log > .city")).to_contain_text("收到：鸽子窝公园几点开门")
    expect(page.locator("#log > .person")).to_have_class("person sent")
    assert len(server.posts) == 1
    assert set(server.posts[0]) == {"client_message_id", "text"}
    expect(page.locator("#welcome")).to_be_hidden()


def test_offline_words_wait_and_go_out_in_order_with_their_ids(page: Page, server: StandIn) -> None:
    page.context.set_offline(True)
    expect(page.locator("#notice")).to_contain_text("网络断开了")
    for text in ("第一句", "第二句"):
        write(page, text)
    expect(page.locator("#log > .person.queued")).to_have_count(2)
    assert server.posts == []
    stored = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.includes('.message.')).map(([, v]) => JSON.parse(v))"
    )
    page.context.set_offline(False)
    expect(page.locator("#log > .person.sent")).to_have_count(2)
    assert [post["text"] for post in server.posts] == ["第一句", "第二句"]
    assert {post["client_message_id"] for post in server.posts} == {message["id"] for message in stored}
    expect(page.locator("#notice")).to_be_empty()


def test_answer_lost_on_the_way_is_asked_for_with_the_same_id(page: Page, server: StandIn) -> None:
    server.drop_answers = 2
    write(page, "有公交吗")
    expect(page.locator("#log > .person.sent")).to_have_count(1)
    assert len(server.posts) == 3 and len(server.distinct_ids()) == 1
    expect(page.locator("#log > .city")).to_have_count(1)


def test_unsent_words_survive_closing_the_page(page: Page, server: StandIn) -> None:
    server.fail = [(503, {"error": {"message": "忙"}})] * 50
    write(page, "别丢了这句")
    expect(page.locator("#log > .person.failed")).to_have_count(1)
    page.close()
    with server.changed:
        server.fail = []
        before = len(server.posts)
    again = page.context.new_page()
    again.goto("/")
    expect(again.locator("#log > .person.sent")).to_contain_text("别丢了这句")
    assert len(server.posts) > before and len(server.distinct_ids()) == 1
    expect(again.locator("#log > .city")).to_have_count(1)


def test_tap_sends_a_failed_message_again_at_once(page: Page, server: StandIn) -> None:
    server.fail = [(500, {"error": {"message": "系统暂时出了问题"}})]
    # Without its own second attempt: only the tap can send it.
    page.clock.install()
    write(page, "再试一次")
    failed = page.get_by_role("button", name="没有发出，点此重发")
    expect(page.locator("#notice")).to_have_text("系统暂时出了问题")
    failed.click()
    expect(page.locator("#log > .person.sent")).to_have_count(1)
    expect(page.locator("#notice")).to_be_empty()
    assert len(server.distinct_ids()) == 1


def test_refused_message_says_why_and_does_not_hold_up_the_next(page: Page, server: StandIn) -> None:
    server.fail = [(400, {"error": {"code": "too_long", "message": "这句话太长了"}})]
    write(page, "很长很长")
    expect(page.locator("#notice")).to_have_text("这句话太长了")
    expect(page.get_by_role("button", name="没有被接收，点此重发")).to_be_visible()
    write(page, "短的")
    expect(page.locator("#log > .person.sent")).to_have_count(1)


def test_expired_session_is_replaced_and_the_message_delivered(page: Page, server: StandIn) -> None:
    with server.changed:
        server.tokens.clear()
    server.cut_streams()
    write(page, "还在吗")
    expect(page.locator("#log > .person.sent")).to_have_count(1)
    expect(page.locator("#log > .city")).to_contain_text("还在吗")
    assert len(server.tokens) == 1


def test_token_never_stands_in_an_address(open_page: OpenPage, server: StandIn) -> None:
    page = open_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    write(page, "你好")
    expect(page.locator("#log > .city")).to_have_count(1)
    page.reload()
    server.wait(lambda s: s.streams_open >= 1)
    (token,) = server.tokens
    assert addresses and not any(token in address for address in addresses)
    assert all(address.startswith(server.url) for address in addresses)


def test_double_tap_and_empty_input_send_nothing_extra(page: Page, server: StandIn) -> None:
    page.get_by_label("输入您的问题").fill("   ")
    page.get_by_role("button", name="发送", exact=True).click()
    page.get_by_label("输入您的问题").fill("你好")
    page.get_by_role("button", name="发送", exact=True).dblclick()
    expect(page.locator("#log > .city")).to_have_count(1)
    assert len(server.posts) == 1


def test_ids_are_random_uuids(page: Page, server: StandIn) -> None:
    write(page, "你好")
    server.wait(lambda s: bool(s.posts))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", server.posts[0]["client_message_id"]
    )
