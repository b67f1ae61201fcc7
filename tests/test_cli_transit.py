"""The operator's command for the timetable."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from backend import cli
from backend.models import TransitFeed
from backend.services.transit.network import Network
from tests.services.transit.feeds import STOP_TIMES, STOPS, folder, with_line, zipped
from tests.support.container import Parts


@pytest.fixture(autouse=True)
def _parts(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "container", lambda: parts)


def in_use(parts: Parts) -> Network:
    network = parts.transit_feeds.current()
    assert network is not None
    return network


@pytest.mark.parametrize("make", [folder, zipped])
def test_a_good_feed_comes_into_use(parts: Parts, tmp_path: Path, make: object) -> None:
    assert callable(make)
    first = CliRunner().invoke(cli.transit_import, [str(make(tmp_path / "first.zip"))])
    assert first.exit_code == 0, first.output
    assert "5 stops, 2 lines, 8 trips, 21 stop times, 2026-01-01 to 2026-12-31" in first.output
    before = in_use(parts)
    assert f"first.zip is in use now, as version {before.feed_id}" in first.output
    renamed = make(tmp_path / "second.zip", {"stops.txt": STOPS.replace("山海亭", "望海亭")})
    second = CliRunner().invoke(cli.transit_import, [str(renamed)])
    assert second.exit_code == 0
    assert in_use(parts).feed_id > before.feed_id
    assert in_use(parts).feed.stops[-1].name == "望海亭"
    assert sorted(feed.state for feed in parts.rows(TransitFeed)) == ["active", "replaced"]


@pytest.mark.parametrize("make", [folder, zipped])
def test_a_broken_feed_is_refused_by_file_and_line_and_the_old_one_stays(
    parts: Parts, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    CliRunner().invoke(cli.transit_import, [str(make(tmp_path / "good.zip"))])
    before = in_use(parts)
    bad = make(tmp_path / "bad.zip", {"stop_times.txt": with_line(STOP_TIMES, 3, "a1,08:61:00,08:10:00,mid,2")})
    result = CliRunner().invoke(cli.transit_import, [str(bad)])
    assert result.exit_code == 1
    assert "stop_times.txt:3: error" in result.output
    assert "bad.zip was refused; the feed in use stays" in result.output
    assert in_use(parts) is before


def test_checking_changes_nothing(parts: Parts, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.transit_import, ["--check", str(zipped(tmp_path / "feed.zip"))])
    assert result.exit_code == 0
    assert "in use" not in result.output
    assert parts.transit_feeds.current() is None


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.transit_import, [str(tmp_path / "none.zip")])
    assert result.exit_code == 2
    assert "does not exist" in result.output
