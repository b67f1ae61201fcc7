"""Replies reach the page once each, though connections break, proxies refuse streams, and several tabs are open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stand_in import StandIn, reply
from tests.browser.test_sending import write

pytestmark = pytest.mark.browser


def test_reply_without_a_question_appears(page: Page, server: StandIn) -> None:
    server.say(reply("明早六点日出，海边见。"))
    expect(page.locator("#log > .city")).to_have_text(["管家：明早六点日出，海边见。"])


def test_broken_stream_is_resumed_after_the_last_reply(page: Page, server: StandIn) -> None:
    server.say(reply("一"), reply("二"))
    expect(page.locator("#log > .city")).to_have_count(2)
    server.cut_streams()
    server.say(reply("三"))
    expect(page.locator("#log > .city")).to_have_text(["管家：一", "管家：二", "管家：三"])
    server.wait(lambda s: s.stream_cursors[-1] in {"2", "3"})
    server.cut_streams()
    server.wait(lambda s: s.stream_cursors[-1] == "3" and s.streams_open == 1)
    expect(page.locator("#log > .city")).to_have_count(3)


def test_without_streams_the_answer_comes_with_the_request(open_page: OpenPage, server: StandIn) -> None:
    server.streaming = False
    page = open_page()
    expect(page.locator("#notice")).to_contain_text("正在重新连接")
    write(page, "有医院吗")
    expect(page.locator("#log > .city")).to_contain_text("有医院吗")
    assert server.prefers[-1] == "wait=8"
    # What comes later is fetched.
    server.say(reply("稍后的消息"))
    expect(page.locator("#log > .city")).to_have_count(2, timeout=20_000)


def test_live_stream_needs_no_waiting_request(page: Page, server: StandIn) -> None:
    write(page, "你好")
    expect(page.locator("#log > .city")).to_have_count(1)
    assert server.prefers == [None]


def test_conversation_is_there_after_a_reload(page: Page, server: StandIn) -> None:
    write(page, "你好")
    expect(page.locator("#log > .city")).to_have_count(1)
    page.reload()
    expect(page.locator("#log > li")).to_have_text(["您：你好已送达", "管家：收到：你好"])
    server.wait(lambda s: s.stream_cursors[-1] == "1")
    expect(page.locator("#log > li")).to_have_count(2)


def test_two_tabs_show_the_same_conversation_once(page: Page, server: StandIn) -> None:
    second = page.context.new_page()
    second.goto("/")
    server.wait(lambda s: s.streams_open == 2)
    write(page, "从第一个窗口")
    for tab in (page, second):
        expect(tab.locator("#log > li")).to_have_text(["您：从第一个窗口已送达", "管家：收到：从第一个窗口"])
    assert len(server.posts) == 1


def test_typing_shows_until_the_answer_is_there(page: Page, server: StandIn) -> None:
    server.script = lambda body: []
    write(page, "慢慢来")
    expect(page.locator("#typing")).to_have_text("管家正在查")
    server.say(reply("好了"))
    expect(page.locator("#typing")).to_be_empty()
