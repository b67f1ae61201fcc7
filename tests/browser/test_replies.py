"""How replies are drawn: as text and nothing but text, with numbers to call, places to find and sources to check."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stand_in import StandIn, reply
from tests.browser.test_sending import write

pytestmark = pytest.mark.browser

SOURCE = {"record": "attraction:a", "source": "文旅局", "confidence": "high", "as_of": "2026-05", "checked_by": ""}
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>&amp;"\'</script>'


def card(**changes: Any) -> dict[str, Any]:
    return {"title": "鸽子窝公园", "lines": [], "place": None, "links": [], "source": None, **changes}


def test_markup_is_shown_as_text(page: Page, server: StandIn) -> None:
    server.script = lambda body: [
        reply(
            EVIL,
            cards=[
                card(
                    title=EVIL,
                    lines=[EVIL],
                    place={"id": EVIL, "name": EVIL, "lat": 39.8, "lon": 119.5, "datum": "GCJ-02"},
                    links=[
                        {"title": EVIL, "url": "javascript:window.hacked=1"},
                        {"title": EVIL, "url": "https://example.org/?q=" + EVIL},
                    ],
                    source={**SOURCE, "source": EVIL, "as_of": EVIL},
                )
            ],
            quick_replies=[{"title": EVIL, "payload": "x"}],
        )
    ]
    write(page, EVIL)
    answer = page.locator("#log > .city")
    expect(answer.locator(".bubble")).to_have_text(f"管家：{EVIL}")
    expect(answer.locator("h3")).to_have_text(EVIL)
    expect(page.locator("#log > .person .bubble")).to_have_text(f"您：{EVIL}")
    expect(answer.locator(".chip")).to_have_text(EVIL)
    assert page.locator("#log img, #log script").count() == 0
    assert page.locator("#log a[href^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None
    page.reload()
    expect(answer.locator("h3")).to_have_text(EVIL)
    assert page.evaluate("window.hacked") is None


def test_chip_sends_its_title_and_payload_and_goes(page: Page, server: StandIn) -> None:
    server.script = lambda body: (
        [reply("25 元")]
        if body.get("payload")
        else [reply("鸽子窝公园", quick_replies=[{"title": "门票多少", "payload": "place_price:attraction:geziwo"}])]
    )
    write(page, "鸽子窝")
    page.get_by_role("button", name="门票多少").click()
    expect(page.locator("#log > .city").nth(1)).to_contain_text("25 元")
    sent = {key: value for key, value in server.posts[1].items() if key != "client_message_id"}
    assert sent == {"text": "门票多少", "payload": "place_price:attraction:geziwo", "lang": "zh"}
    expect(page.locator(".chip")).to_have_count(0)


def test_only_the_last_answer_keeps_its_chips(page: Page, server: StandIn) -> None:
    for title in ("旧的", "新的"):
        server.say(reply(title, quick_replies=[{"title": title, "payload": "more"}]))
    expect(page.locator(".chip")).to_have_text(["新的"])


@pytest.mark.parametrize(
    ("datum", "expected"),
    [
        (
            "GCJ-02",
            "https://uri.amap.com/marker?position=119.52,39.83&name=%E9%B8%BD%E5%AD%90%E7%AA%9D&coordinate=gaode",
        ),
        (
            "WGS-84",
            "https://uri.amap.com/marker?position=119.52,39.83&name=%E9%B8%BD%E5%AD%90%E7%AA%9D&coordinate=wgs84",
        ),
        ("BD-09", "https://api.map.baidu.com/marker?location=39.83,119.52"),
    ],
)
def test_map_link_keeps_the_datum(page: Page, server: StandIn, datum: str, expected: str) -> None:
    place = {"id": "attraction:geziwo", "name": "鸽子窝", "lat": 39.83, "lon": 119.52, "datum": datum}
    server.say(reply("在这里", cards=[card(place=place)]))
    link = page.get_by_role("link", name="看地图")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert (link.get_attribute("href") or "").startswith(expected)


def test_link_to_a_map_from_the_server_is_not_doubled(page: Page, server: StandIn) -> None:
    place = {"id": "a", "name": "a", "lat": 39.83, "lon": 119.52, "datum": "GCJ-02"}
    links = [{"title": "打开高德", "url": "https://uri.amap.com/marker?position=119.52,39.83"}]
    server.say(reply("在这里", cards=[card(place=place, links=links)]))
    expect(page.locator(".card .action")).to_have_text(["打开高德"])


def test_source_and_confidence_are_named(page: Page, server: StandIn) -> None:
    server.say(reply("a", cards=[card(source=SOURCE), card(source={**SOURCE, "confidence": "low"})]))
    expect(page.locator(".source")).to_have_text(
        ["来源：文旅局 · 2026-05资料 · 可信度高", "来源：文旅局 · 2026-05资料 · 仅供参考，请先核实"]
    )
    server.say(reply("没有卡片的答复", source=SOURCE))
    expect(page.locator("#log > .city .bubble .source")).to_have_text("来源：文旅局 · 2026-05资料 · 可信度高")


def test_long_source_is_folded_away(page: Page, server: StandIn) -> None:
    name = "公开发布的景点资料汇编（2026年修订），经志愿者逐条核对"
    server.say(reply("a", cards=[card(source={**SOURCE, "source": name})]))
    summary = page.locator("details.source summary")
    expect(summary).to_have_text("来源 · 2026-05资料 · 可信度高")
    expect(page.get_by_text(name)).to_be_hidden()
    summary.click()
    expect(page.get_by_text(name)).to_be_visible()


def test_several_cards_are_swiped_sideways_and_the_page_is_not(page: Page, server: StandIn) -> None:
    server.say(reply("五处", cards=[card(title=f"第{n}处") for n in range(5)]))
    cards = page.locator(".cards")
    expect(cards.locator(".card")).to_have_count(5)
    assert cards.evaluate("e => e.scrollWidth > e.clientWidth && e.getBoundingClientRect().right <= innerWidth")
    assert page.evaluate("document.getElementById('scroll').scrollWidth <= innerWidth")
    heights = cards.locator(".card").evaluate_all("cards => cards.map((c) => c.getBoundingClientRect().top)")
    assert len(set(heights)) == 1


def test_emergency_numbers_are_large_and_called_with_one_tap(page: Page, server: StandIn) -> None:
    links = [{"title": "拨打120急救", "url": "tel:120"}, {"title": "拨打12345", "url": "tel:12345"}]
    server.say(reply("请马上拨打120！", cards=[card(title="急救", links=links)]))
    big = page.locator(".action.emergency")
    expect(big).to_have_text("拨打120急救")
    expect(big).to_have_attribute("href", "tel:120")
    box = big.bounding_box()
    assert box is not None and box["height"] >= 56 and box["width"] >= 280
    assert float(big.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 24
    expect(page.locator(".bubble a.phone")).to_have_attribute("href", "tel:120")
    # At the top of the answer, not below what there is to read.
    expect(page.locator(".bubble .headline, .bubble > p").first).to_contain_text("请马上拨打120")
    assert page.locator(".card .emergency").count() == 0
    expect(page.locator(".card .action")).to_have_text("拨打12345")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("电话 0335-5908114，手机139 0335 1234。", ["tel:03355908114", "tel:13903351234"]),
        ("Phone +86 335 4041591.", ["tel:+863354041591"]),
        ("客服 400-123-4567", ["tel:4001234567"]),
        ("门票120元，全程 120 公里，120分钟", []),
        ("2026-05-01 07:30-18:00 开放，2026-10-07 止", []),
        ("急救拨打120，市民热线12345", ["tel:120"]),
    ],
)
def test_numbers_in_a_text_are_links_only_where_they_are_telephones(
    page: Page, server: StandIn, text: str, numbers: list[str]
) -> None:
    links = [{"title": "120", "url": "tel:120"}]
    server.say(reply(text, cards=[card(links=links)]))
    expect(page.locator("#log > .city .bubble p")).to_have_text(text)
    found = page.locator(".bubble a.phone").evaluate_all("links => links.map((l) => l.getAttribute('href'))")
    assert found == numbers


def test_long_answer_is_read_from_its_beginning(page: Page, server: StandIn) -> None:
    server.say(reply("开头\n" + "很长的一段话。\n" * 60))
    expect(page.locator("#log > .city")).to_have_count(1)
    assert page.locator(".headline").is_visible()
    top = page.locator(".headline").bounding_box()
    assert top is not None and 0 < top["y"] < 200
