"""The simulator over the real fakes: what a phone sends reaches the webhook, what a client sends shows on the phone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import pytest
import requests
from defusedxml.ElementTree import fromstring
from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from backend.config import Settings
from dev.fakes.app import create_app as create_fakes
from dev.fakes.config import FakesConfig
from tests.browser.stand_in import StandIn, create_app

pytestmark = pytest.mark.browser

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
FROM = "+15005550006"


@dataclass
class City:
    """The product's side: its webhooks note what they get, and it can send through the providers."""

    url: str = ""
    fakes: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    passive: str = ""

    def sms(self, to: str, body: str) -> None:
        """As the product's SMS channel does, with a status callback."""
        data = {"To": to, "From": FROM, "Body": body, "StatusCallback": f"{self.url}/channels/twilio/status"}
        url = f"{self.fakes}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        requests.post(url, data=data, auth=(ACCOUNT, "secret"), timeout=5).raise_for_status()

    def customer_service(self, openid: str, **message: Any) -> int:
        """As the product's WeChat channel does after the five seconds; the error code."""
        body = {"grant_type": "client_credential", "appid": "wx1", "secret": "secret"}
        token = requests.post(f"{self.fakes}/cgi-bin/stable_token", json=body, timeout=5).json()["access_token"]
        url = f"{self.fakes}/cgi-bin/message/custom/send?access_token={token}"
        code: int = requests.post(url, json={"touser": openid, **message}, timeout=5).json()["errcode"]
        return code

    def wait_for(self, count: int) -> dict[str, Any]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.received) >= count, timeout=10), "no webhook"
            return self.received[count - 1]


def webhooks(app: Flask, city: City) -> None:
    """The product's three addresses for providers."""

    def note(message: dict[str, Any]) -> None:
        with city.changed:
            city.received.append(message)
            city.changed.notify_all()

    @app.post("/channels/twilio/sms")
    def sms() -> Response:
        note(request.form.to_dict())
        return Response("<Response/>", mimetype="text/xml")

    @app.post("/channels/twilio/status")
    def status() -> Response:
        return Response(status=204)

    @app.post("/channels/wechat")
    def wechat() -> Response:
        message = {child.tag: child.text for child in fromstring(request.get_data())}
        note(message)
        if not city.passive:
            return Response("success")
        return Response(
            f"<xml><ToUserName>{message['FromUserName']}</ToUserName><FromUserName>{message['ToUserName']}</FromUserName>"
            f"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>{escape(city.passive)}</Content></xml>"
        )


@pytest.fixture
def city(settings: Settings) -> Iterator[City]:
    made = City()
    apps: dict[str, Flask] = {}

    def late(name: str) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
        # Each side needs the other's address, so both are bound before either is built.
        return lambda environ, start: apps[name](environ, start)

    servers = [make_server("127.0.0.1", 0, late(name), threaded=True) for name in ("city", "fakes")]
    made.url, made.fakes = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    apps["city"] = create_app(
        settings.model_copy(update={"public_base_url": made.url, "fakes_url": made.fakes}), StandIn()
    )
    webhooks(apps["city"], made)
    apps["fakes"] = create_fakes(
        FakesConfig(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token="secret",
            twilio_from=FROM,
            wechat_app_id="wx1",
            wechat_app_secret="secret",
            wechat_token="token",
            public_base_url=made.url,
            status_delay_seconds=0.05,
        )
    )
    for server in servers:
        server.daemon_threads = True  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    for server in servers:
        server.shutdown()


@pytest.fixture
def simulator(browser: Browser, city: City) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{city.url}/simulator")
    expect(page.locator("#connection")).to_have_text("已连接模拟服务")
    yield page
    context.close()
    assert problems == []


def test_sms_goes_out_as_a_webhook_and_the_answer_shows_its_delivery(simulator: Page, city: City) -> None:
    simulator.locator("#sms-text").fill("鸽子窝公园几点开门")
    simulator.locator("#sms-form button").click()
    message = city.wait_for(1)
    assert (message["Body"], message["From"], message["To"]) == ("鸽子窝公园几点开门", "+15551230001", FROM)
    expect(simulator.locator("#sms-screen .mine .meta")).to_have_text("UCS-2 · 9/70 · 1段")
    city.sms("+15551230001", "Open 06:00-18:00")
    answer = simulator.locator("#sms-screen .theirs")
    expect(answer.locator(".bubble")).to_have_text("Open 06:00-18:00")
    expect(answer.locator(".meta")).to_have_text("GSM-7 · 16/160 · 1段 · 已送达")
    expect(simulator.locator("#rows .entry")).to_have_count(4)


def test_each_number_has_its_own_screen(simulator: Page, city: City) -> None:
    city.sms("+447700900123", "for somebody else")
    city.sms("+15551230001", "for me")
    expect(simulator.locator("#sms-screen .bubble")).to_have_text(["for me"])
    simulator.locator("#sms-contact").fill("+447700900123")
    simulator.locator("#sms-contact").blur()
    expect(simulator.locator("#sms-screen .bubble")).to_have_text(["for somebody else"])


def test_wechat_tells_passive_and_customer_service_replies_apart(simulator: Page, city: City) -> None:
    city.passive = "06:00-18:00 <开放>"
    simulator.locator("#wechat-text").fill("几点开门")
    simulator.locator("#wechat-form button").click()
    message = city.wait_for(1)
    assert (message["MsgType"], message["Content"]) == ("text", "几点开门")
    expect(simulator.locator("#wechat-screen .passive .bubble")).to_have_text("06:00-18:00 <开放>")
    article = {"title": "鸽子窝公园", "description": "门票25元", "url": "https://example.org/"}
    assert city.customer_service(message["FromUserName"], msgtype="news", news={"articles": [article]}) == 0
    expect(simulator.locator("#wechat-screen a.news strong")).to_have_text("鸽子窝公园")
    expect(simulator.locator("#wechat-screen .meta").last).to_have_text("客服消息 · 还可发4条")


def test_wechat_text_shows_links_and_no_other_markup(simulator: Page, city: City) -> None:
    city.passive = '<b>地图</b> <a href="https://example.org/?a=1&amp;b=2">高德地图</a> <a href="javascript:1">坏</a>'
    simulator.locator("#wechat-text").fill("在哪儿")
    simulator.locator("#wechat-form button").click()
    bubble = simulator.locator("#wechat-screen .passive .bubble")
    expect(bubble).to_have_text('<b>地图</b> 高德地图 <a href="javascript:1">坏</a>')
    expect(bubble.locator("a")).to_have_attribute("href", "https://example.org/?a=1&b=2")


def test_wechat_location_and_follow(simulator: Page, city: City) -> None:
    simulator.locator("#follow").click()
    assert city.wait_for(1)["Event"] == "subscribe"
    simulator.locator(".place summary").click()
    simulator.locator("#label").fill("火车站")
    simulator.get_by_role("button", name="发送位置").click()
    message = city.wait_for(2)
    assert (message["MsgType"], message["Label"]) == ("location", "火车站")
    # The pack's centre; outside China WeChat's datum and WGS-84 are the same.
    assert abs(float(message["Location_X"]) + 36.85) < 0.0001
    expect(simulator.locator("#wechat-screen .note")).to_have_text("已关注")


def test_raw_requests_can_be_opened(simulator: Page, city: City) -> None:
    city.passive = "好"
    simulator.locator("#wechat-text").fill("你好")
    simulator.locator("#wechat-form button").click()
    entry = simulator.locator("#rows .entry").first
    entry.locator("summary").click()
    expect(entry.locator("pre").first).to_contain_text("<Content><![CDATA[你好]]></Content>")
    expect(entry.locator("pre").last).to_contain_text("<Content>好</Content>")


def test_fault_is_switched_on_and_cleared(simulator: Page, city: City) -> None:
    simulator.get_by_label("短信接口").select_option("500")
    expect(simulator.get_by_label("短信接口")).to_have_value("500")
    simulator.wait_for_function(
        f"() => fetch('{city.fakes}/_control').then((r) => r.json()).then((s) => s.twilio.mode === '500')"
    )
    with pytest.raises(requests.HTTPError):
        city.sms("+15551230001", "lost")
    simulator.get_by_role("button", name="全部清空").click()
    expect(simulator.get_by_label("短信接口")).to_have_value("ok")
    city.sms("+15551230001", "here")
    expect(simulator.locator("#sms-screen .bubble")).to_have_text(["here"])


def test_web_phone_is_the_chat_page_and_the_language_follows(simulator: Page) -> None:
    frame = simulator.frame_locator("iframe")
    expect(frame.locator("h1")).to_have_text("湾镇城市管家")
    simulator.get_by_role("button", name="Switch to English").click()
    expect(simulator.locator("#wechat-title")).to_have_text("WeChat")
    expect(frame.locator("h1")).to_have_text("Bay Town City Concierge")


def test_phones_stack_on_a_small_screen(simulator: Page) -> None:
    simulator.set_viewport_size({"width": 390, "height": 844})
    lefts = simulator.locator(".phone").evaluate_all("phones => phones.map((p) => p.getBoundingClientRect().left)")
    assert len(set(lefts)) == 1
    assert simulator.evaluate("document.documentElement.scrollWidth") == 390
