"""Finding a place, reading its history, bringing an old version back, the audit trail, the languages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from backend.models import AuditEntry, Revision
from tests.support.console import ARTICLE, PLACE, Clerk, add_staff

GEZIWO = "attraction:geziwo"
PAGES = [
    "/staff/",
    PLACE,
    f"{PLACE}/history",
    f"{PLACE}/delete",
    "/staff/audit",
    "/staff/account",
    "/staff/change",
    "/staff/tf-setup",
    "/staff/mf-recovery-codes",
    "/staff/places/new",
    "/staff/places/clinic:qhd_first",
    "/staff/places/hub:rail_qhd",
    "/staff/articles",
    "/staff/articles/new",
    ARTICLE,
    f"{ARTICLE}/history",
    f"{ARTICLE}/delete",
    "/staff/unanswered",
    "/staff/unanswered?state=dismissed",
    "/staff/bookings",
    "/staff/check-in",
    "/staff/closures",
    "/staff/broadcasts",
    "/staff/broadcasts/new",
    "/staff/templates",
    "/staff/templates/booking_moved",
    "/staff/alerts",
    "/staff/alerts/new",
    "/staff/calendar",
    "/staff/webhooks",
]
# A message without words is shown as its id.
WORDLESS = re.compile(r'[>"](?:console|alerts|bookings|broadcast|calendar|closure|notice|template|webhooks)-[a-z]')


@pytest.mark.parametrize(
    "words", ["鸽子窝公园", "Pigeon Nest", "pigeon nest", "鹰角亭", "Dove Nest", "geziwo", "ＧＥＺＩＷＯ"]
)
def test_found_by_any_name(clerk: Clerk, words: str) -> None:
    assert "attraction:geziwo" in clerk.get(f"/staff/?q={words}").text


def test_the_list_by_kind_and_page(clerk: Clerk, own_city: Any) -> None:
    page = clerk.get("/staff/?kind=clinic").text
    assert "clinic:" in page
    assert "attraction:" not in page
    assert "没有找到" in clerk.get("/staff/?q=nothing_like_it").text
    total = own_city.content.find()[1]
    seen: set[str] = set()
    for number in range(1, total // 30 + 2):
        found = clerk.get(f"/staff/?page={number}").text.split('href="/staff/places/')[1:]
        seen |= {part.partition('"')[0] for part in found} - {"new"}
    assert len(seen) == total
    assert clerk.get("/staff/?page=9999").status_code == 302
    assert clerk.get("/staff/?page=-1").status_code == 200


def test_a_place_just_edited_comes_first(clerk: Clerk) -> None:
    clerk.save(notes_zh="刚改的")
    page = clerk.get("/staff/").text
    links = [part.partition('"')[0] for part in page.split('href="/staff/places/')[1:]]
    assert next(link for link in links if link != "new") == GEZIWO


def test_history_says_who_when_and_what(clerk: Clerk, own_city: Any) -> None:
    assert "还没有人改过" in clerk.get(f"{PLACE}/history").text
    clerk.save(price_text_zh="全年30元", comment="景区来电")
    revision = own_city.rows(Revision, record_id=GEZIWO, version=2)[0]
    when = revision.created_at.astimezone(own_city.time_zone).strftime("%Y-%m-%d %H:%M")
    page = clerk.get(f"{PLACE}/history").text
    for said in ("li", when, "门票（中文）", "旺季25元", "全年30元", "景区来电", "城市数据包", "导入的原始资料"):
        assert said in page


def test_restore_brings_an_old_version_back_as_a_new_one(clerk: Clerk, own_city: Any) -> None:
    before = own_city.content.get(GEZIWO)
    clerk.save(price_text_zh="错的价格", aliases="错的别名")
    clerk.press(f"{PLACE}/close", preset="wind")
    assert clerk.press(f"{PLACE}/restore/1", version="2").status_code == 302  # somebody closed it meanwhile
    assert own_city.content.get(GEZIWO).price_text_zh == "错的价格"
    answer = clerk.press(f"{PLACE}/restore/1", version="3")
    assert answer.headers["Location"].endswith("geziwo")
    place = own_city.content.get(GEZIWO)
    assert (place.price_text_zh, place.aliases, place.version) == (before.price_text_zh, before.aliases, 4)
    assert (place.confidence, place.as_of) == (before.confidence, before.as_of)
    assert place.closed_from is not None
    assert "恢复第1版" in clerk.get(f"{PLACE}/history").text
    assert clerk.press(f"{PLACE}/restore/77", version="4").status_code == 404
    assert clerk.press(f"{PLACE}/restore/1").status_code == 400


def test_the_audit_trail_shows_tampering(site: Flask, own_city: Any, clerk: Clerk) -> None:
    clerk.save(price_text_zh="全年30元")
    clerk.save(price_text_zh="全年31元")
    manager = Clerk(site, add_staff(site, own_city, "manager", "zhao"))
    page = manager.get("/staff/audit").text
    for said in ("记录完整", "修改地点", "li@example.org", GEZIWO, "门票（中文）", "登录"):
        assert said in page
    assert "zhao@example.org" not in manager.get(f"/staff/audit?q={GEZIWO}").text
    entry = own_city.rows(AuditEntry, object_id=GEZIWO)[0]
    with own_city.db.write() as session:
        session.execute(text("UPDATE audit_entries SET actor = 'somebody else' WHERE id = :id"), {"id": entry.id})
    assert f"从第{entry.id}条起对不上" in manager.get("/staff/audit").text


def test_the_language_stays_with_the_account(site: Flask, own_city: Any, clerk: Clerk) -> None:
    assert "地点" in clerk.get("/staff/").text
    assert clerk.press("/staff/language", lang="en", next="/staff/audit").headers["Location"] == "/staff/audit"
    assert "Places" in clerk.get("/staff/").text
    other_browser = Clerk(site, "li@example.org")
    assert "Pigeon Nest Park" in other_browser.get(PLACE).text
    assert "Opening hours" in other_browser.get(PLACE).text
    for elsewhere in ("https://evil.example", "//evil.example", "/staff\\@evil.example"):
        assert clerk.press("/staff/language", lang="zh", next=elsewhere).headers["Location"] == "/staff/"


def test_before_sign_in_the_browser_chooses_the_language(site: Flask) -> None:
    assert "工作人员登录" in Clerk(site).get("/staff/login", headers={"Accept-Language": "zh-CN"}).text
    assert "Staff sign-in" in Clerk(site).get("/staff/login", headers={"Accept-Language": "en"}).text


def test_times_are_those_of_the_city(clerk: Clerk, own_city: Any) -> None:
    clerk.save(notes_zh="新的")
    with own_city.db.write() as session:
        session.execute(text("UPDATE places SET checked_at = '2026-01-01 20:00:00' WHERE id = :id"), {"id": GEZIWO})
    assert own_city.content.get(GEZIWO).checked_at == dt.datetime(2026, 1, 1, 20, tzinfo=dt.UTC)
    assert "2026-01-02 04:00" in clerk.get("/staff/?q=geziwo").text


def test_every_page_in_both_languages_has_no_word_missing(site: Flask, own_city: Any) -> None:
    for lang in ("zh", "en"):
        person = Clerk(site, add_staff(site, own_city, "manager", f"m{lang}", lang=lang))
        person.save(price_text_zh=f"{lang}的价")
        for path in PAGES:
            answer = person.get(path)
            assert answer.status_code == 200, path
            assert "console-" not in answer.text.replace("console-js", ""), path
            assert not WORDLESS.search(answer.text), path
