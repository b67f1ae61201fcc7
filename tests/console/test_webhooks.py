"""The page of webhooks: for managers alone; what it does is what the service does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from backend.database import record_event
from backend.models import WebhookEndpoint
from tests.support.console import Clerk, add_staff

PAGE = "/staff/webhooks"
URL = "https://hooks.example.org/events"


@pytest.fixture
def manager(site: Flask, own_city: Any) -> Clerk:
    return Clerk(site, add_staff(site, own_city, "manager", "wang"))


def test_added_paused_resumed_and_sent_again(manager: Clerk, own_city: Any) -> None:
    with own_city.db.write() as session:
        for number in range(3):
            record_event(session, "content.changed", f"place/{number}")
    last = own_city.event_feed.last()
    assert "还没有推送地址" in manager.get(PAGE).text
    shown = manager.press(PAGE, url=URL, types=["alert.raised", "content.changed"]).text
    assert re.search(r"whsec_[A-Za-z0-9+/=]{40,}", shown)
    row = own_city.row(WebhookEndpoint)
    assert (row.url, row.types, row.cursor) == (URL, ["alert.raised", "content.changed"], last)
    page = manager.get(PAGE).text
    assert f"第{last}个（共{last}个）" in page
    assert "whsec_" not in page
    manager.press(f"{PAGE}/{row.id}/pause")
    assert own_city.row(WebhookEndpoint).state == "disabled"
    assert "已暂停" in manager.get(PAGE).text
    manager.press(f"{PAGE}/{row.id}/resume")
    manager.press(f"{PAGE}/{row.id}/replay", after="1")
    row = own_city.row(WebhookEndpoint)
    assert (row.state, row.cursor) == ("active", 1)
    for wrong in ("", str(last + 1), "-1", "x"):
        manager.press(f"{PAGE}/{row.id}/replay", after=wrong)
        assert own_city.row(WebhookEndpoint).cursor == 1, wrong
    assert manager.press(f"{PAGE}/77/pause").status_code == 404
    assert manager.press(f"{PAGE}/{2**70}/pause").status_code == 404


@pytest.mark.parametrize("url", ["", "http://hooks.example.org", "https://127.0.0.1/", "nonsense"])
def test_an_address_that_cannot_be_is_refused_and_kept_in_the_form(manager: Clerk, own_city: Any, url: str) -> None:
    answer = manager.press(PAGE, url=url, types=["alert.raised"])
    assert (answer.status_code, "要以https://开头" in answer.text) == (422, True)
    assert f'value="{url}"' in answer.text
    assert own_city.rows(WebhookEndpoint) == []


def test_nobody_else_sees_it(clerk: Clerk) -> None:
    assert clerk.get(PAGE).status_code == 403
    assert PAGE not in clerk.get("/staff/account").text
