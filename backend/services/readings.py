"""Readings of stations: taken in as a whole batch or not at all, once each; given out as a series or as the latest."""

from __future__ import annotations

import datetime as dt
import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from backend.city_pack.model import Threshold
from backend.database import Database, record_event
from backend.models import Reading, Station, utcnow
from backend.services import thresholds
from backend.services.inbound import token_hash
from backend.services.quantities import CLOCK_AHEAD, QUANTITIES, InvalidReading, quantity

MAX_BATCH = 500
MAX_SERIES = 1000
QUALITIES = ("raw", "reviewed", "suspect")
# How much time is forgotten in one transaction: that is done within a statement's time, and others write in between.
FORGET_AT_ONCE = dt.timedelta(days=1)
# What may be measured again: a raw value gives way to one that people have looked at.
_GIVES_WAY = {("raw", "reviewed"), ("raw", "suspect"), ("suspect", "reviewed")}


class UnknownStation(LookupError):
    """There is no station of this id."""


class InvalidBatch(ValueError):
    """A batch with a reading that cannot be stored; `errors` holds what is wrong by position and field. Nothing of the
    batch was stored.
    """

    def __init__(self, errors: dict[int, dict[str, list[str]]]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} readings cannot be stored")


@dataclass(frozen=True)
class NewReading:
    """A reading as a station sends it. `observed_at` is aware, in any zone."""

    quantity: str
    value: float | str
    unit: str
    observed_at: dt.datetime
    quality: str = "raw"


@dataclass(frozen=True)
class Stored:
    """What became of a batch: how many were new, how many replaced a raw value, how many were there already."""

    added: int
    corrected: int
    unchanged: int


@dataclass(frozen=True)
class Observed:
    """A reading with the station it is from."""

    reading: Reading
    station: Station

    @property
    def stale_at(self) -> dt.datetime:
        """From when on it no longer speaks of the present, UTC."""
        return self.reading.observed_at + QUANTITIES[self.reading.quantity].fresh_for

    def is_fresh(self, now: dt.datetime) -> bool:
        """Whether it still speaks of the present."""
        return now < self.stale_at


class Readings:
    """Takes readings in and gives them out."""

    def __init__(self, db: Database, limits: Sequence[Threshold] = ()) -> None:
        self._db = db
        self.thresholds = tuple(limits)

    # stations

    def issue_token(self, station_id: str) -> str:
        """A new bearer token for a station, which ends the one before. Only its hash is kept. Raises UnknownStation."""
        token = secrets.token_urlsafe(32)
        with self._db.write() as session:
            station = session.get(Station, station_id)
            if station is None:
                raise UnknownStation(station_id)
            station.token_hash, station.token_at = token_hash(token), utcnow()
        return token

    def station_of(self, token: str) -> str | None:
        """The id of the enabled station behind a bearer token; None for an unknown token."""
        with self._db.read() as session:
            found = select(Station.id).where(Station.token_hash == token_hash(token), Station.enabled)
            return session.scalars(found).one_or_none()

    def stations(self, place_id: str = "") -> list[Station]:
        """The enabled stations, those of one place where one is named, by id."""
        query = select(Station).where(Station.enabled).order_by(Station.id)
        if place_id:
            query = query.where(Station.place_id == place_id)
        with self._db.read() as session:
            return list(session.scalars(query))

    # taking in

    def store(self, station_id: str, batch: Sequence[NewReading]) -> Stored:
        """Stores all readings of a batch or none, with the events they cause, in one transaction.

        A reading that is there already is no second row. Raises InvalidBatch, UnknownStation.
        """
        with self._db.write() as session:
            # One batch of a station at a time: what it repeats and which thresholds it passes depends on the rest.
            station = session.scalars(
                select(Station).where(Station.id == station_id, Station.enabled).with_for_update()
            ).one_or_none()
            if station is None:
                raise UnknownStation(station_id)
            fresh = _take_in(session, station_id, _rows(station, batch, utcnow()))
            new = [*fresh.added, *fresh.corrected]
            thresholds.compare(session, self.thresholds, station, new)
            if new:
                names = sorted({row.quantity for row in new})
                record_event(session, "reading.received", f"station/{station_id}", {"count": len(new), "of": names})
        return Stored(len(fresh.added), len(fresh.corrected), len(batch) - len(new))

    def forget_before(self, time: dt.datetime) -> int:
        """Deletes readings observed before an aware time, but never the latest of a station and quantity; how many.

        Goes a day at a time, each in its own transaction: what is deleted stays so when a later day fails.
        """
        gone = 0
        begin = self._first_from(None)
        while begin is not None and begin < time:
            end = min(begin + FORGET_AT_ONCE, time)
            gone += self._forget(begin, end)
            begin = self._first_from(end)
        return gone

    def _first_from(self, time: dt.datetime | None) -> dt.datetime | None:
        """When the first reading of all, or from a time on, was observed."""
        first = select(func.min(Reading.observed_at))
        with self._db.read() as session:
            return session.scalar(first.where(Reading.observed_at >= time) if time is not None else first)

    def _forget(self, begin: dt.datetime, end: dt.datetime) -> int:
        later = aliased(Reading)
        followed = exists().where(
            later.station_id == Reading.station_id,
            later.quantity == Reading.quantity,
            later.observed_at > Reading.observed_at,
        )
        of_this_time = (Reading.observed_at >= begin, Reading.observed_at < end)
        with self._db.write() as session:
            gone = session.execute(delete(Reading).where(*of_this_time, followed))
            return int(gone.rowcount)  # type: ignore[attr-defined]

    # giving out

    def series(
        self,
        *,
        place_id: str = "",
        station_id: str = "",
        quantity_name: str = "",
        begin: dt.datetime | None = None,
        end: dt.datetime | None = None,
        limit: int = MAX_SERIES,
    ) -> list[Observed]:
        """Readings of enabled stations, latest first: of a place or a station, of one quantity, observed from `begin`
        on and before `end`. Suspect ones are among them.
        """
        query = select(Reading, Station).join(Station).where(Station.enabled)
        if place_id:
            query = query.where(Station.place_id == place_id)
        if station_id:
            query = query.where(Station.id == station_id)
        if quantity_name:
            query = query.where(Reading.quantity == quantity_name)
        if begin is not None:
            query = query.where(Reading.observed_at >= begin)
        if end is not None:
            query = query.where(Reading.observed_at < end)
        query = query.order_by(Reading.observed_at.desc(), Reading.id.desc()).limit(limit)
        with self._db.read() as session:
            return [Observed(reading, station) for reading, station in session.execute(query)]

    def latest(
        self, quantities: Iterable[str], place_ids: Sequence[str] = (), station_ids: Sequence[str] = ()
    ) -> list[Observed]:
        """The latest reading that is not suspect of each station and quantity, by station and quantity; without
        places and stations named, of all enabled stations.
        """
        parts = []
        for name in quantities:
            newest = (
                select(Reading.id)
                .where(Reading.station_id == Station.id, Reading.quantity == name, Reading.quality != "suspect")
                .order_by(Reading.observed_at.desc())
                .limit(1)
                .correlate(Station)
                .scalar_subquery()
            )
            of_stations = select(newest.label("id")).select_from(Station).where(Station.enabled)
            if place_ids:
                of_stations = of_stations.where(Station.place_id.in_(place_ids))
            if station_ids:
                of_stations = of_stations.where(Station.id.in_(station_ids))
            parts.append(of_stations)
        if not parts:
            return []
        ids = union_all(*parts).subquery()
        query = select(Reading, Station).join(Station).where(Reading.id.in_(select(ids.c.id)))
        with self._db.read() as session:
            rows = session.execute(query.order_by(Reading.station_id, Reading.quantity))
            return [Observed(reading, station) for reading, station in rows]


def _rows(station: Station, batch: Sequence[NewReading], now: dt.datetime) -> dict[int, Reading]:
    """The rows of a batch by position, each once. Raises InvalidBatch with everything that is wrong in it."""
    errors: dict[int, dict[str, list[str]]] = {}
    rows: dict[int, Reading] = {}
    seen: dict[tuple[str, dt.datetime], Reading] = {}
    for position, new in enumerate(batch):
        try:
            row = _row(station, new, now)
            first = seen.setdefault((row.quantity, row.observed_at), row)
            if first is row:
                rows[position] = row
            elif (first.said, first.quality) != (row.said, row.quality):
                raise InvalidReading("value", f"the batch says something else of {row.quantity} at this moment before")
        except InvalidReading as error:
            errors[position] = {error.field: [str(error)]}
    if errors:
        raise InvalidBatch(errors)
    return rows


def _row(station: Station, new: NewReading, now: dt.datetime) -> Reading:
    what = quantity(new.quantity)
    if new.quantity not in station.quantities:
        may = ", ".join(station.quantities) or "nothing"
        raise InvalidReading("quantity", f"{station.id} may report {may}, not {new.quantity}")
    if new.quality not in QUALITIES:
        raise InvalidReading("quality", f"quality is one of {', '.join(QUALITIES)}")
    if isinstance(new.value, float) and not math.isfinite(new.value):
        raise InvalidReading("value", "the value is no number")
    said = what.read(new.value, new.unit)
    observed_at = new.observed_at.astimezone(dt.UTC)
    if observed_at > now + CLOCK_AHEAD:
        raise InvalidReading("observed_at", f"{observed_at.isoformat()} is in the future; it is {now.isoformat()} here")
    return Reading(
        station_id=station.id,
        quantity=new.quantity,
        value=None if isinstance(said, str) else said,
        category=said if isinstance(said, str) else "",
        unit=what.unit,
        quality=new.quality,
        observed_at=observed_at,
        received_at=now,
    )


@dataclass(frozen=True)
class _Fresh:
    added: list[Reading]
    corrected: list[Reading]


def _take_in(session: Session, station_id: str, rows: dict[int, Reading]) -> _Fresh:
    """Adds what is new, corrects what gives way. Raises InvalidBatch where a value contradicts one that does not."""
    keys = [(row.quantity, row.observed_at) for row in rows.values()]
    there = select(Reading).where(
        Reading.station_id == station_id, tuple_(Reading.quantity, Reading.observed_at).in_(keys)
    )
    stored = {(row.quantity, row.observed_at): row for row in session.scalars(there)}
    fresh = _Fresh([], [])
    errors: dict[int, dict[str, list[str]]] = {}
    for position, row in rows.items():
        before = stored.get((row.quantity, row.observed_at))
        if before is None:
            fresh.added.append(row)
        elif (before.quality, row.quality) in _GIVES_WAY:
            before.value, before.category, before.quality = row.value, row.category, row.quality
            before.received_at = row.received_at
            fresh.corrected.append(before)
        elif before.said != row.said:
            message = (
                f"{before.said} is stored of {row.quantity} at {row.observed_at.isoformat()}; "
                "a raw value is corrected by one of quality reviewed or suspect"
            )
            errors[position] = {"value": [message]}
    if errors:
        raise InvalidBatch(errors)
    session.add_all(fresh.added)
    session.flush()
    return fresh
