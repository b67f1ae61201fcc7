"""The staff console in a browser: what a clerk does with broadcasts, bookings, alerts and texts."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from backend.app import create_app
from backend.limits import limiter
from backend.models import Alert, Booking, Broadcast, Notice, Slot, utcnow
from backend.services.booking_codes import grouped
from backend.services.booking_views import Guest
from tests.services.bookings.things import ENTRY, bookable, people, slot
from tests.services.broadcasts.crowd import crowd
from tests.support.browser import PHONE
from tests.support.console import PASSWORD, add_staff
from tests.support.container import with_recording_channels
from tests.support.subscribers import Subscriber

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 844}
SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, own_city: Any) -> Iterator[SignIn]:
    """Signs a new member of staff in, in a browser profile of their own; any error of a page fails the test."""
    with_recording_channels(own_city, "sms", "wechat")
    app = create_app(own_city)
    limiter.enabled = False
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def sign_in_(role: str, name: str, lang: str = "en", viewport: dict[str, int] = DESK) -> Page:
        base_url = f"http://127.0.0.1:{server.server_port}"
        context = browser.new_context(viewport=viewport, base_url=base_url)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto("/staff/login")
        page.locator("[name=email]").fill(add_staff(app, own_city, role, name, lang))
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("a[href='/staff/account']")).to_be_attached()
        return page

    yield sign_in_
    for context in contexts:
        context.close()
    server.shutdown()
    limiter.enabled = True
    assert problems == []


def no_wider_than_its_window(page: Page) -> None:
    page.wait_for_load_state()  # its words may be there before its style sheet is
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_broadcast_from_the_first_word_to_the_last_recipient(sign_in: SignIn, own_city: Any) -> None:
    crowd(own_city, own_city.broadcasts.approval_above + 5)
    author = sign_in("editor", "li")
    author.goto("/staff/broadcasts")
    author.get_by_role("link", name="Write a broadcast").click()
    author.get_by_label("Name (for colleagues only)").fill("Water")
    author.get_by_label("Title (Chinese)").fill("停水通知")
    author.get_by_label("Title (English)").fill("Water supply")
    author.get_by_label("Text (Chinese)").fill("海港区明天停水。")
    author.get_by_role("button", name="Save draft").click()
    expect(author.locator(".invalid-feedback")).to_have_text(["This has to be filled in."])
    expect(author.get_by_label("Text (Chinese)")).to_have_value("海港区明天停水。")
    author.get_by_label("Text (English)").fill("No water in Haigang tomorrow.")
    author.get_by_label("Everybody who ever wrote to us").check()
    author.get_by_role("button", name="Save draft").click()

    expect(author.locator(".shown")).to_contain_text("No water in Haigang tomorrow.")
    expect(author.locator(".shown")).to_contain_text("1 SMS part")
    expect(author.locator("main")).to_contain_text("a colleague has to approve it")
    author.get_by_label("Phone number").fill("nobody")
    author.get_by_role("button", name="Send a test").click()
    expect(author.locator(".alert-warning")).to_contain_text("Nobody has written from there")
    expect(author.get_by_label("Phone number")).to_have_value("nobody")
    author.get_by_label("Phone number").fill("sms-zh-000003")
    author.get_by_role("button", name="Send a test").click()
    expect(author.locator(".alert-success")).to_have_text("The test is on its way.")
    assert [row.contact_id for row in own_city.rows(Notice)] == ["sms-zh-000003"]
    author.get_by_role("button", name="Send in for approval").click()
    expect(author.locator("main")).to_contain_text("Waiting for a colleague who may approve broadcasts.")

    approver = sign_in("manager", "wang")
    approver.goto(author.url)
    approver.locator("summary", has_text="Approve and send").click()
    expect(approver.locator("details[open]")).to_contain_text("What is sent cannot be called back.")
    assert own_city.row(Broadcast).state == "submitted", "asked, and not yet answered"
    approver.get_by_role("button", name="Approve and send").click()
    expect(approver.locator("[data-state=approved]")).to_be_visible()
    # What the workers do meanwhile; the page watches by itself.
    own_city.due.run()
    expect(approver.locator("[data-state=running]")).to_be_visible()
    approver.reload()
    approver.evaluate("document.title = 'not reloaded'")
    while own_city.notice_sender.run():
        pass
    own_city.broadcast_preparing.finish()
    total = own_city.broadcasts.approval_above + 5
    expect(approver.locator("[data-state=done] .legend")).to_contain_text(f"sent {total}")
    expect(approver).to_have_title("not reloaded")


def test_the_bookings_of_a_day_and_the_door_on_a_phone(sign_in: SignIn, own_city: Any) -> None:
    bookable(own_city, lead_minutes=0, cancel_minutes=1)
    soon, later = (slot(own_city, utcnow() + dt.timedelta(minutes=minutes)) for minutes in (30, 60))
    codes = []
    for person, at, name in zip(people(own_city, 3), (soon, soon, later), ("王小明", "Anna Berg", "李雷"), strict=True):
        held = own_city.bookings.hold(person, at, {"adult": 1}, "k")
        codes.append(own_city.bookings.confirm(person, held.code, [Guest(name)]).code)
    clerk = sign_in("editor", "li", "zh", PHONE)
    day = own_city.bookings.by_code(codes[0]).starts_at.astimezone(own_city.time_zone).date()
    clerk.goto(f"/staff/bookings?day={day}&q=anna")
    expect(clerk.locator("tbody tr")).to_have_count(1)
    no_wider_than_its_window(clerk)
    row = clerk.locator("tbody tr")
    label, text = row.locator("td").nth(1), row.locator("td div").first
    box, inner = label.bounding_box(), text.bounding_box()
    assert box is not None
    assert inner is not None
    assert inner["x"] > box["x"] + 60, "beside its label"
    clerk.get_by_role("link", name=grouped(codes[1])).click()
    expect(clerk.get_by_label("预订码")).to_have_value(codes[1])
    clerk.get_by_role("button", name="放行").click()
    expect(clerk.locator(".alert-success")).to_contain_text("可以入场，共1人")
    expect(clerk.get_by_label("预订码")).to_be_focused()
    clerk.keyboard.type(" ".join(codes[1].lower()))
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".alert-danger")).to_contain_text("用过了，不要再放行")
    expect(clerk.locator(".alert-danger")).to_contain_text("Anna Berg")
    no_wider_than_its_window(clerk)
    assert own_city.row(Booking, code=codes[1]).state == "arrived"

    clerk.goto(f"/staff/closures?slot={later}")
    clerk.get_by_label("原因（中文）").fill("大风")
    clerk.get_by_role("button", name="看看影响多少人").click()
    expect(clerk.locator(".alert-warning")).to_contain_text("将关闭1个场次；1个预订（共1人）会作废")
    no_wider_than_its_window(clerk)
    clerk.get_by_role("button", name="关闭并通知").click()
    expect(clerk.locator(".alert-success")).to_contain_text("1个预订已作废")
    assert own_city.row(Booking, code=codes[2]).state == "closed"
    assert [row.closed_at is None for row in own_city.rows(Slot, bookable_id=ENTRY)] == [True, False]


def test_an_alert_is_raised_looked_at_and_ended(sign_in: SignIn, own_city: Any) -> None:
    Subscriber(own_city).wants("wind")
    manager = sign_in("manager", "wang", "en", PHONE)
    manager.goto("/staff/alerts")
    manager.get_by_role("link", name="Raise an alert").click()
    manager.get_by_label("Kind").select_option("strong wind")
    manager.get_by_label("Headline in Chinese").fill("北戴河区大风橙色预警")
    manager.get_by_label("Headline in English").fill("Orange gale warning for Beidaihe")
    manager.get_by_label("Beidaihe District").check()
    manager.get_by_label("Latitude").fill("39.8")
    until = utcnow().astimezone(own_city.time_zone) + dt.timedelta(hours=6)
    manager.get_by_label("Until (local time)").fill(f"{until:%Y-%m-%dT%H:%M}")
    manager.get_by_role("button", name="Look at it first").click()
    expect(manager.locator(".invalid-feedback")).to_have_text(["Give latitude, longitude and radius together"])
    expect(manager.get_by_label("Beidaihe District")).to_be_checked()
    manager.get_by_label("Latitude").fill("")
    manager.get_by_role("button", name="Look at it first").click()
    expect(manager.locator(".alert-warning")).to_contain_text(f"Until {until:%Y-%m-%d %H:%M}.")
    expect(manager.locator(".alert-warning")).to_contain_text("One person will be told.")
    no_wider_than_its_window(manager)
    manager.get_by_label("Headline in English").fill("Red gale warning for Beidaihe")
    manager.keyboard.press("Enter")
    expect(manager.locator(".alert-warning")).to_contain_text("Red gale warning for Beidaihe")
    assert own_city.rows(Alert) == [], "Enter looks, and does not send"
    manager.get_by_role("button", name="Send it").click()
    expect(manager.locator(".alert-success")).to_contain_text("The alert is out.")
    no_wider_than_its_window(manager)
    manager.get_by_role("link", name="All clear").click()
    expect(manager.locator("main")).to_contain_text("Everybody who was told of it is told that it is over.")
    manager.get_by_role("button", name="All clear").click()
    expect(manager.locator(".alert-success")).to_contain_text("The alert is over")
    expect(manager.get_by_role("link", name="All clear")).to_have_count(0)
    assert own_city.alerts.current(utcnow()) == []


def test_a_text_is_tried_saved_and_set_back(sign_in: SignIn, own_city: Any) -> None:
    clerk = sign_in("editor", "li")
    clerk.goto("/staff/templates")
    clerk.get_by_role("link", name="Booking moved").click()
    sms = clerk.get_by_label("SMS (English)")
    shipped = sms.input_value()
    sms.fill("Now {to}: {what}")
    clerk.get_by_role("button", name="Preview").click()
    expect(clerk.locator(".invalid-feedback")).to_contain_text("There is no placeholder {to} here.")
    expect(sms).to_be_focused()
    sms.fill("Now {when}: {what}")
    clerk.get_by_role("button", name="Preview").click()
    expect(clerk.locator("[data-unsaved]")).to_contain_text("Now Wed 1 Jul")
    assert own_city.templates.edited()["booking_moved"] == 0
    clerk.get_by_label("What was changed, and why").fill("shorter")
    clerk.get_by_role("button", name="Save and use").click()
    newest = clerk.locator(".timeline > li").first
    expect(newest).to_contain_text("shorter")
    expect(newest.locator("dd")).to_have_text(["Now {when}: {what}"])  # only what this version changed
    clerk.get_by_role("button", name="Use this version").click()
    expect(clerk.locator(".timeline > li")).to_have_count(3)
    expect(sms).to_have_value(shipped)
    assert own_city.templates.history("booking_moved")[0].texts["en"]["sms"] == shipped
