"""A real Chromium over the chat page, which talks to a stand-in of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend.config import Settings
from tests.browser.stand_in import StandIn, serve
from tests.support.browser import PHONE

PACK = Path(__file__).parents[1] / "city_pack" / "packs" / "baytown"
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        app_env="test",
        city_pack=str(PACK),
        public_base_url="",
        database_url="sqlite://",
        redis_url="redis://127.0.0.1:1",
        secret_key="s" * 32,
        address_key="a" * 32,
        password_salt="p" * 16,
        bot_urls="http://127.0.0.1:1",
        bot_token="t" * 16,
        fakes_url="http://127.0.0.1:1",
    )


@pytest.fixture
def server(settings: Settings) -> Iterator[StandIn]:
    api = StandIn()
    made = serve(settings, api)
    yield api
    with api.changed:
        api.closing = True
        api.changed.notify_all()
    made.shutdown()


@pytest.fixture
def open_page(browser: Browser, server: StandIn) -> Iterator[OpenPage]:
    """Opens the chat page in a fresh browser profile; any error of the page fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": PHONE, "locale": "zh-CN", "base_url": server.url, **options})
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


@pytest.fixture
def page(open_page: OpenPage, server: StandIn) -> Page:
    """The Chinese page on a phone, connected."""
    made = open_page()
    server.wait(lambda s: s.streams_open == 1)
    return made
