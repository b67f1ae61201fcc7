"""The maps of the cards: they are seen, they open, they never break a card."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from backend.city_pack import Coast
from backend.services.maps import Maps
from tests.browser.conftest import OpenPage
from tests.browser.stand_in import StandIn, reply
from tests.browser.test_replies import card
from tests.factories import PlaceRow

pytestmark = pytest.mark.browser

PICTURE = {"url": "/maps/places/attraction:a.svg?lang=zh", "alt": "小地图：甲台和附近的地方"}
ROUTE = {"url": "/maps/route.svg?stops=attraction:a,attraction:b&lang=zh&first=1", "alt": "路线图"}


def serve_maps(page: Page) -> None:
    """As the product draws them; the stand-in has no places."""
    places = [PlaceRow.build(name_zh="甲台", extra={}), PlaceRow.build(name_zh="乙滩", lat=39.85, extra={})]
    drawn = Maps(Coast())

    def answer(route: Route) -> None:
        svg = drawn.route_map(places, "zh") if "route" in route.request.url else drawn.place_map(places[0], [], "zh")
        route.fulfill(body=svg, content_type="image/svg+xml; charset=utf-8")

    page.route("**/maps/**", answer)


def test_a_card_shows_its_map(page: Page, server: StandIn) -> None:
    serve_maps(page)
    server.say(reply("甲台", cards=[card(image=PICTURE), card(image=ROUTE), card()]))
    pictures = page.locator(".card .picture img")
    expect(pictures).to_have_count(2)
    expect(pictures.first).to_have_attribute("alt", PICTURE["alt"])
    expect(pictures.first).to_have_attribute("loading", "lazy")
    for n in range(2):
        pictures.nth(n).evaluate("image => image.decode()")
    place, route = (pictures.nth(n).bounding_box() for n in range(2))
    assert place is not None and route is not None
    assert place["width"] / place["height"] == pytest.approx(16 / 9, abs=0.05)
    assert route["width"] / route["height"] == pytest.approx(4 / 3, abs=0.05)
    assert page.evaluate("document.getElementById('scroll').scrollWidth <= innerWidth")


def test_a_tap_opens_the_map_by_itself(page: Page, server: StandIn) -> None:
    serve_maps(page)
    server.say(reply("甲台", cards=[card(image=PICTURE)]))
    link = page.locator(".card .picture")
    expect(link).to_have_attribute("href", PICTURE["url"])
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


@pytest.mark.parametrize(
    "url",
    ["https://example.org/x.png", "//example.org/maps/", "javascript:alert(1)", "/maps/../staff/", "/assets/x", ""],
)
def test_only_maps_of_ours_are_shown(page: Page, server: StandIn, url: str) -> None:
    server.say(reply("甲台", cards=[card(image={"url": url, "alt": "x"})]))
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card img")).to_have_count(0)


def test_a_map_that_cannot_be_had_leaves_no_gap(page: Page, server: StandIn) -> None:
    page.route("**/maps/**", lambda route: route.fulfill(status=404, body=""))
    server.say(reply("甲台", cards=[card(image=PICTURE, lines=["免费"])]))
    expect(page.locator(".card")).to_contain_text("免费")
    expect(page.locator(".card .picture")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_map_follows_the_colours_of_the_page(open_page: OpenPage, server: StandIn, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    serve_maps(page)
    server.say(reply("甲台", cards=[card(image=PICTURE)]))
    page.locator(".picture img").evaluate("image => image.decode()")
    light = page.evaluate(
        """() => {
          const image = document.querySelector('.picture img'), canvas = document.createElement('canvas');
          canvas.width = 40; canvas.height = 40;
          const context = canvas.getContext('2d');
          context.drawImage(image, 0, 0, 320, 180);
          return context.getImageData(10, 10, 1, 1).data[0];
        }"""
    )
    assert (light > 200) == (scheme == "light"), light
