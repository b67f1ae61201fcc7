"""When a reading passes a threshold of the city and when that is over, told as one event each.

A value that wobbles about a limit is one event: a threshold that is passed is over only when the value has come back as
far as `clears_at`, which lies on the safe side of the limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city_pack.model import Threshold
from backend.database import record_event
from backend.models import Reading, Station, ThresholdState

PASSED, CLEARED = "reading.threshold_passed", "reading.threshold_cleared"


def is_beyond(threshold: Threshold, value: float | str, before: bool = False) -> bool:
    """Whether a value (canonical unit, or category) is beyond a threshold; `before` says whether the one before was."""
    if isinstance(value, str):
        return value in threshold.one_of
    if threshold.above is not None:
        end = threshold.clears_at if before and threshold.clears_at is not None else None
        return value >= threshold.above if end is None else value > end
    if threshold.below is not None:
        end = threshold.clears_at if before and threshold.clears_at is not None else None
        return value <= threshold.below if end is None else value < end
    return False


def compare(session: Session, thresholds: Sequence[Threshold], station: Station, readings: Iterable[Reading]) -> None:
    """Compares new readings of a station, and records an event for each threshold that is passed or over.

    Belongs to the transaction that stores them, which has locked the station. A reading older than the last one
    compared changes nothing: it tells of a time that is over.
    """
    states = {
        state.threshold_id: state
        for state in session.scalars(select(ThresholdState).where(ThresholdState.station_id == station.id))
    }
    for reading in sorted(readings, key=lambda reading: reading.observed_at):
        if reading.quality == "suspect":
            continue
        for threshold in thresholds:
            if threshold.quantity != reading.quantity:
                continue
            state = states.get(threshold.id)
            if state is not None and reading.observed_at < state.observed_at:
                continue
            before = state is not None and state.passed
            beyond = is_beyond(threshold, reading.said, before)
            if state is None:
                state = ThresholdState(
                    station_id=station.id,
                    threshold_id=threshold.id,
                    passed=False,
                    since=reading.observed_at,
                    observed_at=reading.observed_at,
                )
                session.add(state)
                states[threshold.id] = state
            state.observed_at = reading.observed_at
            if beyond != before:
                state.passed, state.since = beyond, reading.observed_at
                subject = f"station/{station.id}"
                record_event(session, PASSED if beyond else CLEARED, subject, _data(threshold, station, reading))


def _data(threshold: Threshold, station: Station, reading: Reading) -> dict[str, Any]:
    return {
        "threshold": threshold.id,
        "severity": threshold.severity,
        "text_zh": threshold.text_zh,
        "text_en": threshold.text_en,
        "station": station.id,
        "place": station.place_id or None,
        "quantity": reading.quantity,
        "value": reading.said,
        "unit": reading.unit,
        "observed_at": reading.observed_at.isoformat(),
    }
