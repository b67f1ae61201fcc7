"""What somebody wants of a day, as a value: when, with whom, what and what not, where, for how much."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from backend.city_pack.plan_rules import Company, Window
from backend.services.values import TimeMention


@dataclass(frozen=True)
class Said:
    """A message as plans are read from it: its text, the times in it, and the record ids with where their names begin.

    `now` is aware and in the city's time zone.
    """

    text: str
    now: dt.datetime
    times: tuple[TimeMention, ...] = ()
    names: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What a plan has to keep to. Everything empty means "whatever is good".

    `day` is the first day; `begin` and `end` are times of the city's clock, `minutes` how long it may last. `likes` and
    `dislikes` are ids of tags and categories, `must` and `without` of places, `area` of a district, `origin` of a
    place. `budget` is in yuan for one person. `gentle` asks for little walking. `skip` are places shown and not wanted
    now. `most` is the most stops of a day.
    """

    day: dt.date | None = None
    days: int = 1
    window: Window | None = None
    half: bool = False
    begin: dt.time | None = None
    end: dt.time | None = None
    minutes: int | None = None
    company: tuple[Company, ...] = ()
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    area: str = ""
    origin: str = ""
    budget: int | None = None
    gentle: bool = False
    meals: bool = True
    most: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values, only what is set: it travels with the conversation."""
        data: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, dt.time):
                value = value.isoformat("minutes")
            elif isinstance(value, dt.date):
                value = value.isoformat()
            data[field.name] = value
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Wishes:
        """Reads what `to_dict` gave; what is unknown is ignored. Raises ValueError where a date or time is none."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name not in known:
                continue
            if name == "day":
                value = dt.date.fromisoformat(value)
            elif name in ("begin", "end"):
                value = dt.time.fromisoformat(value)
            elif isinstance(value, list):
                value = tuple(value)
            values[name] = value
        return cls(**values)
