"""Bookings by talking, on the loaded city, in both languages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import delete

from backend.models import Bookable, Booking, Notice, WaitingEntry
from backend.services.answers import booking_reading as reading
from backend.services.booking_codes import ALPHABET, read_code
from tests.services.bookings.things import bookable, every_day, people
from tests.services.talking import Talk
from tests.support.container import Clock, Parts

GEZIWO, LAOLONGTOU = "attraction:geziwo", "attraction:laolongtou"
PAEDIATRICS = "department:pediatrics"
ENTRY = "bookable:geziwo_entry"
CARD, PASSPORT = "11010519491231002X", "E12345678"


@pytest.fixture
def city_with_things(own_city: Parts, clock: Clock) -> Parts:
    """A city where a sight, two doctors, a plumber and a guide can be booked; it is Tuesday, ten in the morning."""
    monday = dt.datetime(2026, 12, 1, 10, 0, tzinfo=own_city.time_zone)
    clock.offset = monday - dt.datetime.now(dt.UTC)
    parts = own_city
    with parts.db.write() as session:  # these days and prices are the test's
        session.execute(delete(Bookable))

    def add(id_: str, kind: str, names: tuple[str, str], place: str | None = None, **fields: Any) -> None:
        bookable(
            parts,
            **{
                "id": id_, "kind": kind, "name_zh": names[0], "name_en": names[1], "place_id": place,
                "schedules": [every_day("08:00", "10:00", capacity=10)], **fields,
            },
        )  # fmt: skip

    prices = {"adult": 2500, "child": 1200}
    add(
        ENTRY, "entry", ("鸽子窝公园门票", "Pigeon Nest Park"), GEZIWO, prices=prices,
        schedules=[every_day("08:00", "12:00", slot_minutes=240, capacity=10),
                   every_day("12:00", "18:00", slot_minutes=120, capacity=10)],
    )  # fmt: skip
    add(
        "bookable:laolongtou_entry", "entry", ("老龙头门票", "Laolongtou"), LAOLONGTOU, prices={"adult": 5000},
        documents=["id_card", "passport"],
    )  # fmt: skip
    for hospital, name in (("clinic:qhd_maternal", "妇幼儿科"), ("clinic:qhd_first", "一院儿科")):
        add(
            f"bookable:{hospital[7:]}", "appointment", (name, f"Paediatrics, {hospital[-5:]}"), hospital,
            department=PAEDIATRICS, prices={"adult": 1000}, most_people=1,
        )  # fmt: skip
    add(
        "bookable:drain", "service", ("通下水道", "Drain clearing"), None, aliases=["下水道", "drain", "toilet"],
        prices={"adult": 8000}, most_people=1,
    )  # fmt: skip
    add("bookable:guide", "tour", ("老龙头讲解", "Guide at Laolongtou"), LAOLONGTOU, prices={"adult": 3000})
    return parts


@pytest.fixture
def zh(city_with_things: Parts, clock: Clock) -> Talk:
    return Talk(city_with_things, clock, people(city_with_things, 1)[0])


@pytest.fixture
def en(city_with_things: Parts, clock: Clock) -> Talk:
    return Talk(city_with_things, clock, people(city_with_things, 1, "en")[0], "en")


def booked(talk: Talk) -> list[tuple[str, int, str]]:
    """What of the person is held or booked: the bookable, how many, when by the city's clock."""
    zone = talk.parts.time_zone
    views = talk.parts.bookings.of_contact(talk.contact)
    return [(one.bookable_id, one.size, f"{one.starts_at.astimezone(zone):%d %H:%M}") for one in views]


def code(talk: Talk) -> str:
    return talk.parts.bookings.of_contact(talk.contact)[0].code


def fill(talk: Talk, day: str, people_: int) -> None:
    """Others book so many places of all slots that begin then: "02 08:00"."""
    parts = talk.parts
    for one in parts.inventory.slots(ENTRY, *(2 * [dt.date(2026, 12, int(day[:2]))])):
        if f"{one.starts_at.astimezone(parts.time_zone):%d %H:%M}" == day:
            left = people_
            while left:
                other, size = people(parts, 1)[0], min(left, 5)
                held = parts.bookings.hold(other, one.slot_id, {"adult": size}, f"fill-{other}")
                parts.bookings.confirm(other, held.code)
                left -= size


class TestToACode:
    def test_a_complete_order_is_booked_at_once(self, zh: Talk) -> None:
        reply = zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert reply.code == "booked"
        assert booked(zh) == [(ENTRY, 2, "02 08:00")]
        shown = f"{code(zh)[:3]}-{code(zh)[3:]}"
        assert reply.headline == f"订好了：鸽子窝公园门票 明天（12月2日 周三）上午8:00，2张，50元到场付。预订码{shown}"
        assert any(f"取消 {shown}" in line for line in reply.lines)

    def test_in_english(self, en: Talk) -> None:
        reply = en.say("book", "two tickets for Pigeon Nest tomorrow morning", GEZIWO)
        assert reply.headline.startswith(
            "Booked: Pigeon Nest Park, tomorrow (Wed 2 Dec), 8:00 am, 2 tickets, CNY 50 at"
        )
        assert booked(en) == [(ENTRY, 2, "02 08:00")]

    def test_the_answer_is_the_confirmation(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert [row.template for row in zh.parts.rows(Notice)] == []  # the reminder would come too late to be one
        zh.say("book", "后天上午两张鸽子窝的票", GEZIWO)
        assert [row.template for row in zh.parts.rows(Notice)] == ["booking_reminder"]

    def test_a_question_is_no_order(self, zh: Talk) -> None:
        reply = zh.say("book", "明天上午还能订两张鸽子窝的票吗", GEZIWO)
        assert reply.code == "book_confirm"
        assert "留到10:15" in reply.headline and "2张" in reply.headline
        assert zh.say("thanks", "好的").code == "booked"
        assert booked(zh) == [(ENTRY, 2, "02 08:00")]

    def test_several_times_are_picked_by_number(self, zh: Talk) -> None:
        reply = zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        assert [choice.title for choice in reply.choices] == ["08:00", "12:00", "14:00", "16:00"]
        assert "1.08:00 2.12:00 3.14:00 4.16:00" in zh.sms[-1]
        assert zh.say("x", "3").code == "booked"
        assert booked(zh) == [(ENTRY, 2, "02 14:00")]

    def test_without_day_and_number_both_are_asked_at_once(self, zh: Talk) -> None:
        assert zh.say("book", "订鸽子窝的票", GEZIWO).headline == "鸽子窝公园门票：哪天去，几个人？"
        zh.say("fallback", "后天下午，两大一小")
        assert zh.last.replies[-1].headline.startswith("鸽子窝公园门票 后天（12月3日 周四），2成人1儿童，62元到场付")
        assert zh.say("choose_from_list", "最后一个").code == "booked"
        assert booked(zh) == [(ENTRY, 3, "03 16:00")]

    def test_without_a_place_it_asks_which(self, en: Talk) -> None:
        reply = en.say("book", "book tickets")
        assert [choice.title for choice in reply.choices] == ["Pigeon Nest Park", "Laolongtou"]
        assert en.say("x", "1").headline == "Pigeon Nest Park: on which day, and for how many people?"

    def test_an_unknown_place_is_said_to_be_one(self, zh: Talk) -> None:
        reply = zh.say("book", "订两张黄鹤楼的票", named={"unknown_name": ["黄鹤楼"]})
        assert reply.code == "book_ask_what"
        assert "黄鹤楼" in reply.headline

    def test_a_place_that_cannot_be_booked_is_told_with_its_phone(self, zh: Talk) -> None:
        reply = zh.say("book", "明天两张野生动物园的票", "attraction:wildlife_park")
        assert reply.code == "book_cannot"
        assert booked(zh) == []

    def test_papers_are_asked_for_and_checked(self, zh: Talk) -> None:
        reply = zh.say("book", "明天8点两张老龙头的票", LAOLONGTOU)
        assert reply.code == "book_guests"
        assert "2人姓名证件号" in reply.headline
        assert zh.say("fallback", f"张三 {CARD}").code == "book_guests"
        assert "第2位" in zh.say("fallback", f"张三 {CARD}，李四 110105194912310021").headline
        assert zh.say("fallback", f"张三 {CARD}，John Smith 护照{PASSPORT}").code == "booked"
        view = zh.parts.bookings.of_contact(zh.contact)[0]
        assert [(name, kind) for name, kind, _ in view.guests] == [("张三", "id_card"), ("John Smith", "passport")]

    def test_a_doctor(self, zh: Talk) -> None:
        reply = zh.say("book", "挂个儿科号 明天上午", PAEDIATRICS)
        assert [choice.title for choice in reply.choices][:2] == ["08:00 一院儿科", "08:00 妇幼儿科"]
        assert zh.say("x", "1").code == "booked"
        assert booked(zh) == [("bookable:qhd_first", 1, "02 08:00")]

    def test_somebody_for_the_drain(self, zh: Talk) -> None:
        reply = zh.say("book", "找人通下水道 明天9点")
        assert reply.headline.startswith("订好了：通下水道 明天（12月2日 周三）上午9:00，80元到场付")

    def test_a_guide(self, en: Talk) -> None:
        reply = en.say("book", "I want a guide at Laolongtou on Friday at 9, four people", LAOLONGTOU)
        assert reply.code == "booked"
        assert booked(en) == [("bookable:guide", 4, "04 09:00")]


class TestInTheMidst:
    def test_not_tomorrow_the_day_after(self, zh: Talk) -> None:
        zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        reply = zh.say("correction", "不是明天，是后天")
        assert "12月3日" in reply.headline
        zh.say("x", "1")
        assert booked(zh) == [(ENTRY, 2, "03 08:00")]

    def test_three_not_two(self, en: Talk) -> None:
        en.say("book", "could I get two tickets for Pigeon Nest tomorrow at 2 pm?", GEZIWO)
        assert booked(en) == [(ENTRY, 2, "02 14:00")]
        reply = en.say("fallback", "three not two")
        assert "3 tickets" in reply.headline
        assert booked(en) == [(ENTRY, 3, "02 14:00")]
        assert en.say("fallback", "YES").code == "booked"
        assert booked(en) == [(ENTRY, 3, "02 14:00")]

    def test_another_place(self, zh: Talk) -> None:
        zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        at = "不是鸽子窝，是老龙头".index
        reply = zh.say(
            "correction", "不是鸽子窝，是老龙头", GEZIWO, LAOLONGTOU,
            positions=[(at("鸽子窝"), GEZIWO), (at("老龙头"), LAOLONGTOU)],
        )  # fmt: skip
        assert "老龙头" in reply.headline

    def test_a_question_between_is_answered_and_then_resumed(self, zh: Talk) -> None:
        zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        reply = zh.say("place_hours", "鸽子窝几点开门", GEZIWO)
        assert reply.code == "place_hours"
        assert reply.lines[-1] == "刚才的预订还没完：选哪个时间？"
        assert [choice.title for choice in reply.choices] == ["08:00", "12:00", "14:00", "16:00"]
        assert zh.say("x", "2").code == "booked"
        assert booked(zh) == [(ENTRY, 2, "02 12:00")]

    def test_a_cry_for_help_comes_first(self, zh: Talk) -> None:
        zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        assert "120" in zh.say("fallback", "我妈胸闷喘不上气", "symptom:chest_pain").headline

    @pytest.mark.parametrize("word", ["算了", "取消", "不要了", "CANCEL"])
    def test_cancel_anywhere_gives_up_what_was_held(self, zh: Talk, word: str) -> None:
        zh.say("book", "明天上午还能订两张鸽子窝的票吗", GEZIWO)
        assert zh.say("cancel", word).headline == "好的，不订了，留的位置已经放开。"
        assert booked(zh) == []

    def test_other_times(self, zh: Talk) -> None:
        zh.say("book", "明天上午还能订两张鸽子窝的票吗", GEZIWO)
        reply = zh.say("change_booking", "换成下午的吧")
        assert [choice.title for choice in reply.choices] == ["12:00", "14:00", "16:00"]

    def test_what_it_costs_is_told_beside(self, zh: Talk) -> None:
        zh.say("book", "明天上午还能订两张鸽子窝的票吗", GEZIWO)
        assert "50元" in zh.say("place_price", "一共多少钱").headline

    def test_said_again_is_not_booked_again(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        reply = zh.say("repeat", "再说一遍")
        assert code(zh)[:3] in reply.headline
        assert len(booked(zh)) == 1

    def test_after_some_turns_nothing_waits_any_more(self, zh: Talk) -> None:
        zh.say("book", "订两张鸽子窝明天的票", GEZIWO)
        for _ in range(3):
            reply = zh.say("place_hours", "鸽子窝几点开门", GEZIWO)
        assert not any("还没完" in line for line in reply.lines)


class TestFull:
    def test_the_nearest_times_and_the_waiting_list(self, zh: Talk) -> None:
        fill(zh, "02 08:00", 10)
        reply = zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert reply.headline == "鸽子窝公园门票 明天（12月2日 周三）满了，换一个或排候补："
        titles = [choice.title for choice in reply.choices]
        assert (titles[-1], len(titles)) == ("候补", 4)
        assert zh.say("x", "4").code == "book_waiting"
        assert zh.parts.row(WaitingEntry).size == 2
        assert "候补" in zh.say("my_bookings", "我的预订").headline

    def test_a_place_that_came_free_is_taken_by_its_code(self, zh: Talk) -> None:
        fill(zh, "02 08:00", 10)
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("x", "4")
        first = next(row for row in zh.parts.rows(Booking) if row.contact_id != zh.contact)
        zh.parts.bookings.cancel(first.contact_id, first.code)
        assert zh.say("book", f"确认 {code(zh)}").code == "booked"
        assert booked(zh) == [(ENTRY, 2, "02 08:00")]

    def test_too_many(self, en: Talk) -> None:
        assert "At most 6" in en.say("book", "nine tickets for Pigeon Nest tomorrow at 2 pm", GEZIWO).headline
        assert en.say("fallback", "six").code in ("booked", "book_confirm")


class TestWhatOneHas:
    def test_nothing(self, zh: Talk, en: Talk) -> None:
        assert zh.say("my_bookings", "我的预订").headline == "您现在没有预订。"
        assert en.say("cancel_booking", "cancel my booking").headline == "You have no bookings now."

    def test_all_with_their_codes(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("book", "找人通下水道 明天9点")
        reply = zh.say("my_bookings", "我的预订")
        assert reply.headline == "您有2个预订："
        assert reply.lines[0].startswith("1. 明天 08:00 鸽子窝公园门票 ")
        assert reply.lines[0] in zh.sms[-1] and reply.lines[1] in zh.sms[-1]

    def test_cancelled_by_its_code_at_once(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        said = code(zh).lower()
        assert zh.say("cancel_booking", f"取消 {said[:3]} {said[3:]}").headline.startswith("已取消：鸽子窝公园门票")
        assert booked(zh) == []

    def test_without_its_code_it_is_asked_about(self, en: Talk) -> None:
        en.say("book", "two tickets for Pigeon Nest tomorrow morning", GEZIWO)
        assert en.say("cancel_booking", "cancel my booking").code == "book_cancel"
        assert en.say("cancel", "no").headline == "All right, nothing was cancelled."
        assert len(booked(en)) == 1
        en.say("cancel_booking", "cancel my booking")
        assert en.say("fallback", "yes").headline.startswith("Cancelled:")
        assert booked(en) == []

    def test_which_of_several(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("book", "找人通下水道 明天9点")
        zh.say("thanks", "谢谢")
        zh.last = type(zh.last)([])
        reply = zh.say("cancel_booking", "取消预订")
        assert [choice.title for choice in reply.choices] == ["明天 08:00 鸽子窝公园门票", "明天 09:00 通下水道"]
        zh.say("x", "2")
        assert [one for one, _, _ in booked(zh)] == [ENTRY]

    def test_all_of_them(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("book", "找人通下水道 明天9点")
        assert zh.say("cancel_booking", "全部退掉").headline == "要取消全部2个预订吗？回复“好”取消"
        assert zh.say("x", "1").headline == "2个预订都取消了。"
        assert booked(zh) == []

    def test_a_code_of_nobody(self, zh: Talk) -> None:
        assert zh.say("cancel_booking", "取消 K7M2").headline == "没有找到这个预订码，请核对一下。"

    def test_another_persons_code_is_nobodys(self, zh: Talk, en: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert "not found" in en.say("cancel_booking", f"cancel {code(zh)}").headline
        assert len(booked(zh)) == 1


class TestChanges:
    def test_another_day(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        reply = zh.say("change_booking", "改到后天")
        assert reply.headline.startswith("改好了：鸽子窝公园门票 后天（12月3日 周四）上午8:00，2张")
        assert booked(zh) == [(ENTRY, 2, "03 08:00")]

    def test_corrected_after_it_was_booked(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("correction", "不是明天，是后天")
        assert booked(zh) == [(ENTRY, 2, "03 08:00")]

    def test_another_part_of_the_day_is_picked(self, en: Talk) -> None:
        en.say("book", "two tickets for Pigeon Nest tomorrow morning", GEZIWO)
        reply = en.say("change_booking", f"change {code(en)} to the afternoon")
        assert [choice.title for choice in reply.choices] == ["12:00", "14:00", "16:00"]
        assert en.say("x", "2").headline.startswith("Changed:")
        assert booked(en) == [(ENTRY, 2, "02 14:00")]

    @pytest.mark.parametrize(
        ("text", "size"), [("改成三个人", 3), ("加一个人", 3), ("少一个人", 1), ("两张改成四张", 4)]
    )
    def test_another_number(self, zh: Talk, text: str, size: int) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        before = code(zh)
        assert f"{size}张" in zh.say("change_booking", text).headline
        assert booked(zh) == [(ENTRY, size, "02 08:00")]
        assert code(zh) == before

    def test_what_is_full_stays_as_it_was(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        fill(zh, "03 08:00", 10)
        reply = zh.say("change_booking", "改到后天")
        assert reply.headline.startswith("鸽子窝公园门票 后天（12月3日 周四）")
        assert booked(zh) == [(ENTRY, 2, "02 08:00")]

    def test_nothing_said_is_asked_for(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert zh.say("change_booking", "改预订").code == "book_change"
        zh.say("day_plan", "后天")
        assert booked(zh) == [(ENTRY, 2, "03 08:00")]

    def test_too_late(self, zh: Talk, clock: Clock) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        clock.advance(hours=21)
        assert "已经过了" in zh.say("change_booking", "改到后天").headline


class TestTurnsSaidAgain:
    def test_booked_once_though_the_places_are_gone(self, zh: Talk) -> None:
        fill(zh, "02 08:00", 8)
        first = zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        assert zh.again().headline == first.headline
        assert booked(zh) == [(ENTRY, 2, "02 08:00")]

    @pytest.mark.parametrize("last", ["1", "好的"])
    def test_confirmed_once(self, zh: Talk, last: str) -> None:
        zh.say("book", "明天上午还能订两张鸽子窝的票吗" if last == "好的" else "订两张鸽子窝明天的票", GEZIWO)
        first = zh.say("thanks", last)
        assert (first.code, zh.again().headline) == ("booked", first.headline)
        assert len(booked(zh)) == 1

    def test_one_more_is_one_more(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("change_booking", "加一个人")
        zh.again()
        assert booked(zh) == [(ENTRY, 3, "02 08:00")]

    def test_moved_and_cancelled_once(self, zh: Talk) -> None:
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("change_booking", "改到后天")
        zh.again()
        assert booked(zh) == [(ENTRY, 2, "03 08:00")]
        first = zh.say("cancel_booking", f"取消 {code(zh)}")
        assert zh.again().headline == first.headline

    def test_a_waiting_list_is_joined_once(self, zh: Talk) -> None:
        fill(zh, "02 08:00", 10)
        zh.say("book", "明天上午两张鸽子窝的票", GEZIWO)
        zh.say("x", "4")
        zh.again()
        assert len(zh.parts.rows(WaitingEntry)) == 1


def test_a_code_is_no_time_and_no_number() -> None:
    good = next(f"K{a}{b}-{c}PM" for a in "34679" for b in ALPHABET for c in "34679" if read_code(f"K{a}{b}{c}PM"))
    assert reading.without_code(f"change {good} to the afternoon").split() == ["change", "to", "the", "afternoon"]
    assert reading.without_code("改到3点 T2航站楼") == "改到3点 T2航站楼"
