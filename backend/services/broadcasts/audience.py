"""Whom a broadcast is for.

Sources say who belongs to it, each a query for contacts, united: everybody, the followers of a topic, the people booked
somewhere. Language, channel and area then leave only some of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import Session

from backend.geo import Datum, Point, UnknownDatumError, convert
from backend.models import ChannelIdentity, Contact
from backend.services.shared_positions import point_of, recently_shared
from backend.wording import LANGUAGES

MAX_CORNERS = 200
COUNTED_AT_ONCE = 2000

Source = Callable[[Sequence[str]], Select[tuple[str]]]


class InvalidAudience(ValueError):
    """An audience that cannot be used. `field` is the one that is wrong, the message says what would be right."""

    def __init__(self, field_name: str, message: str) -> None:
        super().__init__(message)
        self.field = field_name


@dataclass(frozen=True)
class Polygon:
    """An area with its corners in order; the last is joined to the first. All have one datum."""

    corners: tuple[Point, ...]

    def contains(self, point: Point) -> bool:
        """Whether a position lies within, by the even-odd rule, in the polygon's datum. Raises UnknownDatumError."""
        here = convert(point, self.corners[0].datum)
        inside = False
        for a, b in itertools.pairwise((*self.corners, self.corners[0])):
            if (a.lat > here.lat) != (b.lat > here.lat):
                crossing = a.lon + (here.lat - a.lat) * (b.lon - a.lon) / (b.lat - a.lat)
                inside ^= here.lon < crossing
        return inside


@dataclass(frozen=True)
class Audience:
    """`sources`: {name: what is wanted of it}; nobody where it is empty. None and "" narrow nothing."""

    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lang: str = ""
    channel: str = ""
    area: Polygon | None = None

    def to_dict(self) -> dict[str, Any]:
        """The stored form."""
        area = None
        if self.area is not None:
            corners = self.area.corners
            area = {"datum": str(corners[0].datum), "corners": [[point.lat, point.lon] for point in corners]}
        sources = {name: list(wanted) for name, wanted in self.sources.items()}
        return {"sources": sources, "lang": self.lang, "channel": self.channel, "area": area}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Audience:
        """Reads the stored form. Raises InvalidAudience."""
        area = None
        if data.get("area"):
            area = polygon(data["area"]["corners"], Datum(data["area"]["datum"]))
        sources = {name: tuple(wanted) for name, wanted in data.get("sources", {}).items()}
        return cls(sources, data.get("lang", ""), data.get("channel", ""), area)


def polygon(corners: Sequence[Sequence[float]], datum: Datum) -> Polygon:
    """An area from pairs of latitude and longitude in degrees. Raises InvalidAudience."""
    if not 3 <= len(corners) <= MAX_CORNERS:
        raise InvalidAudience("area", f"an area has 3 to {MAX_CORNERS} corners, not {len(corners)}")
    if datum is Datum.UNKNOWN:
        raise InvalidAudience("area", "an area needs the datum its corners are given in")
    try:
        return Polygon(tuple(Point(float(lat), float(lon), datum) for lat, lon in corners))
    except (TypeError, ValueError) as error:
        raise InvalidAudience("area", f"a corner is a latitude and a longitude in degrees: {error}") from None


def everybody(_wanted: Sequence[str]) -> Select[tuple[str]]:
    """All people who ever wrote to us."""
    return select(Contact.id)


class Audiences:
    """Finds audiences. `sources` are the ways people can belong to one, by name."""

    def __init__(self, sources: Mapping[str, Source], channels: Collection[str]) -> None:
        self.sources = {"everybody": everybody, **sources}
        self.channels = tuple(channels)

    def check(self, audience: Audience, urgent: bool = True) -> None:
        """Raises InvalidAudience for one that names what is not there, or nobody; or an area where it is not `urgent`:
        positions were shared for answers and warnings (`services.shared_positions`).
        """
        if audience.area is not None and not urgent:
            raise InvalidAudience("urgency", "an area is for urgent broadcasts, positions are shared for warnings")
        if not audience.sources:
            raise InvalidAudience("sources", f"say who: choose of {', '.join(self.sources)}")
        for name in audience.sources:
            if name not in self.sources:
                raise InvalidAudience("sources", f"there is no source {name!r}: choose of {', '.join(self.sources)}")
        if audience.lang and audience.lang not in LANGUAGES:
            raise InvalidAudience("lang", f"choose of {', '.join(LANGUAGES)}")
        if audience.channel and audience.channel not in self.channels:
            raise InvalidAudience("channel", f"choose of {', '.join(self.channels)}")

    def slice(self, session: Session, audience: Audience, after: str, limit: int) -> tuple[list[str], str | None]:
        """The next people of an audience by contact id, and the id to go on after; None at the end."""
        if audience.area is None:
            found = list(session.scalars(self._query(audience, after).limit(limit)))
            return found, found[-1] if len(found) == limit else None
        shared = recently_shared().subquery()
        query = self._query(audience, after).join(shared, shared.c.contact_id == Contact.id)
        rows = session.execute(query.add_columns(shared.c.location).limit(limit)).all()
        points = ((contact_id, point_of(stored)) for contact_id, stored in rows)
        within = [contact_id for contact_id, point in points if point and _is_within(audience.area, point)]
        return within, rows[-1][0] if len(rows) == limit else None

    def count(self, session: Session, audience: Audience) -> int:
        """How many people an audience has now."""
        if audience.area is None:
            return session.scalar(select(func.count()).select_from(self._query(audience, "").subquery())) or 0
        counted, after = 0, ""
        while True:
            found, following = self.slice(session, audience, after, COUNTED_AT_ONCE)
            counted += len(found)
            if following is None:
                return counted
            after = following

    def _query(self, audience: Audience, after: str) -> Select[Any]:
        query = select(Contact.id).where(Contact.id > after).order_by(Contact.id)
        if "everybody" not in audience.sources:
            belonging = [Contact.id.in_(self.sources[name](wanted)) for name, wanted in audience.sources.items()]
            query = query.where(or_(*belonging, false()))
        if audience.lang:
            query = query.where(Contact.lang == audience.lang)
        if audience.channel:
            own = (ChannelIdentity.contact_id == Contact.id, ChannelIdentity.channel == audience.channel)
            query = query.where(exists().where(*own))
        return query


def _is_within(area: Polygon, point: Point) -> bool:
    try:
        return area.contains(point)
    except UnknownDatumError:
        return False
