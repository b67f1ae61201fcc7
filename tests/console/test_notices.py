"""Templates and broadcasts as staff use them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from backend.models import Broadcast, Notice
from backend.services.templates import shipped
from tests.services.broadcasts.crowd import crowd
from tests.support.console import Clerk, add_staff
from tests.support.container import with_recording_channels

FORM = {
    "broadcast_name": "停水",
    "announce_title_zh": "停水通知",
    "announce_title_en": "Water supply",
    "announce_text_zh": "海港区明天停水。",
    "announce_text_en": "No water in Haigang tomorrow.",
    "urgency": "bulk",
    "everybody": "y",
    "audience_lang": "",
    "audience_channel": "",
    "area": "",
    "area_datum": "WGS-84",
    "starts_at": "",
    "expires_at": "",
}


def post(clerk: Clerk, path: str, data: dict[str, Any], page: str = "/staff/account") -> Any:
    return clerk.client.post(path, data={"csrf_token": clerk.token(page), **data})


class TestTemplates:
    def form(self, **changed: str) -> dict[str, str]:
        texts = shipped("booking_moved")
        given = {f"template_{part}_{lang}": text for lang, own in texts.items() for part, text in own.items()}
        return {"version": "0", **given, **changed}

    def test_a_clerk_previews_saves_and_restores(self, clerk: Clerk, own_city: Any) -> None:
        assert "预订改期" in clerk.get("/staff/templates").text
        path = "/staff/templates/booking_moved"
        page = clerk.get(path).text
        assert "预订K7M2已改到" in page
        assert "1条短信" in page
        form = self.form(template_sms_zh="改到{when}了：{what}")
        previewed = post(clerk, path, {**form, "preview": "1"})
        assert "还没保存" in previewed.text
        assert "改到2026年7月1日周三 09:30了" in previewed.text or "改到7月1日周三 09:30了" in previewed.text
        assert own_city.templates.edited()["booking_moved"] == 0
        assert post(clerk, path, form).status_code == 302
        assert own_city.templates.history("booking_moved")[0].texts["zh"]["sms"] == "改到{when}了：{what}"
        assert post(clerk, path, form).status_code == 409, "the version they saw is no longer the last"
        assert post(clerk, f"{path}/restore", {"version": "1", "number": "0"}).status_code == 302
        assert own_city.templates.history("booking_moved")[0].texts == shipped("booking_moved")

    def test_a_wrong_placeholder_is_said_beside_its_field(self, clerk: Clerk, own_city: Any) -> None:
        answer = post(clerk, "/staff/templates/booking_moved", self.form(template_sms_en="Moved {to}"))
        assert answer.status_code == 422
        assert "这里没有{to}这个占位，可以用：{what} {when} {code}" in answer.text
        assert own_city.templates.edited()["booking_moved"] == 0
        assert clerk.get("/staff/templates/lottery").status_code == 404


class TestBroadcasts:
    def test_from_writing_to_watching(self, site: Flask, clerk: Clerk, own_city: Any) -> None:
        sms = with_recording_channels(own_city, "sms", "wechat")["sms"]
        crowd(own_city, 3)
        made = post(clerk, "/staff/broadcasts/new", FORM)
        assert made.status_code == 302
        path = made.headers["Location"]
        page = clerk.get(path).text
        assert "现在符合条件的有3人" in page
        assert "海港区明天停水。" in page
        assert "所有联系过我们的人" in page
        tested = post(clerk, f"{path}/test", {"channel": "sms", "address": "nobody"})
        assert (tested.status_code, "没有这个号码的记录" in tested.text) == (422, True)
        assert 'value="nobody"' in tested.text, "what was typed stays"
        assert post(clerk, f"{path}/submit", {"version": "1"}).status_code == 302
        own_city.due.run()
        assert post(clerk, f"{path}/steps/pause", {}).status_code == 302
        assert "已暂停" in clerk.get(f"{path}/progress").text
        assert post(clerk, f"{path}/steps/resume", {}).status_code == 302
        own_city.notice_sender.run()
        own_city.broadcast_preparing.finish()
        shown = clerk.get(f"{path}/progress").text
        assert "已发完" in shown
        assert "已发 <strong>3</strong>" in shown
        assert 'width="100.000"' in shown
        assert len(sms.sent) == 3
        assert "停水" in clerk.get("/staff/broadcasts").text

    def test_a_large_one_waits_for_a_manager_who_did_not_write_it(
        self, site: Flask, clerk: Clerk, own_city: Any
    ) -> None:
        crowd(own_city, own_city.broadcasts.approval_above + 1)
        path = post(clerk, "/staff/broadcasts/new", FORM).headers["Location"]
        post(clerk, f"{path}/submit", {"version": "1"})
        assert own_city.row(Broadcast).state == "submitted"
        assert post(clerk, f"{path}/approve", {"version": "1"}).status_code == 403
        manager = Clerk(site, add_staff(site, own_city, "manager", "wang"))
        assert "批准并发送" in manager.get(path).text
        assert post(manager, f"{path}/approve", {"version": "1"}).status_code == 302
        assert own_city.row(Broadcast).approver == "wang@example.org"

    def test_what_is_wrong_is_said_and_nothing_is_stored(self, clerk: Clerk, own_city: Any) -> None:
        for changed, why in (
            ({"announce_text_en": ""}, ""),
            ({"everybody": ""}, "请选择发给谁"),
            ({"area": "39.8, 119.4\nhere"}, "每行一个角"),
            ({"expires_at": "2020-01-01T08:00"}, "截止时间要晚于开始时间"),
        ):
            form = {**FORM, **changed}
            if not form["everybody"]:  # as a browser sends a box that is not ticked
                del form["everybody"]
            answer = post(clerk, "/staff/broadcasts/new", form)
            assert answer.status_code == 422, changed
            assert why in answer.text
        assert own_city.rows(Broadcast) == []

    def test_a_draft_can_be_changed_until_it_is_sent_in(self, clerk: Clerk, own_city: Any) -> None:
        area = "39.80, 119.45\n39.80, 119.55\n39.86, 119.55"
        ordinary = post(clerk, "/staff/broadcasts/new", {**FORM, "area": area})
        assert ordinary.status_code == 422
        assert "按区域发只能用于紧急群发" in ordinary.text
        urgent = {**FORM, "area": area, "urgency": "urgent"}
        path = post(clerk, "/staff/broadcasts/new", urgent).headers["Location"]
        page = clerk.get(f"{path}/edit").text
        assert "39.86, 119.55" in page
        changed = {**FORM, "version": "1", "broadcast_name": "停水二", "starts_at": "2030-01-01T08:00"}
        assert post(clerk, f"{path}/edit", changed).status_code == 302
        assert post(clerk, f"{path}/edit", changed).status_code == 409
        row = own_city.row(Broadcast)
        assert (row.name, row.version, row.audience["area"]) == ("停水二", 2, None)
        assert row.starts_at.isoformat() == "2030-01-01T00:00:00+00:00"
        post(clerk, f"{path}/submit", {"version": "2"})
        assert post(clerk, f"{path}/edit", {**changed, "version": "2"}).status_code == 409
        assert own_city.rows(Notice) == []

    def test_there_is_no_page_of_what_is_not_there(self, clerk: Clerk) -> None:
        for path in ("/staff/broadcasts/77", "/staff/broadcasts/77/progress", f"/staff/broadcasts/{2**70}"):
            assert clerk.get(path).status_code == 404
