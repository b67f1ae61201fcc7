"""The operator's commands for stations."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner

from backend import cli
from backend.models import Reading
from backend.services.readings import NewReading
from tests.factories import StationRow, stored
from tests.support.container import Clock, Parts


@pytest.fixture
def station(parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(cli, "container", lambda: parts)
    with parts.db.write() as session:
        stored(session, StationRow(id="station:pier"))
    return "station:pier"


def test_a_token_is_shown_once_and_works(parts: Parts, station: str) -> None:
    first = CliRunner().invoke(cli.station_token, [station])
    assert first.exit_code == 0
    assert parts.readings.station_of(first.output.strip()) == station
    second = CliRunner().invoke(cli.station_token, [station]).output.strip()
    assert parts.readings.station_of(first.output.strip()) is None
    assert parts.readings.station_of(second) == station


def test_an_unknown_station_is_told_with_those_there_are(station: str) -> None:
    result = CliRunner().invoke(cli.station_token, ["station:peer"])
    assert result.exit_code == 1
    assert "there is no station station:peer; there are: station:pier" in result.output


def test_old_readings_are_purged(parts: Parts, station: str, clock: Clock) -> None:
    times = [clock.now() - dt.timedelta(days=days) for days in (0, 20, 40)]
    parts.readings.store(station, [NewReading("wave_height", 0.4, "m", time) for time in times])
    result = CliRunner().invoke(cli.purge_readings, ["--days", "30"])
    assert result.output == "1 readings older than 30 days deleted\n"
    assert len(parts.rows(Reading)) == 2
    assert CliRunner().invoke(cli.purge_readings, ["--days", "1"]).exit_code == 2
