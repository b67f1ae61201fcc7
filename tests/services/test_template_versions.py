"""Versions of templates: in force at once, none lost, set back at will."""

from __future__ import annotations

import pytest

from backend.channels.segments import segments
from backend.models import AuditEntry
from backend.services.editing import EditConflict, Editor
from backend.services.templates import InvalidText, shipped
from tests.services.notices.people import person
from tests.services.notices.test_telling import texts, told
from tests.support.container import Parts, RecordingChannel

LI, WANG = Editor("Li", "li@example.org"), Editor("Wang", "wang@example.org")
KEY = "booking_confirmed"


def changed(sms: str) -> dict[str, dict[str, str]]:
    made = shipped(KEY)
    made["zh"]["sms"] = sms
    return made


def test_the_next_notice_says_what_was_saved_last(parts: Parts, sms: RecordingChannel) -> None:
    assert parts.templates.save(KEY, 0, changed("订好了：{what} {code}"), "shorter", LI) == 1
    told(parts, person(parts))
    parts.notice_sender.run()
    assert texts(sms) == ["订好了：鸽子窝公园 K7M2"]
    assert parts.templates.restore(KEY, 0, 1, WANG) == 2
    told(parts, person(parts))
    parts.notice_sender.run()
    assert texts(sms)[1].startswith("已订鸽子窝公园")
    assert [(each.number, each.author) for each in parts.templates.history(KEY)] == [
        (2, "wang@example.org"),
        (1, "li@example.org"),
        (0, ""),
    ]
    assert [entry.object_id for entry in parts.rows(AuditEntry)] == [f"template:{KEY}"] * 2
    assert parts.templates.edited()[KEY] == 2


def test_of_two_who_change_the_same_version_the_later_is_told(parts: Parts) -> None:
    parts.templates.save(KEY, 0, changed("一"), "", LI)
    with pytest.raises(EditConflict):
        parts.templates.save(KEY, 0, changed("二"), "", WANG)
    with pytest.raises(KeyError):
        parts.templates.restore(KEY, 9, 1, WANG)
    with pytest.raises(InvalidText, match=r"\{nmae\}"):
        parts.templates.save(KEY, 1, changed("{nmae}"), "", WANG)
    assert len(parts.templates.history(KEY)) == 2


def test_the_preview_shows_every_channel_with_parts_and_price(parts: Parts) -> None:
    parts.__dict__["settings"] = parts.settings.model_copy(update={"sms_segment_price": 0.05})
    shown = {(one.lang, one.channel): one for one in parts.templates.preview(KEY)}
    assert set(shown) == {(lang, channel) for lang in ("zh", "en") for channel in ("sms", "wechat", "web")}
    one = shown["zh", "sms"]
    assert (one.segments, one.price) == (1, 0.05)
    assert one.segments == segments(one.text)
    assert shown["en", "wechat"].text.startswith("Booked: Geziwo Park")
    assert shown["en", "wechat"].segments is None
    long = parts.templates.preview(KEY, changed("长" * 100))
    assert [(one.segments, one.price) for one in long if (one.lang, one.channel) == ("zh", "sms")] == [(2, 0.1)]
