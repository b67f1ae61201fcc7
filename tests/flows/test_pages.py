"""The pages in a real browser over the real product: the conversation on a phone, the simulator on a desk.

With UPDATE_SCREENSHOTS=1 the pictures in docs/images are taken anew.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dev.env import PROJECT_ROOT
from tests.flows.test_conversation import CONVERSATION
from tests.support.browser import PHONE
from tests.support.phones import ANSWER_SECONDS
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

IMAGES = PROJECT_ROOT / "docs" / "images"
GAP = 16
DESK = {"width": 1440, "height": 1000}
PATIENCE = ANSWER_SECONDS * 1000
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator[OpenPage]:
    """Opens a page of the product in a fresh browser profile; any error of the page fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_(path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=stack.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_conversation_on_the_chat_page(open_page: OpenPage, lang: str) -> None:
    page = open_page("/", viewport=PHONE, locale=LOCALES[lang])
    screens = []
    for number, turn in enumerate(CONVERSATION[lang]):
        page.locator("#question").fill(turn.question)
        page.locator("#send").click()
        answer = page.locator("#log > .city").nth(number)
        for fact in turn.facts:
            words = re.compile(re.escape(fact).replace("\\-", "[-–]"))
            expect(answer.locator(".bubble")).to_contain_text(words, timeout=PATIENCE)
        expect(page.locator("#typing")).to_have_text("")
        screens.append(picture(page))
    expect(page.locator("#log > .city")).to_have_count(len(CONVERSATION[lang]))
    expect(page.locator("#log > .person .state").first).to_have_text({"zh": "已送达", "en": "Sent"}[lang])
    maps = answer.locator(".card a[href^='https://uri.amap.com/marker?position=']")
    assert maps.count() > 0, "the hospitals open in a map"
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    keep(side_by_side(page, screens), f"chat-{lang}")


def test_simulator_shows_three_phones(open_page: OpenPage, stack: Stack) -> None:
    page = open_page("/simulator", viewport=DESK, locale="zh-CN")
    expect(page.locator("#connection")).to_have_text("已连接模拟服务")
    for phone in (stack.sms(), stack.wechat()):
        page.locator(f"#{phone.channel}-contact").fill(phone.contact)
        page.locator(f"#{phone.channel}-contact").blur()
    question, fact = "鸽子窝公园几点开门", "08:00-18:00"
    page.locator("#sms-text").fill(question)
    page.locator("#sms-form button").click()
    page.locator("#wechat-text").fill(question)
    page.locator("#wechat-form button").click()
    chat = page.frame_locator("iframe")
    chat.locator("#question").fill(question)
    chat.locator("#send").click()
    expect(page.locator("#sms-screen .theirs .bubble")).to_contain_text(fact, timeout=PATIENCE)
    expect(page.locator("#sms-screen .theirs .meta")).to_contain_text("已送达", timeout=PATIENCE)
    expect(page.locator("#wechat-screen .theirs .bubble")).to_contain_text(fact, timeout=PATIENCE)
    expect(chat.locator("#log > .city .bubble")).to_contain_text(fact, timeout=PATIENCE)
    keep(picture(page), "simulator")


def picture(page: Page) -> bytes:
    """What is on the screen, as a PNG."""
    return page.screenshot(animations="disabled", caret="hide")


def side_by_side(page: Page, screens: list[bytes]) -> bytes:
    """One picture of several screens of a phone."""
    page.goto("about:blank")
    page.set_viewport_size({"width": len(screens) * (PHONE["width"] + GAP) + GAP, "height": PHONE["height"] + 2 * GAP})
    images = "".join(f"<img src='data:image/png;base64,{b64encode(screen).decode()}'>" for screen in screens)
    style = f"display:flex;gap:{GAP}px;margin:{GAP}px;background:#cfd6d9"
    page.set_content(f"<body style='{style}'>{images}</body>")
    return picture(page)


def keep(image: bytes, name: str) -> None:
    """Writes a picture for the documentation, when pictures are wanted."""
    if os.environ.get("UPDATE_SCREENSHOTS") == "1":
        IMAGES.mkdir(parents=True, exist_ok=True)
        (IMAGES / f"{name}.png").write_bytes(image)
