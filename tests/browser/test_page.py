"""The page itself: languages, small screens, keyboard, screen reader, consent to location, nothing from elsewhere."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from backend import city_pack
from backend.config import Settings
from backend.web import init_web
from tests.browser.conftest import OpenPage
from tests.browser.stand_in import StandIn, reply
from tests.browser.test_replies import SOURCE, card
from tests.browser.test_sending import write

pytestmark = pytest.mark.browser

HERE = {"latitude": 39.935123456, "longitude": 119.600987654}


def test_city_name_comes_from_the_pack(open_page: OpenPage) -> None:
    expect(open_page()).to_have_title("湾镇城市管家")
    english = open_page(locale="en-GB")
    expect(english).to_have_title("Bay Town City Concierge")
    expect(english.get_by_role("button", name="What is there to see in Bay Town?")).to_be_visible()


def test_example_asks_its_question(page: Page, server: StandIn) -> None:
    page.get_by_role("button", name="附近有医院吗？").click()
    expect(page.locator("#log > .person .bubble")).to_contain_text("附近有医院吗？")
    server.wait(lambda s: [post["text"] for post in s.posts] == ["附近有医院吗？"])


def test_language_changes_at_once_and_stays(page: Page, server: StandIn) -> None:
    write(page, "你好")
    expect(page.locator("#log > .city")).to_have_count(1)
    page.get_by_role("button", name="Switch to English").click()
    expect(page).to_have_title("Bay Town City Concierge")
    expect(page.locator("#log > .person .state")).to_have_text("Sent")
    expect(page.get_by_label("Your question")).to_have_attribute("placeholder", "Your question…")
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    expect(page.get_by_role("button", name="切换到中文")).to_have_text("中文")
    expect(page.locator("#log > li")).to_have_count(2)
    page.get_by_role("button", name="切换到中文").click()
    expect(page).to_have_title("湾镇城市管家")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("larger", [False, True])
def test_nothing_is_wider_than_a_small_screen(open_page: OpenPage, server: StandIn, locale: str, larger: bool) -> None:
    page = open_page(locale=locale, viewport={"width": 320, "height": 568})
    if larger:
        page.locator("#larger").click()
    links = [{"title": "拨打 +86 335 1234567 转接很长的部门名称", "url": "tel:+863351234567"}]
    place = {"id": "a", "name": "a", "lat": 39.83, "lon": 119.52, "datum": "GCJ-02"}
    server.say(
        reply(
            "https://example.org/" + "a" * 200,
            cards=[
                card(
                    title="b" * 120, lines=["c" * 150], links=links, place=place, source={**SOURCE, "source": "d" * 90}
                )
            ],
            quick_replies=[{"title": "e" * 60, "payload": "more"}, {"title": "短", "payload": "more"}],
        )
    )
    expect(page.locator(".card")).to_have_count(1)
    page.locator("#question").fill("f" * 300)
    too_wide = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => !e.classList.contains("sr") && e.getBoundingClientRect().right > innerWidth + 0.5)
            .map((e) => e.tagName + "." + e.className)"""
    )
    assert too_wide == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.getElementById('scroll').scrollWidth <= 320")


def test_larger_text_stays(page: Page) -> None:
    def size() -> float:
        return float(page.locator("#question").evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))

    normal = size()
    assert normal >= 17
    page.get_by_role("button", name="用更大的字").click()
    assert size() > normal * 1.2
    page.reload()
    expect(page.get_by_role("button", name="用更大的字")).to_have_attribute("aria-pressed", "true")
    assert size() > normal * 1.2


def test_location_is_sent_only_after_consent(open_page: OpenPage, server: StandIn) -> None:
    page = open_page(geolocation=HERE, permissions=["geolocation"])
    server.wait(lambda s: s.streams_open == 1)
    locate = page.get_by_role("button", name="发送我的位置")
    locate.click()
    dialog = page.get_by_role("dialog", name="发送您现在的位置？")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="暂不发送").click()
    expect(dialog).to_be_hidden()
    expect(locate).to_be_enabled()
    locate.click()
    page.keyboard.press("Escape")
    expect(locate).to_be_enabled()
    assert server.posts == []
    locate.click()
    page.get_by_role("button", name="同意并发送").click()
    server.wait(lambda s: len(s.posts) == 1)
    assert server.posts[0]["location"] == {"lat": 39.93512, "lon": 119.60099, "datum": "WGS-84"}
    assert "text" not in server.posts[0]
    expect(page.locator("#log > .person .pin")).to_have_text("我的位置")
    locate.click()
    server.wait(lambda s: len(s.posts) == 2)
    expect(dialog).to_be_hidden()


def test_denied_location_says_what_else_to_do(open_page: OpenPage, server: StandIn) -> None:
    page = open_page(permissions=[])
    page.get_by_role("button", name="发送我的位置").click()
    page.get_by_role("button", name="同意并发送").click()
    expect(page.locator("#notice")).to_contain_text("火车站附近")
    assert server.posts == []


def test_keyboard_alone_is_enough(page: Page, server: StandIn) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    server.wait(lambda s: [post["text"] for post in s.posts] == ["第一行\n第二行"])


def test_screen_reader_hears_new_answers_only(page: Page, server: StandIn) -> None:
    log = page.get_by_role("log", name="对话")
    expect(log).to_have_attribute("aria-live", "polite")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, a")]
            .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim())).length"""
    )
    assert unnamed == 0
    server.say(reply("Sunrise at six", lang="en"))
    expect(page.locator("#log > .city .bubble")).to_have_attribute("lang", "en")


def test_touch_targets_are_large_enough(page: Page, server: StandIn) -> None:
    server.say(
        reply(
            "a",
            cards=[card(links=[{"title": "打", "url": "tel:12345"}])],
            quick_replies=[{"title": "好", "payload": "more"}],
        )
    )
    expect(page.locator(".chip")).to_have_count(1)
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .action")]
            .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, r]) => r.width && (r.width < 40 || r.height < 40)).map(([text]) => text)"""
    )
    assert small == []


def test_nothing_moves_while_the_page_loads_and_answers(open_page: OpenPage, server: StandIn) -> None:
    page = open_page("/assets/0/icon.svg")
    page.add_init_script(
        """window.shifts = 0;
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto("/")
    server.wait(lambda s: s.streams_open >= 1)
    write(page, "你好")
    expect(page.locator("#log > .city")).to_have_count(1)
    assert page.evaluate("window.shifts") < 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page: OpenPage, server: StandIn, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    server.fail = [(400, {"error": {"message": "没有被接收"}})]
    write(page, "你好")
    server.say(
        reply(
            "电话 0335-5908114",
            cards=[
                card(
                    lines=["行"],
                    links=[{"title": "拨打120", "url": "tel:120"}, {"title": "拨打12345", "url": "tel:12345"}],
                )
            ],
            source=SOURCE,
            quick_replies=[{"title": "好", "payload": "more"}],
        ),
        reply(
            "b",
            cards=[card(source={**SOURCE, "confidence": "low"})],
            quick_replies=[{"title": "好", "payload": "more"}],
        ),
    )
    expect(page.locator("#log > .city")).to_have_count(2)
    weak = page.evaluate(
        """() => {
          const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
          const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
          const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
          const ground = (e) => {
            const layers = [];
            for (; e; e = e.parentElement) {
              const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
              if (a > 0) layers.push([r, g, b, a]);
              if (a === 1) break;
            }
            const over = (under, [r, g, b, a]) => [r, g, b].map((v, i) => v * a + under[i] * (1 - a));
            return layers.reverse().reduce(over, [255, 255, 255]);
          };
          const bad = [];
          for (const e of document.querySelectorAll("body *")) {
            const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || !e.getClientRects().length || e.closest(".sr, svg, noscript, dialog")) continue;
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < 4.5) bad.push(`${e.className || e.tagName}: ${ratio.toFixed(2)}`);
          }
          return bad;
        }"""
    )
    assert weak == []


def client(settings: Settings):
    app = Flask("pages")
    init_web(app, settings, city_pack.load(settings.pack_dir))
    return app.test_client()


def test_policy_forbids_inline_scripts_and_other_hosts(settings: Settings) -> None:
    answer = client(settings).get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    html = answer.get_data(as_text=True)
    assert "onclick" not in html and "style=" not in html and "http://" not in html and "https://" not in html


def test_files_are_kept_for_ever_under_their_version_only(settings: Settings) -> None:
    http = client(settings)
    html = http.get("/").get_data(as_text=True)
    path = html.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in http.get(path).headers["Cache-Control"]
    other = "/assets/older/" + path.split("/", 3)[3]
    assert http.get(other).headers["Cache-Control"] == "no-cache"
    for outside in ("/assets/x/../pages.py", "/assets/x/..%2f..%2fpages.py", "/assets/x/chat/", "/assets/x/nothing.js"):
        assert http.get(outside).status_code == 404


def test_page_is_light(settings: Settings) -> None:
    http = client(settings)
    html = http.get("/").get_data(as_text=True)
    paths = {part.split('"')[0] for part in html.split('href="')[1:] if part.startswith("/assets")}
    total = len(html.encode()) + sum(len(http.get(path).data) for path in paths)
    # Before compression; over a slow phone connection (1.6 Mbit/s) under half a second.
    assert total < 80_000


def test_simulator_does_not_exist_in_production(settings: Settings) -> None:
    assert client(settings).get("/simulator").status_code == 200
    production = Settings(
        **{
            **settings.model_dump(),
            "app_env": "production",
            "fakes_url": "",
            "database_url": "postgresql+psycopg://db/concierge",
        }
    )
    assert client(production).get("/simulator").status_code == 404
    assert client(production).get("/").status_code == 200
