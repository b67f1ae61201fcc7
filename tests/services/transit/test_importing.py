"""What is broken is refused with file and line; what the standard allows is taken in."""

from __future__ import annotations

import datetime as dt
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.services.transit import reading
from backend.services.transit.feed import ESTIMATED, STATION
from backend.services.transit.importing import import_feed
from backend.services.transit.packing import UnknownForm, pack, unpack
from backend.services.transit.store import checksum
from backend.services.transit.validation import InvalidFeed, Report
from tests.services.transit.feeds import (
    AGENCY,
    CALENDAR,
    FILES,
    ROUTES,
    STOP_TIMES,
    STOPS,
    TRIPS,
    folder,
    with_line,
    with_more,
    zipped,
)
from tests.support.container import Parts

Changed = dict[str, str | bytes | None]
FREQUENCIES = "trip_id,start_time,end_time,headway_secs\n"

BROKEN: dict[str, tuple[Changed, str, int, str]] = {
    **{f"no {name}": ({name: None}, name, 0, "missing") for name in ("stops.txt", "routes.txt", "trips.txt")},
    "no agency.txt": ({"agency.txt": None}, "agency.txt", 0, "missing"),
    "no stop_times.txt": ({"stop_times.txt": None}, "stop_times.txt", 0, "missing"),
    "no calendar at all": ({"calendar.txt": None}, "calendar.txt", 0, "calendar_dates.txt"),
    "an empty file": ({"routes.txt": ""}, "routes.txt", 1, "empty"),
    "a header alone": ({"stops.txt": STOPS.splitlines()[0] + "\n"}, "stops.txt", 1, "no stop"),
    "no column": ({"trips.txt": TRIPS.replace("service_id", "service")}, "trips.txt", 1, "service_id"),
    "a column twice": ({"stops.txt": STOPS.replace("parent_station", "stop_name")}, "stops.txt", 1, "twice"),
    "a bad time": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:61:00,08:10:00,mid,2")}, "stop_times.txt", 3, "08:61:00",
    ),
    "a time of another kind": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,8 o'clock,08:10:00,mid,2")}, "stop_times.txt", 3, "o'clock",
    ),
    "time running back": (
        {"stop_times.txt": with_line(STOP_TIMES, 4, "a1,08:05:00,08:05:00,east,3")}, "stop_times.txt", 4, "line 3",
    ),
    "leaving before coming": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:10:00,08:09:00,mid,2")}, "stop_times.txt", 3, "before",
    ),
    "no time at the end": (
        {"stop_times.txt": with_line(STOP_TIMES, 4, "a1,,,east,3")}, "stop_times.txt", 4, "last stop",
    ),
    "an unknown stop": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:10:00,08:10:00,moon,2")}, "stop_times.txt", 3, "moon",
    ),
    "an unknown trip": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "zz,08:10:00,08:10:00,mid,2")}, "stop_times.txt", 3, "zz",
    ),
    "a sequence twice": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:10:00,08:10:00,mid,1")}, "stop_times.txt", 3, "line 2",
    ),
    "a sequence that is no number": (
        {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:10:00,08:10:00,mid,two")}, "stop_times.txt", 3, "two",
    ),
    "an unknown route": ({"trips.txt": with_line(TRIPS, 4, "R9,DAY,a3,东站,0")}, "trips.txt", 4, "R9"),
    "an unknown service": ({"trips.txt": with_line(TRIPS, 4, "R1,NO,a3,东站,0")}, "trips.txt", 4, "NO"),
    "a trip twice": ({"trips.txt": with_line(TRIPS, 3, "R1,DAY,a1,东站,0")}, "trips.txt", 3, "line 2"),
    "a stop twice": ({"stops.txt": with_more(STOPS, "mid,x,39.9,119.5,,")}, "stops.txt", 7, "line 3"),
    "a route twice": ({"routes.txt": with_more(ROUTES, "R1,A,9,,3")}, "routes.txt", 4, "line 2"),
    "a service twice": ({"calendar.txt": with_line(CALENDAR, 3, CALENDAR.splitlines()[1])}, "calendar.txt", 3, "DAY"),
    "a route without a name": ({"routes.txt": with_line(ROUTES, 3, "R2,A,,,3")}, "routes.txt", 3, "long_name"),
    "an unknown kind of route": ({"routes.txt": with_line(ROUTES, 3, "R2,A,2,,99")}, "routes.txt", 3, "99"),
    "an unknown agency": ({"routes.txt": with_line(ROUTES, 3, "R2,B,2,,3")}, "routes.txt", 3, "B"),
    "no time zone": ({"agency.txt": AGENCY.replace("Asia/Shanghai", "Asia/Atlantis")}, "agency.txt", 2, "Atlantis"),
    "two time zones": (
        {"agency.txt": with_more(AGENCY, "B,Other,https://x.example,Asia/Tokyo")}, "agency.txt", 3, "Asia/Tokyo",
    ),
    "a latitude out of range": ({"stops.txt": with_line(STOPS, 3, "mid,x,139.9,39.5,,")}, "stops.txt", 3, "stop_lat"),
    "a longitude that is no number": ({"stops.txt": with_line(STOPS, 3, "mid,x,39.9,E119,,")}, "stops.txt", 3, "E119"),
    "no position": ({"stops.txt": with_line(STOPS, 3, "mid,x,,,,")}, "stops.txt", 3, "stop_lat"),
    "a position in the Atlantic": ({"stops.txt": with_line(STOPS, 3, "mid,x,0,0,,")}, "stops.txt", 3, "Atlantic"),
    "a position that is not a number": ({"stops.txt": with_line(STOPS, 3, "mid,x,nan,119.5,,")}, "stops.txt", 3, "nan"),
    "an unknown parent": ({"stops.txt": with_line(STOPS, 3, "mid,x,39.9,119.5,,hub")}, "stops.txt", 3, "hub"),
    "a circle of parents": (
        {"stops.txt": with_more(STOPS, "p,P,39.9,119.5,1,q", "q,Q,39.9,119.5,1,r", "r,R,39.9,119.5,1,p")},
        "stops.txt", 7, "leads back",
    ),
    "its own parent": ({"stops.txt": with_more(STOPS, "p,P,39.9,119.5,1,p")}, "stops.txt", 7, "leads back"),
    "a parent that is no station": (
        {"stops.txt": with_line(STOPS, 3, "mid,x,39.9,119.5,,west")}, "stops.txt", 3, "west",
    ),
    "a call at a station": (
        {"stops.txt": with_line(STOPS, 3, "mid,x,39.9,119.5,1,")}, "stop_times.txt", 3, "location_type 0",
    ),
    "a date that is none": (
        {"calendar.txt": CALENDAR.replace("20261231", "20260231")}, "calendar.txt", 2, "20260231",
    ),
    "dates the wrong way round": (
        {"calendar.txt": CALENDAR.replace("20261231", "20251231")}, "calendar.txt", 2, "before",
    ),
    "a weekday that is neither": ({"calendar.txt": CALENDAR.replace("DAY,1,1", "DAY,1,yes")}, "calendar.txt", 2, "yes"),
    "an exception that is neither": (
        {"calendar_dates.txt": "service_id,date,exception_type\nDAY,20260501,3\n"}, "calendar_dates.txt", 2, "3",
    ),
    "too few cells": ({"stops.txt": with_line(STOPS, 3, "mid,x,39.9")}, "stops.txt", 3, "3 cells"),
    "quotation marks open": ({"stops.txt": with_line(STOPS, 3, '"mid,x,39.9,119.5,,')}, "stops.txt", 6, "quotation"),
    "another encoding": ({"stops.txt": STOPS.encode("gb18030")}, "stops.txt", 2, "UTF-8"),
    "UTF-16": ({"stops.txt": STOPS.encode("utf-16")}, "stops.txt", 1, "UTF-8"),
    "an endless line": ({"stops.txt": with_line(STOPS, 3, "x" * 100_000)}, "stops.txt", 3, "longer"),
    "no headway": ({"frequencies.txt": FREQUENCIES + "a1,06:00:00,07:00:00,0\n"}, "frequencies.txt", 2, "headway"),
    "a run every second": (
        {"frequencies.txt": FREQUENCIES + "a1,06:00:00,12:00:00,1\n"}, "frequencies.txt", 2, "seconds",
    ),
    "frequencies that overlap": (
        {"frequencies.txt": FREQUENCIES + "a1,06:00:00,07:00:00,600\na1,06:30:00,08:00:00,600\n"},
        "frequencies.txt", 3, "line 2",
    ),
    "a transfer to nowhere": (
        {"transfers.txt": "from_stop_id,to_stop_id,transfer_type\nmid,moon,0\n"}, "transfers.txt", 2, "moon",
    ),
    "a price that is none": (
        {"fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nF,two,CNY,0,\n"},
        "fare_attributes.txt", 2, "two",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("as_zip", [True, False])
def test_what_is_broken_is_refused_with_file_and_line(tmp_path: Path, name: str, as_zip: bool) -> None:
    changed, file, line, said = BROKEN[name]
    path = zipped(tmp_path / "feed.zip", changed) if as_zip else folder(tmp_path / "feed", changed)
    with pytest.raises(InvalidFeed) as refused:
        import_feed(path)
    found = [(one.file, one.line) for one in refused.value.report.errors]
    assert (file, line) in found, refused.value.report.text()
    [problem, *_] = [one for one in refused.value.report.errors if (one.file, one.line) == (file, line)]
    assert said in f"{problem.field} {problem.message}"
    assert (f"{file}:{line}: error" if line else f"{file}: error") in str(refused.value)


def _member(path: Path, name: str, data: bytes = b"x", mode: int = 0) -> Path:
    zipped(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(info, data)
    return path


def _cut(path: Path) -> Path:
    zipped(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def _damaged(path: Path) -> Path:
    zipped(path)
    with zipfile.ZipFile(path) as file:
        at = file.getinfo("stops.txt").header_offset + 60
    data = bytearray(path.read_bytes())
    data[at : at + 20] = bytes(20)
    path.write_bytes(data)
    return path


def _damaged_lzma(path: Path) -> Path:
    zipped(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as file:
        file.writestr("fare_attributes.txt", "fare_id,price,currency_type,payment_method,transfers\n")
        at = file.getinfo("fare_attributes.txt").header_offset
    data = bytearray(path.read_bytes())
    at = data.index(b"fare_attributes.txt", at) + len("fare_attributes.txt")
    data[at + 9 : at + 29] = bytes(range(235, 255))
    path.write_bytes(data)
    return path


def _unknown_method(path: Path) -> Path:
    zipped(path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        at = file.getinfo("stops.txt").header_offset
    # The method stands in the header of the member and in the directory at the end: 9 is Deflate64.
    entry = data.rindex(b"stops.txt") - 46
    changed = bytearray(data)
    changed[at + 8 : at + 10] = changed[entry + 10 : entry + 12] = b"\x09\x00"
    path.write_bytes(changed)
    return path


def _name_not_utf8(path: Path) -> Path:
    _member(path, "straße.txt")
    path.write_bytes(path.read_bytes().replace("straße".encode(), b"stra\xff\xffe"))
    return path


def _not_a_zip(path: Path) -> Path:
    path.write_bytes(b"hello")
    return path


HOSTILE: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "up the tree": (lambda path: _member(path, "../evil.txt"), "../evil.txt", "out of the zip"),
    "up by backslashes": (lambda path: _member(path, "..\\evil.txt"), "..\\evil.txt", "out of the zip"),
    "from the root": (lambda path: _member(path, "/etc/evil.txt"), "/etc/evil.txt", "out of the zip"),
    "from a drive": (lambda path: _member(path, "C:\\evil.txt"), "C:\\evil.txt", "out of the zip"),
    "a folder": (lambda path: _member(path, "feed/stops.txt"), "feed/stops.txt", "folder"),
    "a link": (lambda path: _member(path, "shapes.txt", b"/etc/passwd", stat.S_IFLNK | 0o777), "shapes.txt", "link"),
    "a zip in it": (lambda path: _member(path, "more.zip"), "more.zip", "archive within"),
    "a zip bomb": (
        lambda path: _member(path, "shapes.txt", bytes(reading.RATIO_FROM_BYTES + 1)), "shapes.txt", "zip bomb",
    ),
    "half a file": (_cut, "feed.zip", "zip file"),
    "not a zip": (_not_a_zip, "feed.zip", "zip file"),
    "damaged data": (_damaged, "stops.txt", "read"),
    "damaged data of another method": (_damaged_lzma, "fare_attributes.txt", "read"),
    "a method nobody knows": (_unknown_method, "stops.txt", "compression"),
    "a name in another encoding": (_name_not_utf8, "feed.zip", "zip file"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    make, file, said = HOSTILE[name]
    with pytest.raises(InvalidFeed) as refused:
        import_feed(make(tmp_path / "feed.zip"))
    assert any(one.file == file and said in one.message for one in refused.value.report.errors), str(refused.value)


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_TOTAL_BYTES", 1000)
    with pytest.raises(InvalidFeed, match="zip bomb"):
        import_feed(zipped(tmp_path / "feed.zip"))
    monkeypatch.setattr(reading, "MAX_FILES", 3)
    with pytest.raises(InvalidFeed, match="6 files"):
        import_feed(folder(tmp_path / "feed"))


def test_a_missing_feed_and_a_link_in_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidFeed, match="no such file"):
        import_feed(tmp_path / "none.zip")
    path = folder(tmp_path / "feed")
    (path / "shapes.txt").symlink_to("/etc/hostname")
    with pytest.raises(InvalidFeed, match="link"):
        import_feed(path)


def test_the_report_names_everything_at_once_and_stays_short(tmp_path: Path) -> None:
    rows = "".join(f"zz{at},08:00:00,08:00:00,mid,1\n" for at in range(1000))
    with pytest.raises(InvalidFeed) as refused:
        import_feed(folder(tmp_path / "feed", {"stop_times.txt": STOP_TIMES + rows}))
    text = refused.value.report.text()
    assert "1000 errors" in text
    assert len(text.splitlines()) < 210


def test_a_refused_feed_leaves_the_one_before_in_use(own_city: Parts, tmp_path: Path) -> None:
    feeds = own_city.transit_feeds
    good = folder(tmp_path / "good")
    first = feeds.swap(import_feed(good), checksum(good), "test")
    before = feeds.current()
    assert before is not None
    for name, (changed, *_) in BROKEN.items():
        with pytest.raises(InvalidFeed):
            import_feed(folder(tmp_path / name.replace(" ", "_"), changed))
    now = feeds.current()
    assert now is before
    assert now.feed_id == first


class TestAllowed:
    def test_the_feed_itself(self, tmp_path: Path) -> None:
        report = Report()
        feed = import_feed(zipped(tmp_path / "feed.zip"), report)
        assert report.problems == []
        assert (len(feed.stops), len(feed.routes), len(feed.trips), len(feed.stop_times)) == (5, 2, 8, 21)
        assert (feed.about.start, feed.about.end) == ("2026-01-01", "2026-12-31")
        a3 = feed.trips.ids.index("a3")
        assert feed.stop_times.arrival[feed.trips.first[a3 + 1] - 1] == 25 * 3600 + 10 * 60

    def test_a_byte_order_mark_windows_lines_blanks_and_more_columns(self, tmp_path: Path) -> None:
        changed: Changed = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in FILES.items()}
        rows = STOPS.splitlines()
        more = [rows[0] + ",colour", *(f"{row} ,blue" for row in rows[1:]), "", ",,,,,,"]
        changed["stops.txt"] = "\n".join(more)
        changed["notes.md"] = "anything"
        changed["pathways.txt"] = "pathway_id\n"
        report = Report()
        feed = import_feed(zipped(tmp_path / "feed.zip", changed), report)
        assert len(feed.stops) == 5
        assert [(one.file, one.severity) for one in report.problems] == [("pathways.txt", "warning")]

    def test_rows_in_any_order_and_quoted_commas(self, tmp_path: Path) -> None:
        head, *rows = STOP_TIMES.splitlines()
        changed: Changed = {
            "stop_times.txt": "\n".join([head, *reversed(rows)]),
            "stops.txt": STOPS.replace("山海亭", '"山海亭, ""北"""'),
        }
        feed = import_feed(folder(tmp_path / "feed", changed))
        assert feed.stops[4].name == '山海亭, "北"'
        assert feed.stop_times.stop.tolist() == import_feed(folder(tmp_path / "plain")).stop_times.stop.tolist()

    def test_several_agencies_exceptions_alone_and_extended_kinds(self, tmp_path: Path) -> None:
        changed: Changed = {
            "agency.txt": with_more(AGENCY, "B,Ferry,https://x.example,Asia/Shanghai"),
            "routes.txt": with_line(ROUTES, 3, "R2,B,,快船,1000"),
            "calendar.txt": None,
            "calendar_dates.txt": "service_id,date,exception_type\nDAY,20260501,1\nWORK,20260502,1\nWORK,20260503,2\n",
        }
        feed = import_feed(folder(tmp_path / "feed", changed))
        assert [agency.name for agency in feed.agencies] == ["Bay Buses", "Ferry"]
        assert [service.runs_on(dt.date(2026, 5, 2)) for service in feed.services] == [False, True]

    def test_times_between_timepoints_are_filled_in_and_marked(self, tmp_path: Path) -> None:
        changed: Changed = {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,,,mid,2")}
        feed = import_feed(folder(tmp_path / "feed", changed))
        assert feed.stop_times.arrival[:3].tolist() == [8 * 3600, 8 * 3600 + 600, 8 * 3600 + 1200]
        assert feed.stop_times.flags[:3].tolist() == [0, ESTIMATED, 0]

    def test_stations_frequencies_transfers_fares_and_translations(self, tmp_path: Path) -> None:
        changed: Changed = {
            "stops.txt": with_more(
                STOPS, "hub,总站,39.9,119.5,1,", "hub_in,入口,39.9,119.5,2,hub", "node,,,,3,hub"
            ).replace("119.5000,,", "119.5000,0,hub"),
            "frequencies.txt": FREQUENCIES + "a1,06:00:00,07:00:00,600\na1,07:00:00,08:00:00,900\n",
            "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nmid,mid2,2,120\nhub,mid,3,\n",
            "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nF,2.00,CNY,0,0\n",
            "fare_rules.txt": "fare_id,route_id\nF,R1\n",
            "translations.txt": "table_name,field_name,language,translation,record_id\nstops,stop_name,en,Hill,hill\n",
            "feed_info.txt": "feed_publisher_name,feed_publisher_url,feed_lang,feed_version\nBay,https://b.example,zh,7\n",
        }
        feed = import_feed(folder(tmp_path / "feed", changed))
        assert feed.stops[0].parent == 5
        assert feed.stops[5].location_type == STATION
        assert feed.stops[4].name_en == "Hill"
        assert feed.frequencies.tolist() == [[0, 21600, 25200, 600, 0], [0, 25200, 28800, 900, 0]]
        assert feed.fares[0].price == 2
        assert (feed.about.name, feed.about.version) == ("Bay", "7")

    def test_a_feed_that_has_ended_is_taken_in_with_a_warning(self, tmp_path: Path) -> None:
        report = Report()
        import_feed(folder(tmp_path / "feed"), report, dt.date(2027, 6, 1))
        assert report.ok
        assert "ended on 2026-12-31" in report.text()


def test_a_packed_feed_is_the_same_feed(tmp_path: Path) -> None:
    feed = import_feed(folder(tmp_path / "feed"))
    data = pack(feed)
    again = unpack(data)
    assert pack(again) == data
    assert (again.stops, again.routes, again.services, again.about) == (
        feed.stops, feed.routes, feed.services, feed.about,
    )  # fmt: skip
    assert again.stop_times.arrival.tolist() == feed.stop_times.arrival.tolist()


def test_a_feed_in_another_form_is_not_misread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.services.transit.packing.FORM", 99)
    data = pack(import_feed(folder(tmp_path / "feed")))
    monkeypatch.undo()
    with pytest.raises(UnknownForm):
        unpack(data)
