"""Questions on the map, through the whole product, in both languages: the nearest clinic from three kinds of beginning,
a way by bus and the last bus back, a plan changed twice, the sea and the air with source and age.
"""

from __future__ import annotations

import datetime as dt

import pytest
import requests

from tests.support.stack import Stack

STATION_GCJ02 = {"lat": 39.9466, "lon": 119.6008}  # the railway station, as a WeChat phone reports it
NEAR_FIRST_HOSPITAL = "秦皇岛市第一医院"


def test_clinic_from_nothing_then_a_wechat_location(stack: Stack) -> None:
    phone = stack.wechat()
    asked = phone.ask("孩子发烧了，最近的医院").text
    assert "儿科" in asked
    assert "您在哪儿" in asked
    assert "120" in asked
    phone.send(type="location", label="秦皇岛站", **STATION_GCJ02)
    answer = phone.next_answer().text
    assert NEAR_FIRST_HOSPITAL in answer
    assert "未核实" in answer  # nobody knows its hours, and nobody guesses them
    assert "不是诊断" in answer


@pytest.mark.parametrize(
    ("lang", "question", "facts"),
    [
        ("zh", "牙疼，秦皇岛站附近哪家医院能看", ("口腔科", NEAR_FIRST_HOSPITAL, "不做诊断")),
        (
            "en",
            "toothache, where can I go near Qinhuangdao station",
            ("dentistry", "First Hospital", "Not a diagnosis"),
        ),
        (
            "en",
            "nearest hospital open now near Qinhuangdao station",
            ("First Hospital of Qinhuangdao", "not confirmed"),
        ),
    ],
)
def test_clinic_near_a_landmark(stack: Stack, lang: str, question: str, facts: tuple[str, ...]) -> None:
    answer = stack.web(lang).ask(question).text
    for fact in facts:
        assert fact in answer, answer


WAYS = {
    "zh": (
        ("从秦皇岛站到鸽子窝怎么坐车", ("34路", "2元", "2016", "核实")),
        ("末班车几点", ("鸽子窝公园", "34路", "末班")),
        ("34路经过哪里", ("34路", "第一医院", "2016")),
    ),
    "en": (
        ("how do I get from the train station to Pigeon Nest Park by bus", ("Bus 34", "2 yuan", "2016", "check")),
        ("when is the last bus back", ("Pigeon Nest Park to Qinhuangdao Railway Station", "Bus 34", "not known")),
        ("where does bus 34 go", ("Bus 34", "First Hospital", "2016")),
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_by_bus_and_the_last_bus_back(stack: Stack, lang: str) -> None:
    phone = stack.web(lang)
    for question, facts in WAYS[lang]:
        answer = phone.ask(question).text
        for fact in facts:
            assert fact in answer, f"{question}: {answer}"


PLANS = {
    "zh": (("山海关玩半天怎么安排", "半日"), ("不要古城", "山海关"), ("换成下午", "下午")),
    "en": (
        ("plan half a day in Shanhaiguan", "half day"),
        ("drop the second stop", "Shanhaiguan"),
        ("make it the afternoon", "afternoon"),
    ),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_changed_twice(stack: Stack, lang: str) -> None:
    phone, plans = stack.web(lang), []
    for said, fact in PLANS[lang]:
        plans.append(phone.ask(said))
        assert fact in plans[-1].text, f"{said}: {plans[-1].text}"
        assert ("估算" if lang == "zh" else "estimates") in plans[-1].text
    assert len({plan.text for plan in plans}) == 3
    cards = plans[-1].raw["cards"]
    assert any(card["image"] for card in cards), cards
    picture = next(card["image"]["url"] for card in cards if card["image"])
    drawn = requests.get(stack.url + picture, timeout=10)
    assert drawn.status_code == 200
    assert drawn.headers["Content-Type"].startswith("image/svg+xml")


def test_the_sea_and_the_air_as_stations_report_them(stack: Stack) -> None:
    assert "没有海况读数" in stack.web("zh").ask("海水能游泳吗").text
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10)
    readings = stack.container.readings

    def post(station: str, *values: tuple[str, object, str]) -> None:
        rows = [
            {"quantity": name, "value": value, "unit": unit, "observed_at": now.isoformat()}
            for name, value, unit in values
        ]
        sent = requests.post(
            f"{stack.url}/api/v1/readings",
            json={"readings": rows},
            headers={"Authorization": f"Bearer {readings.issue_token(station)}"},
            timeout=10,
        )
        assert sent.status_code in (200, 201), sent.text

    post(
        "station:laohushi", ("sea_temperature", 23.5, "degC"), ("wave_height", 0.4, "m"), ("beach_flag", "red", "flag")
    )
    chinese = stack.web("zh").ask("老虎石现在能下海游泳吗").text
    assert "红旗" in chinese
    assert "分钟前" in chinese
    english = stack.web("en").ask("can we swim at Tiger Rock today").text
    assert "red flag" in english.lower()
    assert "min" in english
    post("station:1042a", ("pm2_5_1h", 30, "ug/m3"), ("pm10_1h", 50, "ug/m3"), ("o3_1h", 90, "ug/m3"))
    air = stack.web("zh").ask("北戴河今天空气怎么样").text
    assert "PM2.5" in air
    assert "分钟前" in air
