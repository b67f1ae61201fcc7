"""Edits: row, revision, audit, version and event in one; nobody overwrites anybody; a changed trail shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from backend.models import AuditEntry, ContentVersion, Place, Revision
from backend.services.audit import first_broken
from backend.services.content import EditConflict, Editor, InvalidEdit, NoSuchRecord
from backend.services.gazetteer import Gazetteer
from backend.services.pack_loading import load_pack
from tests.services.test_answers import Talk
from tests.services.test_inbound import at_once
from tests.support.container import Parts

GEZIWO = "attraction:geziwo"
CLERK = Editor("李静", "lijing@example.org")


def place(parts: Parts, place_id: str = GEZIWO) -> Place:
    return parts.row(Place, id=place_id)


def gazetteer_version(parts: Parts) -> int:
    return parts.row(ContentVersion).gazetteer


def broken(parts: Parts) -> int | None:
    with parts.db.read() as session:
        return first_broken(session)


class TestEdit:
    def test_one_edit_is_one_of_each(self, own_city: Parts) -> None:
        before = place(own_city)
        names = gazetteer_version(own_city)
        audited = len(own_city.rows(AuditEntry))
        saved = own_city.content.edit(GEZIWO, before.version, {"price_text_zh": "50元"}, CLERK, "新票价")
        assert (saved.price_text_zh, saved.version) == ("50元", before.version + 1)
        after = place(own_city)
        assert (after.price_text_zh, after.checked_by, after.confidence) == ("50元", "李静", "high")
        revisions = own_city.rows(Revision, record_id=GEZIWO)
        assert [row.version for row in revisions] == [before.version, before.version + 1]
        assert revisions[0].data["price_text_zh"] == before.price_text_zh, "as the pack had it"
        assert (revisions[1].changed, revisions[1].author, revisions[1].comment) == (
            ["price_text_zh"],
            "李静",
            "新票价",
        )
        entry = own_city.rows(AuditEntry)[-1]
        assert len(own_city.rows(AuditEntry)) == audited + 1
        assert (entry.actor, entry.action, entry.object_id) == ("lijing@example.org", "place.edited", GEZIWO)
        assert [event.type for event in own_city.jobs.events] == ["content.changed"]
        assert gazetteer_version(own_city) == names, "no name changed"
        assert broken(own_city) is None

    @pytest.mark.parametrize(
        ("changes", "raises"),
        [
            ({"aliases": ["鸽子窝", "看日出的地方"]}, True),
            ({"name_en": "Pigeon Rock"}, True),
            ({"status": "suspended"}, False),
            ({"opening_hours": "Mo-Su 05:00-19:00", "hours_text_zh": "5点到19点"}, False),
            ({"lat": 39.83, "lon": 119.51}, False),
        ],
    )
    def test_the_version_of_names_grows_only_with_names(
        self, own_city: Parts, changes: dict[str, Any], raises: bool
    ) -> None:
        before = gazetteer_version(own_city)
        own_city.content.edit(GEZIWO, None, changes, CLERK)
        assert gazetteer_version(own_city) == before + raises

    def test_an_edit_that_changes_nothing_leaves_nothing(self, own_city: Parts) -> None:
        before = place(own_city)
        own_city.content.edit(GEZIWO, before.version, {"price_text_zh": before.price_text_zh}, CLERK)
        assert place(own_city).version == before.version
        assert own_city.rows(Revision) == []
        assert own_city.jobs.events == []

    def test_an_old_version_is_a_conflict_and_changes_nothing(self, own_city: Parts) -> None:
        version = place(own_city).version
        own_city.content.edit(GEZIWO, version, {"price_text_zh": "50元"}, CLERK)
        with pytest.raises(EditConflict):
            own_city.content.edit(GEZIWO, version, {"price_text_zh": "60元"}, Editor("王芳"))
        assert place(own_city).price_text_zh == "50元"
        assert len(own_city.rows(Revision, record_id=GEZIWO)) == 2

    def test_of_editors_at_once_one_wins_and_the_others_learn_of_it(self, own_city: Parts) -> None:
        version = place(own_city).version

        def edit(number: int) -> str:
            try:
                own_city.content.edit(GEZIWO, version, {"price_text_zh": f"{number}元"}, Editor(f"职员{number}"))
            except EditConflict:
                return "conflict"
            return f"{number}元"

        outcomes = at_once([lambda n=number: edit(n) for number in range(4)])
        assert sorted(outcomes)[1:] == ["conflict"] * 3 or outcomes.count("conflict") == 3
        assert place(own_city).price_text_zh in outcomes
        assert len(own_city.rows(Revision, record_id=GEZIWO)) == 2
        assert broken(own_city) is None

    def test_editors_of_different_places_do_not_meet(self, own_city: Parts) -> None:
        ids = [row.id for row in own_city.rows(Place, kind="attraction")[:6]]
        audited = len(own_city.rows(AuditEntry))
        at_once([lambda i=i: own_city.content.edit(i, None, {"price_text_zh": "7元"}, CLERK) for i in ids])
        assert len(own_city.rows(AuditEntry)) == audited + 6
        assert broken(own_city) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"no_such_field": 1}, {"id": "x"}, {"version": 9}, {"checked_by": "me"}, {"name_zh": ""}, {"name_zh": " "},
            {"aliases": ["一"]}, {"aliases": ["a\nb"]}, {"price_text_zh": "x" * 100_000}, {"notes_zh": "a\x00b"},
            {"opening_hours": "whenever"}, {"phones": ["call me"]}, {"website": "javascript:alert(1)"},
            {"as_of": "July"},
            {"status": "x"}, {"confidence": "sure"}, {"rating": "AAAAAA"}, {"datum": "x"},
            {"category": "category:none"},
            {"tags": ["tag:none"]}, {"district": "district:0"}, {"lat": None}, {"lat": 0.0, "lon": 0.0},
            {"lat": 1e9},
            {"closed_from": dt.date(2025, 2, 2), "closed_to": dt.date(2025, 2, 1)},
        ],
    )  # fmt: skip
    def test_what_breaks_a_rule_changes_nothing(self, own_city: Parts, changes: dict[str, Any]) -> None:
        before = place(own_city)
        with pytest.raises(InvalidEdit) as refused:
            own_city.content.edit(GEZIWO, None, changes, CLERK)
        assert set(refused.value.problems) & (set(changes) | {"lat", "lon"})
        after = place(own_city)
        assert (after.version, after.name_zh, after.lat) == (before.version, before.name_zh, before.lat)
        assert own_city.jobs.events == []

    def test_no_text_that_may_be_saved_breaks_an_answer(self, own_city: Parts) -> None:
        """Whatever the form takes, the place can still be asked about: the reply keeps to its contract."""
        for field in ("price_text", "hours_text", "address", "summary", "notes", "last_entry", "price_notes"):
            for length in (2000, 1000, 600, 500, 400, 300):
                try:
                    longest = {f"{field}_zh": "长" * length, f"{field}_en": "x" * length}
                    own_city.content.edit(GEZIWO, None, longest, CLERK)
                    break
                except InvalidEdit as refused:
                    assert set(refused.problems.values()) == {"edit-too-long"}
        for lang in ("zh", "en"):
            for intent in ("place_hours", "place_price", "place_address", "place_details", "find_nearby"):
                Talk(own_city, lang).ask(intent, named={"attraction": GEZIWO})

    def test_nobody_edits_what_is_not_there(self, own_city: Parts) -> None:
        with pytest.raises(NoSuchRecord):
            own_city.content.edit("attraction:none", None, {"price_text_zh": "1元"}, CLERK)


class TestLife:
    def test_a_new_place_is_known_by_name_at_once(self, own_city: Parts) -> None:
        before = gazetteer_version(own_city)
        made = own_city.content.create("attraction", "", {"name_zh": "新灯塔", "name_en": "New Lighthouse"}, CLERK)
        assert made.id == "attraction:new_lighthouse"
        assert gazetteer_version(own_city) == before + 1
        names = {entry["id"]: entry["names"] for entry in own_city.gazetteer.snapshot()["entries"]}
        assert names[made.id] == ["新灯塔", "New Lighthouse"]
        second = own_city.content.create("attraction", "", {"name_zh": "又一灯塔", "name_en": "New Lighthouse"}, CLERK)
        assert second.id == "attraction:new_lighthouse_2"

    def test_one_id_is_given_once(self, own_city: Parts) -> None:
        with pytest.raises(InvalidEdit) as refused:
            own_city.content.create("attraction", "geziwo", {"name_zh": "另一个鸽子窝"}, CLERK)
        assert set(refused.value.problems) == {"slug"}

    def test_a_deleted_place_leaves_the_names_and_comes_back(self, own_city: Parts) -> None:
        def known() -> bool:
            return GEZIWO in {entry["id"] for entry in own_city.gazetteer.snapshot()["entries"]}

        before = gazetteer_version(own_city)
        own_city.content.delete(GEZIWO, place(own_city).version, CLERK)
        assert (known(), gazetteer_version(own_city)) == (False, before + 1)
        own_city.content.undelete(GEZIWO, CLERK)
        assert (known(), gazetteer_version(own_city)) == (True, before + 2)

    def test_an_earlier_revision_can_be_brought_back(self, own_city: Parts) -> None:
        before = place(own_city)
        own_city.content.edit(GEZIWO, None, {"price_text_zh": "50元", "aliases": ["新名字"]}, CLERK)
        own_city.content.close(GEZIWO, dt.date(2025, 7, 1), None, ("大风", "gale"), CLERK)
        own_city.content.restore(GEZIWO, place(own_city).version, before.version, CLERK)
        after = place(own_city)
        assert (after.price_text_zh, after.aliases) == (before.price_text_zh, before.aliases)
        assert after.closed_from == dt.date(2025, 7, 1), "a closure in force stays"
        own_city.content.reopen(GEZIWO, CLERK)
        assert place(own_city).closed_from is None


class TestGazetteer:
    def test_the_snapshot_is_that_of_its_version(self, own_city: Parts) -> None:
        first = own_city.gazetteer.snapshot()
        assert first is own_city.gazetteer.snapshot(), "kept while nothing changed"
        own_city.content.edit(GEZIWO, None, {"aliases": ["日出台"]}, CLERK)
        second = own_city.gazetteer.snapshot()
        assert second["version"] == first["version"] + 1 == own_city.gazetteer.version()
        assert second == Gazetteer(own_city.db).snapshot()

    def test_read_while_names_change_it_is_never_older_than_it_says(self, own_city: Parts) -> None:
        start = own_city.gazetteer.version()

        def edit() -> None:
            for number in range(1, 6):
                own_city.content.edit(GEZIWO, None, {"aliases": [f"别名{number}"]}, CLERK)

        def read() -> list[tuple[int, int]]:
            seen = []
            for _ in range(5):
                snapshot = Gazetteer(own_city.db).snapshot()
                names = next(entry["names"] for entry in snapshot["entries"] if entry["id"] == GEZIWO)
                number = next((int(name[2:]) for name in names if name.startswith("别名")), 0)
                seen.append((snapshot["version"] - start, number))
            return seen

        _, *reads = at_once([edit, read, read])
        assert all(number >= version for seen in reads for version, number in seen)


class TestPack:
    def test_loaded_again_nothing_changes(self, own_city: Parts) -> None:
        audited = len(own_city.rows(AuditEntry))
        version = gazetteer_version(own_city)
        report = load_pack(own_city.db, own_city.pack)
        assert (report.added, report.changed, report.kept, report.no_longer_in_pack) == ([], [], [], [])
        assert report.unchanged > 200
        assert (len(own_city.rows(AuditEntry)), gazetteer_version(own_city)) == (audited, version)
        assert own_city.jobs.events == own_city.rows(Revision) == []

    def test_a_staff_edit_survives_a_changed_pack_row(self, own_city: Parts) -> None:
        own_city.content.edit(GEZIWO, None, {"price_text_zh": "50元"}, CLERK)
        pack = own_city.pack
        changed = tuple(
            replace(row, price_text_zh="99元", address_zh="新地址", address_en="new address")
            if row.id == GEZIWO
            else row
            for row in pack.places
        )
        report = load_pack(own_city.db, replace(pack, places=changed))
        assert f"{GEZIWO}.price_text_zh" in report.kept
        assert report.changed == [GEZIWO]
        after = place(own_city)
        assert (after.price_text_zh, after.address_zh) == ("50元", "新地址")
        again = load_pack(own_city.db, replace(pack, places=changed))
        assert (again.changed, again.added) == ([], [])

    def test_what_left_the_pack_is_reported_and_left(self, own_city: Parts) -> None:
        pack = own_city.pack
        report = load_pack(own_city.db, replace(pack, places=tuple(row for row in pack.places if row.id != GEZIWO)))
        assert report.no_longer_in_pack == [GEZIWO]
        assert place(own_city).deleted_at is None

    def test_a_deleted_place_is_not_brought_back_by_the_pack(self, own_city: Parts) -> None:
        own_city.content.delete(GEZIWO, place(own_city).version, CLERK)
        load_pack(own_city.db, own_city.pack)
        assert place(own_city).deleted_at is not None


class TestAudit:
    def edits(self, parts: Parts) -> None:
        for number in range(4):
            parts.content.edit(GEZIWO, None, {"price_text_zh": f"{number}元"}, CLERK)

    @pytest.mark.parametrize(
        "values",
        [
            {"actor": "nobody@example.org"},
            {"action": "place.closed"},
            {"object_id": "attraction:x"},
            {"detail": {"changed": []}},
            {"hash": "0" * 64},
            {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        ],
    )
    def test_a_changed_entry_shows(self, own_city: Parts, values: dict[str, Any]) -> None:
        self.edits(own_city)
        assert broken(own_city) is None
        victim = own_city.rows(AuditEntry)[-2]
        with own_city.db.write() as session:
            session.execute(update(AuditEntry).where(AuditEntry.id == victim.id).values(**values))
        assert broken(own_city) == victim.id

    def test_a_removed_entry_shows(self, own_city: Parts) -> None:
        self.edits(own_city)
        victim, following = own_city.rows(AuditEntry)[-3:-1]
        with own_city.db.write() as session:
            session.execute(delete(AuditEntry).where(AuditEntry.id == victim.id))
        assert broken(own_city) == following.id
