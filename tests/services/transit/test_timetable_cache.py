"""Which timetables are kept, and who waits for whom."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.services.transit.importing import import_feed
from backend.services.transit.network import Network
from backend.services.transit.timetable import Change, Timetable
from backend.services.transit.timetable_cache import FAR_KEPT, TimetableCache
from tests.services.transit.feeds import folder

TODAY = dt.date(2026, 7, 15)
TOMORROW = TODAY + dt.timedelta(days=1)
LONG = 30  # seconds that nothing here takes


def cache() -> TimetableCache:
    return TimetableCache(lambda: TODAY)


def made(day: dt.date) -> Timetable:
    return Timetable(day, (), ())


def test_far_days_never_drive_out_today_and_tomorrow() -> None:
    kept = cache()
    near = [kept.get((day, False), 0, lambda day=day: made(day)) for day in (TODAY, TOMORROW)]
    for step in range(2, 60):
        far = TODAY + dt.timedelta(days=step)
        kept.get((far, False), 0, lambda far=far: made(far))
    again = [kept.get((day, False), 0, lambda: pytest.fail("built anew")) for day in (TODAY, TOMORROW)]
    assert [one is other for one, other in zip(near, again, strict=True)] == [True, True]
    assert len(kept.days()) == 2 + FAR_KEPT


def test_a_new_version_takes_the_place_of_the_old_one() -> None:
    kept = cache()
    built = [kept.get((TODAY, False), version, lambda: made(TODAY)) for version in (1, 2)]
    assert built[0] is not built[1]
    assert kept.get((TODAY, False), 2, lambda: pytest.fail("built anew")) is built[1]
    assert kept.days() == {TODAY}


def test_two_who_ask_for_the_same_day_get_one_result_and_others_do_not_wait() -> None:
    kept, begun, go_on = cache(), threading.Event(), threading.Event()
    builds = []

    def slow() -> Timetable:
        builds.append(1)
        begun.set()
        assert go_on.wait(LONG)
        return made(TODAY)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get, (TODAY, False), 0, slow)
        assert begun.wait(LONG)
        second = threads.submit(kept.get, (TODAY, False), 0, slow)
        # This thread would hang here if the day under way held it up.
        assert kept.get((TOMORROW, False), 0, lambda: made(TOMORROW)).day == TOMORROW
        go_on.set()
        assert first.result(LONG) is second.result(LONG)
    assert builds == [1]


def test_one_that_fails_is_built_at_the_next_question() -> None:
    kept = cache()

    def fails() -> Timetable:
        raise MemoryError

    with pytest.raises(MemoryError):
        kept.get((TODAY, False), 0, fails)
    assert kept.get((TODAY, False), 0, lambda: made(TODAY)).day == TODAY


def test_a_far_day_is_not_built_anew_with_each_live_change(tmp_path: Path) -> None:
    network = Network(import_feed(folder(tmp_path / "feed")))
    far = TODAY + dt.timedelta(days=30)
    changes = {(0, TODAY): Change(cancelled=True)}
    assert network.timetable(far, False, changes, 1) is network.timetable(far, False, changes, 2)
    assert network.timetable(TODAY, False, changes, 1) is not network.timetable(TODAY, False, changes, 2)
    assert network.timetable(TODAY, True, changes, 2) is network.timetable(TODAY, True, changes, 2)
