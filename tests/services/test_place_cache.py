"""What is kept of the places between questions: every change is in the very next answer, whoever makes it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, event, select, text, update

from backend.database import Database, make_engine
from backend.geo import Datum, Point
from backend.models import Division, Place, PlaceChange, Term
from backend.services.content import Editor
from backend.services.places import Places, Wanted
from tests.factories import PlaceRow, stored
from tests.support.container import Parts
from tests.support.database import POSTGRESQL

CLERK = Editor("李静", "lijing@example.org")
ALL = [f"attraction:{name}" for name in "abc"]
HERE = Point(39.83, 119.52, Datum.WGS84)


@pytest.fixture
def places(parts: Parts) -> Places:
    """Three places, kept in memory already."""
    with parts.db.write() as session:
        stored(
            session,
            Division(id="district:130304", level="county", name_zh="北戴河区"),
            Term(id="category:park", type="category", name_zh="公园", name_en="park"),
            *(PlaceRow(id=f"attraction:{name}", lat=39.83 + step / 100) for step, name in enumerate("abc")),
        )
    assert ids(parts.places) == ["a", "b", "c"]
    return parts.places


@pytest.fixture
def other_process(parts: Parts, database_url: str) -> Iterator[Parts]:
    """Another process on the same database: nothing is shared but the rows."""
    from tests.support.container import build

    made = build(database_url)
    yield made
    made.db.engine.dispose()


def ids(places: Places) -> list[str]:
    return [near.place.id.partition(":")[2] for near in places.nearest(HERE, Wanted())]


class TestTheNextAnswer:
    def test_has_an_edit(self, parts: Parts, places: Places) -> None:
        parts.content.edit("attraction:a", None, {"price_text_zh": "99元", "price_text_en": "99 yuan"}, CLERK)
        found = places.get("attraction:a")
        assert found is not None
        assert found.price_text_zh == "99元"
        assert found.checked_by == "李静"

    def test_has_a_move(self, parts: Parts, places: Places) -> None:
        parts.content.edit("attraction:a", None, {"lat": 39.9}, CLERK)
        assert ids(places) == ["b", "c", "a"]

    def test_has_no_deleted_place_and_has_it_again(self, parts: Parts, places: Places) -> None:
        parts.content.delete("attraction:b", 1, CLERK)
        assert ids(places) == ["a", "c"]
        assert places.get("attraction:b") is None
        parts.content.undelete("attraction:b", CLERK)
        assert ids(places) == ["a", "b", "c"]

    def test_has_a_restored_version(self, parts: Parts, places: Places) -> None:
        parts.content.edit("attraction:a", None, {"lat": 39.9}, CLERK)
        assert ids(places) == ["b", "c", "a"]
        parts.content.restore("attraction:a", 2, 1, CLERK)
        assert ids(places) == ["a", "b", "c"]

    def test_has_a_new_place(self, parts: Parts, places: Places) -> None:
        with parts.db.write() as session:
            stored(session, PlaceRow(id="attraction:d", lat=39.831))
        assert ids(places) == ["a", "d", "b", "c"]

    def test_has_what_was_written_past_the_services(self, parts: Parts, places: Places) -> None:
        """By hand in the database: no version, no time of change."""
        with parts.db.write() as session:
            session.execute(text("UPDATE places SET name_zh = '改了' WHERE id = 'attraction:c'"))
        found = places.get("attraction:c")
        assert found is not None
        assert found.name_zh == "改了"
        with parts.db.write() as session:
            session.execute(delete(Place).where(Place.id == "attraction:a"))
        assert ids(places) == ["b", "c"]

    def test_has_what_another_process_did(self, places: Places, other_process: Parts) -> None:
        assert ids(other_process.places) == ["a", "b", "c"]
        other_process.content.edit("attraction:c", None, {"lat": 39.83, "name_en": "Next door"}, CLERK)
        assert ids(places) == ids(other_process.places) == ["a", "c", "b"]

    def test_has_an_edit_whose_time_is_long_past(self, parts: Parts, places: Places) -> None:
        """A clock that is behind, or a long transaction."""
        long_ago = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
        with parts.db.write() as session:
            session.execute(update(Place).where(Place.id == "attraction:a").values(lat=39.99, updated_at=long_ago))
        assert ids(places) == ["b", "c", "a"]


def test_an_edit_reads_one_place_and_a_question_reads_none(parts: Parts, places: Places) -> None:
    read: list[str] = []
    event.listen(parts.db.engine, "before_cursor_execute", lambda c, cur, statement, *_: read.append(statement))
    assert ids(places) == ["a", "b", "c"]
    assert [statement for statement in read if "FROM place" in statement] == read[-1:]
    assert "FROM place_changes" in read[-1]
    before = {name: places.get(f"attraction:{name}") for name in "abc"}
    parts.content.edit("attraction:b", None, {"lat": 39.99}, CLERK)
    after = {name: places.get(f"attraction:{name}") for name in "abc"}
    assert [name for name in "abc" if before[name] is not after[name]] == ["b"]


def test_edits_at_once_by_many_are_all_seen(parts: Parts, places: Places, other_process: Parts) -> None:
    names = [f"attraction:n{number}" for number in range(12)]
    with parts.db.write() as session:
        stored(session, *(PlaceRow(id=name) for name in names))
    wrong: list[str] = []

    def edit(who: Parts, mine: list[str]) -> None:
        for step in range(4):
            for name in mine:
                saved = who.content.edit(name, None, {"price_text_zh": f"{step}元", "price_text_en": "x"}, CLERK)
                for asked in (parts.places, other_process.places):
                    found = asked.get(name)
                    if found is None or found.version < saved.version:
                        wrong.append(f"{name} {saved.version}")

    threads = [
        threading.Thread(target=edit, args=(who, names[start::4]))
        for start, who in enumerate((parts, other_process, parts, other_process))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    for asked in (parts.places, other_process.places):
        assert [place.price_text_zh for place in asked.by_ids(names)] == ["3元"] * len(names)


def test_a_transaction_that_ends_late_is_not_missed(parts: Parts, places: Places) -> None:
    late = threading.Event()
    began = threading.Event()

    def long_one() -> None:
        with parts.db.write() as session:
            session.execute(update(Place).where(Place.id == "attraction:a").values(lat=39.98))
            began.set()
            late.wait(30)

    thread = threading.Thread(target=long_one)
    thread.start()
    assert began.wait(30)
    assert ids(places) == ["a", "b", "c"]
    if POSTGRESQL:  # SQLite has one writer at a time
        with parts.db.write() as session:
            session.execute(update(Place).where(Place.id == "attraction:b").values(lat=39.99))
        assert ids(places) == ["a", "c", "b"]
    late.set()
    thread.join()
    assert ids(places) == (["c", "a", "b"] if POSTGRESQL else ["b", "c", "a"])


def test_numbers_grow_by_commit_and_one_row_stands_for_each_place(parts: Parts, places: Places) -> None:
    def numbers() -> dict[str, int]:
        with parts.db.read() as session:
            changes = session.scalars(select(PlaceChange).where(PlaceChange.place_id.in_(ALL)))
            return {change.place_id: change.number for change in changes}

    first = numbers()
    assert len(set(first.values())) == 3
    parts.content.edit("attraction:a", None, {"price_text_zh": "1元", "price_text_en": "x"}, CLERK)
    then = numbers()
    assert then["attraction:a"] > max(first.values())
    assert {name: then[name] for name in first if name != "attraction:a"} == {
        name: first[name] for name in first if name != "attraction:a"
    }
    with parts.db.write() as session:
        session.execute(delete(Place).where(Place.id == "attraction:a"))
    assert numbers()["attraction:a"] > then["attraction:a"]
    assert places.state() == numbers()["attraction:a"]


def test_a_write_that_is_taken_back_changes_nothing(parts: Parts, places: Places) -> None:
    state = places.state()
    with pytest.raises(ZeroDivisionError), parts.db.write() as session:
        session.get_one(Place, "attraction:a").lat = 39.9
        session.flush()
        raise ZeroDivisionError
    assert (places.state(), ids(places)) == (state, ["a", "b", "c"])


def test_a_database_put_back_to_an_older_state_is_read_anew(parts: Parts, places: Places) -> None:
    with parts.db.write() as session:
        session.execute(update(Place).where(Place.id == "attraction:a").values(name_zh="后来"))
    assert places.get("attraction:a").name_zh == "后来"  # type: ignore[union-attr]
    with parts.db.write() as session:
        session.execute(update(Place).where(Place.id == "attraction:a").values(name_zh="从前"))
        session.flush()
    with parts.db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(PlaceChange).values(number=-PlaceChange.number))
    assert places.get("attraction:a").name_zh == "从前"  # type: ignore[union-attr]


def test_the_database_writes_changes_down_itself(database_url: str) -> None:
    """A migration that rebuilds the table on SQLite takes its triggers away without a word: this would tell."""
    engine = make_engine(database_url)
    query = (
        "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'place_%'"
        if POSTGRESQL
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with engine.connect() as connection:
        found = set(connection.execute(text(query)).scalars())
    engine.dispose()
    assert found >= ({"place_changed"} if POSTGRESQL else {"place_inserted", "place_updated", "place_removed"})


def test_many_threads_read_it_once(parts: Parts) -> None:
    with parts.db.write() as session:
        stored(session, *(PlaceRow() for _ in range(30)))
    read: list[str] = []
    event.listen(parts.db.engine, "before_cursor_execute", lambda c, cur, statement, *_: read.append(statement))
    fresh = Places(Database(parts.db.engine))
    threads = [threading.Thread(target=fresh.search, args=(Wanted(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([statement for statement in read if "FROM places" in statement]) == 1
