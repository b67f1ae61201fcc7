"""Outside providers may fail, be slow and be asked too much: none of it reaches a person."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from geopy.exc import ConfigurationError

from backend.geocoders.outside import KEPT_SECONDS, PROVIDERS, REST_SECONDS, WAITING, OutsideGeocoder
from backend.services.geocoding import Found, NotFound
from tests.geocoders.providers import FAULTS, PARK, FakeHttp
from tests.support.container import Parts, build

PROVIDER = pytest.mark.parametrize("provider", PROVIDERS)


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def made(city: Parts, http: FakeHttp, clock: Clock | None = None, **changed: Any) -> OutsideGeocoder:
    values: dict[str, Any] = {"key": "right", "per_second": 1_000, "user_agent": "tests", "timeout": 1.5, **changed}
    return OutsideGeocoder(
        http.provider,
        city="秦皇岛市",
        bounds=city.basics.city.bounds,
        adapter_factory=http,
        clock=clock or Clock(),
        **values,
    )


@PROVIDER
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_not_found_and_is_logged_without_the_words(
    city: Parts, provider: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    http = FakeHttp(provider)
    geocoder = made(city, http)
    http.fault = FAULTS[fault]
    with caplog.at_level(logging.INFO):
        assert geocoder.geocode("里尔酒店") is None
        assert geocoder.reverse(PARK[1]) is None
    assert f"geocoder {provider} failed" in caplog.text
    assert "里尔" not in caplog.text


@PROVIDER
@pytest.mark.parametrize("fault", FAULTS)
def test_a_provider_that_only_costs_time_is_left_alone_for_a_while(city: Parts, provider: str, fault: str) -> None:
    http, clock = FakeHttp(provider), Clock()
    geocoder = made(city, http, clock)
    http.fault = FAULTS[fault]
    assert geocoder.geocode("里尔酒店") is None
    http.fault = None
    rests = fault in ("timeout", "refused", "too many")
    assert (geocoder.geocode(PARK[0]) is None) is rests
    assert len(http.asked) == (1 if rests else 2)
    clock.now += REST_SECONDS + 1
    assert geocoder.geocode(PARK[0]) is not None


@PROVIDER
def test_an_answer_is_kept_for_a_day(city: Parts, provider: str) -> None:
    http, clock = FakeHttp(provider), Clock()
    geocoder = made(city, http, clock)
    for _ in range(3):
        assert geocoder.geocode(PARK[0]) is not None
    assert len(http.asked) == 1
    clock.now += KEPT_SECONDS + 1
    geocoder.geocode(PARK[0])
    assert len(http.asked) == 2


def test_nothing_found_is_kept_too(city: Parts) -> None:
    http = FakeHttp("amap")
    geocoder = made(city, http)
    assert [geocoder.geocode("没有这个地方") for _ in range(3)] == [None] * 3
    assert len(http.asked) == 1


@PROVIDER
def test_the_question_is_about_the_city_in_time_and_under_our_name(city: Parts, provider: str) -> None:
    http = FakeHttp(provider)
    made(city, http).geocode("里尔酒店")
    [query] = http.asked
    hint = {"nominatim": ("bounded", "1"), "baidu": ("address", "秦皇岛市里尔酒店"), "amap": ("city", "秦皇岛市")}
    name, value = hint[provider]
    assert query[name] == value
    assert http.timeouts == [1.5]
    assert http.agents == ["tests"]
    if provider == "nominatim":
        assert query["viewbox"] == "118.5,39.3,119.95,40.7"


def test_more_than_a_few_do_not_wait_for_a_slow_provider(city: Parts) -> None:
    http = FakeHttp("nominatim")
    geocoder = made(city, http)
    inside, go_on = threading.Semaphore(0), threading.Event()
    get = http.get

    def slow(*arguments: Any) -> Any:
        inside.release()
        assert go_on.wait(10)
        return get(*arguments)

    http.get = slow  # type: ignore[method-assign]
    threads = [threading.Thread(target=geocoder.geocode, args=(f"里尔酒店{n}",)) for n in range(WAITING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=10)
    assert geocoder.geocode("第三家酒店") is None
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(http.asked) == WAITING


def test_the_rate_is_kept(city: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    geocoder = made(city, FakeHttp("amap"), per_second=2)
    assert geocoder._geocode.min_delay_seconds == geocoder._reverse.min_delay_seconds == 0.5
    slept: list[float] = []
    ticks = iter([100.0, 100.1, 100.6])
    monkeypatch.setattr(geocoder._geocode, "_clock", lambda: next(ticks))
    monkeypatch.setattr(geocoder._geocode, "_sleep", slept.append)
    geocoder.geocode("一")
    geocoder.geocode("二")
    assert slept == [pytest.approx(0.4)]


def test_a_wrong_key_is_not_found(city: Parts) -> None:
    assert made(city, FakeHttp("amap"), key="wrong").geocode(PARK[0]) is None


def test_nominatim_without_a_name_of_ours_is_refused(city: Parts) -> None:
    with pytest.raises(ConfigurationError):
        made(city, FakeHttp("nominatim"), user_agent="")


class TestWiring:
    def test_nobody_is_asked_unless_somebody_says_so(self) -> None:
        assert build("sqlite://").outside_geocoder is None

    def test_the_setting_plugs_a_provider_in(self, city: Parts) -> None:
        parts = build("sqlite://", geocoder="amap", geocoder_key="right", geocoder_timeout_seconds=3)
        parts.__dict__["basics"] = city.basics
        assert isinstance(parts.outside_geocoder, OutsideGeocoder)

    @pytest.mark.parametrize("fault", [None, *FAULTS])
    def test_the_finder_goes_on_without(self, city: Parts, fault: str | None) -> None:
        http = FakeHttp("nominatim")
        http.fault = FAULTS[fault] if fault else None
        parts = build("sqlite://")
        parts.__dict__.update(basics=city.basics, places=city.places, outside_geocoder=made(city, http))
        assert isinstance(parts.finder.find("里尔酒店附近"), NotFound)
        assert isinstance(parts.finder.find("鸽子窝附近"), Found)
