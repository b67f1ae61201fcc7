"""A clerk's edits: what is stored, what is refused and how it is said, what two clerks at once meet."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from flask import Flask

from backend.models import AuditEntry, Event, Revision
from backend.services.audit import chain_state
from tests.support.console import PLACE, Clerk, Forms, add_staff

GEZIWO = "attraction:geziwo"
CITY = dt.timezone(dt.timedelta(hours=8))


def test_an_edit_is_row_revision_audit_event_and_version(clerk: Clerk, own_city: Any) -> None:
    before = own_city.content.get(GEZIWO)
    names = own_city.gazetteer.version()
    answer = clerk.save(price_text_zh="全年30元", aliases="鸽子窝\r\n新别名", comment="景区来电")
    assert "已生效，任何渠道下一条提问即可得到新答案" in answer.text

    place = own_city.content.get(GEZIWO)
    assert (place.price_text_zh, place.aliases, place.version) == ("全年30元", ["鸽子窝", "新别名"], before.version + 1)
    assert (place.checked_by, place.confidence) == ("li", "high")
    assert place.as_of == dt.datetime.now(dt.UTC).date().isoformat()
    imported, changed = own_city.rows(Revision, record_id=GEZIWO)
    assert (imported.author, imported.data["price_text_zh"]) == ("pack", before.price_text_zh)
    assert (changed.author, changed.comment, changed.changed) == ("li", "景区来电", ["aliases", "price_text_zh"])
    entry = own_city.rows(AuditEntry, object_id=GEZIWO)[0]
    assert (entry.actor, entry.action, entry.detail["version"]) == ("li@example.org", "place.edited", 2)
    assert chain_state(own_city.db) is None
    event = own_city.rows(Event, subject=f"place/{GEZIWO}")[0]
    assert (event.type, event.data["gazetteer"]) == ("content.changed", names + 1)
    assert own_city.gazetteer.version() == names + 1
    assert "content.changed" in own_city.jobs.types()
    entries = {entry["id"]: entry["names"] for entry in own_city.gazetteer.snapshot()["entries"]}
    assert "新别名" in entries[GEZIWO]


def test_an_edit_of_facts_alone_leaves_the_names_version(clerk: Clerk, own_city: Any) -> None:
    names = own_city.gazetteer.version()
    clerk.save(notes_zh="新的提示")
    assert own_city.gazetteer.version() == names


def test_saving_an_untouched_form_changes_nothing(clerk: Clerk, own_city: Any) -> None:
    for place in ("attraction:geziwo", "clinic:qhd_first", "hub:rail_qhd", "attraction:laohushi"):
        assert "没有改动" in clerk.save(f"/staff/places/{place}").text, place
        assert own_city.content.get(place).version == 1
    assert own_city.rows(Revision) == []


def test_without_the_tick_nobody_vouches(clerk: Clerk, own_city: Any) -> None:
    before = own_city.content.get(GEZIWO)
    fields = clerk.form(PLACE)
    del fields["vouch"]
    clerk.client.post(PLACE, data={**fields, "notes_zh": "听说的"})
    place = own_city.content.get(GEZIWO)
    assert place.notes_zh == "听说的"
    assert (place.checked_by, place.as_of, place.confidence) == ("", before.as_of, before.confidence)


def test_hours_that_were_checked_lose_their_caution(clerk: Clerk, own_city: Any) -> None:
    assert own_city.content.get(GEZIWO).hours_confidence == "low"
    clerk.save(opening_hours="Mo-Su 08:00-18:00")
    assert own_city.content.get(GEZIWO).hours_confidence == "high"


def test_the_preview_shows_the_new_answer(clerk: Clerk) -> None:
    page = clerk.save(price_text_zh="全年30元", price_text_en="CNY 30 all year").text
    for text in ("鸽子窝公园门票：全年30元", "CNY 30 all year", "1条短信", "微信"):
        assert text in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name_zh", "", "这一项必须填"),
        ("name_zh", "一", "名称至少要两个字"),
        ("name_zh", "长" * 121, "太长了"),
        ("aliases", "鸽", "名称至少要两个字"),
        ("aliases", "\n".join(f"别名{number}" for number in range(61)), "别名太多"),
        ("opening_hours", "每天八点", "系统看不懂这个写法"),
        ("phones", "打总机转", "电话只能有数字和短横线"),
        ("website", "javascript:alert(1)", "网址不对"),
        ("as_of", "去年", "请写成年、年-月或年-月-日"),
        ("lat", "abc", "请填数字"),
        ("lat", "nan", "请填数字"),
        ("lat", "", "经度和纬度要么都填"),
        ("lat", "119.5", "是不是经度和纬度写反了"),
        ("lon", "116.4", "这个位置不在本市范围内"),
        ("district", "district:000000", "内容不对"),
        ("category", "category:nonsense", "内容不对"),
        ("status", "burning", "内容不对"),
        ("notes_zh", "铃\x07声", "看不见的特殊字符"),
        ("comment", "长" * 301, "太长了"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_the_field(
    clerk: Clerk, own_city: Any, field: str, value: str, said: str
) -> None:
    fields = {**clerk.form(PLACE), "notes_en": "my unsaved words", field: value}
    answer = clerk.client.post(PLACE, data=fields)
    assert answer.status_code == 422
    assert "没有保存" in answer.text
    error = answer.text.partition(f'id="{field}-error"')[2].partition("</div></div>")[0]
    assert said in error
    assert (
        f'aria-describedby="{field}-help {field}-error"' in answer.text
        or f'aria-describedby="{field}-error"' in answer.text
    )
    assert "my unsaved words" in answer.text or field == "notes_en"
    assert own_city.content.get(GEZIWO).version == 1


def test_errors_are_said_in_english_too(site: Flask, own_city: Any) -> None:
    clerk = Clerk(site, add_staff(site, own_city, "editor", "smith", lang="en"))
    page = clerk.save(phones="ring the bell").text
    assert "Digits and hyphens only" in page
    assert not any(
        "\u4e00" <= char <= "\u9fff" for char in page.partition('id="phones-error"')[2].partition("</div>")[0]
    )


def test_phones_are_taken_as_meant(clerk: Clerk, own_city: Any) -> None:
    clerk.save(phones="（0335）4041591\n+86 0335-4041592，１２３４５")
    assert own_city.content.get(GEZIWO).phones == ["0335-4041591", "0335-4041592", "12345"]


def test_a_form_without_its_version_is_refused(clerk: Clerk, own_city: Any) -> None:
    assert clerk.save(version="").status_code == 400
    assert own_city.content.get(GEZIWO).version == 1


def test_two_clerks_at_once_lose_nothing(site: Flask, own_city: Any, clerk: Clerk) -> None:
    other = Clerk(site, add_staff(site, own_city, "editor", "wang"))
    before = own_city.content.get(GEZIWO).price_text_zh
    mine = clerk.form(PLACE)
    other.save(price_text_zh="王填的价", notes_zh="王填的提示")
    answer = clerk.client.post(PLACE, data={**mine, "price_text_zh": "李填的价", "website": "example.com"})

    assert answer.status_code == 409
    for text in ("别人先保存了", "两人都改了", "王填的价", "李填的价", before):
        assert text in answer.text
    assert own_city.content.get(GEZIWO).price_text_zh == "王填的价"
    # The form goes on from the other's version: his where I changed nothing, mine where I did.
    form = Forms(answer.text).found[PLACE]
    assert form["version"] == "2"
    assert (form["notes_zh"], form["price_text_zh"], form["website"]) == ("王填的提示", "李填的价", "example.com")
    assert clerk.client.post(PLACE, data=form).status_code == 302
    place = own_city.content.get(GEZIWO)
    assert (place.notes_zh, place.price_text_zh, place.website, place.version) == (
        "王填的提示",
        "李填的价",
        "example.com",
        3,
    )


def test_what_a_clerk_types_is_text(clerk: Clerk, own_city: Any) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    assert (
        clerk.save(name_zh=f"公园{attack}", aliases=f"别名{attack}", notes_zh=attack, comment=attack).status_code == 200
    )
    clerk.press(f"{PLACE}/close", preset="none", reason_zh=attack[:50])
    for path in (
        "/staff/",
        PLACE,
        f"{PLACE}/history",
        f"{PLACE}/delete",
        "/staff/?q=" + attack,
        f"/staff/opening-hours?text={attack}",
    ):
        page = clerk.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    assert html.escape("<script>alert(1)</script>") in clerk.get(PLACE).text


def test_the_policy_allows_nothing_inline(clerk: Clerk) -> None:
    for path in ("/staff/", PLACE, "/staff/places/new", f"{PLACE}/history", "/staff/account"):
        answer = clerk.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for trace in (" style=", "<style", "onclick=", "javascript:", "http://", "//cdn"):
            assert trace not in answer.text, (path, trace)
        for source in answer.text.split("<script")[1:]:
            assert source.lstrip().startswith("src="), path


def test_closed_today_in_one_press(clerk: Clerk, own_city: Any) -> None:
    today = dt.datetime.now(CITY).date()
    answer = clerk.press(f"{PLACE}/close", preset="wind")
    assert answer.status_code == 302
    place = own_city.content.get(GEZIWO)
    assert (place.closed_from, place.closed_to) == (today, today)
    assert (place.closed_reason_zh, place.closed_reason_en) == ("大风", "strong wind")
    assert place.checked_by == ""
    page = clerk.get(PLACE).text
    assert "鸽子窝公园：今天不开放：大风。" in page
    assert "Closed today: strong wind." in page
    assert "今天不开放" in clerk.get("/staff/").text
    assert own_city.rows(AuditEntry, object_id=GEZIWO)[0].action == "place.closed"

    assert clerk.press(f"{PLACE}/reopen").status_code == 302
    place = own_city.content.get(GEZIWO)
    assert (place.closed_from, place.closed_to, place.closed_reason_zh) == (None, None, "")


def test_closed_for_longer_in_own_words(clerk: Clerk, own_city: Any) -> None:
    today = dt.datetime.now(CITY).date()
    last = today + dt.timedelta(days=3)
    clerk.press(f"{PLACE}/close", preset="wind", reason_zh="观鸟平台维修", until=last.isoformat())
    place = own_city.content.get(GEZIWO)
    assert (place.closed_to, place.closed_reason_zh, place.closed_reason_en) == (last, "观鸟平台维修", "")
    clerk.press(f"{PLACE}/close", preset="none", open_end="y", until=last.isoformat())
    place = own_city.content.get(GEZIWO)
    assert (place.closed_from, place.closed_to, place.closed_reason_zh) == (today, None, "")
    yesterday = (today - dt.timedelta(days=1)).isoformat()
    answer = clerk.press(f"{PLACE}/close", preset="none", until=yesterday)
    assert answer.status_code == 422
    assert "这一天已经过去" in answer.text


def test_a_new_place_is_known_at_once(clerk: Clerk, own_city: Any) -> None:
    form = clerk.form("/staff/places/new")
    answer = clerk.client.post("/staff/places/new", data={**form, "name_zh": "", "price_text_zh": "免费"})
    assert answer.status_code == 422
    assert "这一项必须填" in answer.text
    assert "免费" in answer.text
    fields = {**form, "name_zh": "新建的灯塔", "name_en": "New Lighthouse", "price_text_zh": "免费"}
    for slug in ("new_lighthouse", "new_lighthouse_2"):
        answer = clerk.client.post("/staff/places/new", data=fields)
        assert answer.status_code == 302
        place = own_city.content.get(f"attraction:{slug}")
        assert (place.name_zh, place.status, place.confidence, place.checked_by) == ("新建的灯塔", "open", "high", "li")
        names = {entry["id"]: entry["names"] for entry in own_city.gazetteer.snapshot()["entries"]}
        assert names[place.id] == ["新建的灯塔", "New Lighthouse"]
    assert "新建的灯塔" in clerk.get("/staff/?q=灯塔").text


def test_delete_and_undo(clerk: Clerk, own_city: Any) -> None:
    form = clerk.form(f"{PLACE}/delete")
    assert clerk.client.post(f"{PLACE}/delete", data={**form, "version": "7"}).status_code == 302
    assert own_city.content.get(GEZIWO).deleted_at is None
    clerk.client.post(f"{PLACE}/delete", data={**form, "comment": "重复"})
    assert own_city.content.get(GEZIWO).deleted_at is not None
    assert own_city.places.get(GEZIWO) is None
    assert GEZIWO not in {entry["id"] for entry in own_city.gazetteer.snapshot()["entries"]}
    assert GEZIWO not in clerk.get("/staff/?q=鸽子窝公园").text
    assert GEZIWO in clerk.get("/staff/?kind=deleted").text
    assert "这个地点已删除" in clerk.get(PLACE).text
    assert "恢复这个地点" in clerk.get(f"{PLACE}/history").text
    clerk.press(f"{PLACE}/undelete")
    assert own_city.places.get(GEZIWO) is not None
    assert GEZIWO in {entry["id"] for entry in own_city.gazetteer.snapshot()["entries"]}


def test_opening_hours_are_checked_while_typing(clerk: Clerk) -> None:
    page = clerk.get("/staff/opening-hours?text=Mo-Su 09:00-17:00").text
    assert page.count("09:00–17:00") == 7
    assert "次日02:00" in clerk.get("/staff/opening-hours?text=Mo-Su 20:00-02:00").text
    assert clerk.get("/staff/opening-hours?text=24/7").text.count("全天") == 7
    assert "系统看不懂" in clerk.get("/staff/opening-hours?text=八点开门").text
    assert "没有填规则" in clerk.get("/staff/opening-hours?text=").text
