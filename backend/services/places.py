"""Finding places: by id, by what they are, by distance."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select

from backend.database import Database
from backend.geo import Point
from backend.models import Article, Division, Hotline, Place, PlaceChange, Term
from backend.services.city_calendar import CityCalendar
from backend.services.nearest import Near, OpenNear, open_from, outward_from
from backend.services.place_cache import KnownPlaces, PlaceCache
from backend.services.place_index import Wanted, called, fits, position

__all__ = ["Changed", "Near", "OpenNear", "Places", "Wanted", "called", "fits", "position"]

CONFIDENCE_RANK = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Changed:
    """The last change of a place: its number, when it was made (UTC), and the place as it is now, None where it is
    gone.
    """

    number: int
    place_id: str
    at: dt.datetime
    place: Place | None


class Places:
    """Reads places, articles, hotlines and the vocabulary.

    Places are kept between questions (`place_cache`), and an edit is in the very next answer. Nobody may change the
    places given out.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._cache = PlaceCache(db)
        self._every: tuple[KnownPlaces, tuple[Place, ...]] | None = None

    def state(self) -> int:
        """A number that grows with every change of a place, in any process."""
        return self._cache.now().number

    def every(self) -> tuple[Place, ...]:
        """All places that exist, by id; the very same tuple for as long as none has changed."""
        known, kept = self._cache.now(), self._every
        if kept is None or kept[0] is not known:
            by_id = known.index.by_id
            kept = self._every = (known, tuple(by_id[place_id].place for place_id in sorted(by_id)))
        return kept[1]

    def districts(self) -> list[Division]:
        """The districts and counties of the city."""
        with self._db.read() as session:
            return list(session.scalars(select(Division).where(Division.level == "county").order_by(Division.id)))

    def vocabulary(self) -> list[str]:
        """Every word for a category, a tag or a medical department, in both languages."""
        with self._db.read() as session:
            terms = session.scalars(select(Term)).all()
        return [word for term in terms for word in (term.name_zh, term.name_en, *term.aliases) if word]

    def get(self, place_id: str) -> Place | None:
        """A place by id, or None when it does not exist (any more)."""
        entry = self._cache.now().index.by_id.get(place_id)
        return entry.place if entry else None

    def by_ids(self, ids: Sequence[str]) -> list[Place]:
        """Places by id, in the order asked for; those that do not exist are left out."""
        found = self._cache.now().index.by_id if ids else {}
        return [found[place_id].place for place_id in ids if place_id in found]

    def search(self, wanted: Wanted) -> list[Place]:
        """Places that fit, the best first: in service before out of service, then by rating, by confidence, by name."""
        places = [entry.place for entry in self._cache.now().index.all_fitting(wanted).values()]
        return sorted(_without_twins(places), key=_merit)

    def nearest(
        self,
        origin: Point,
        wanted: Wanted,
        *,
        within_m: float | None = None,
        limit: int | None = None,
        after: tuple[float, str] | None = None,
    ) -> list[Near]:
        """Places that fit and have a known position, nearest first, whether open or not.

        `within_m` is in metres, straight line; `limit` None is all of them; `after` is the `key` of the place to go on
        behind. Raises UnknownDatumError when the datum of `origin` is unknown.
        """
        index = self._cache.now().index
        return list(islice(outward_from(index, origin, wanted, within_m=within_m, after=after), limit))

    def nearest_open(
        self,
        origin: Point,
        wanted: Wanted,
        open_at: dt.datetime,
        *,
        limit: int,
        within_m: float | None = None,
        after: tuple[float, str] | None = None,
        calendar: CityCalendar | None = None,
    ) -> OpenNear:
        """Places that fit, have a known position and are open at `open_at`, nearest first; beside them those met on the
        way whose hours are not known.

        `open_at` is aware and in the city's time zone (ValueError else), `calendar` knows the holidays; the others are
        as in `nearest`.
        """
        index = self._cache.now().index
        return open_from(index, origin, wanted, open_at, limit=limit, within_m=within_m, after=after, calendar=calendar)

    def listed(self, wanted: Wanted, *, text: str = "", after: str = "", limit: int) -> list[Place]:
        """Places that fit and one of whose names holds `text`, by id: the first `limit` behind the id `after`."""
        found = (
            entry.place
            for place_id, entry in self._cache.now().index.all_fitting(wanted).items()
            if place_id > after and called(entry.place, text)
        )
        return heapq.nsmallest(limit, found, key=lambda place: place.id)

    def changed_since(self, number: int, *, since: dt.datetime | None = None, limit: int) -> list[Changed]:
        """The last change of each place behind `number` (see `state`), in the order in which they were made.

        `since` leaves out what was changed before, by the database's clock. Who asks again with the number of the last
        one misses nothing, whatever is changed meanwhile.
        """
        query = (
            select(PlaceChange, Place)
            .outerjoin(Place, Place.id == PlaceChange.place_id)
            .where(PlaceChange.number > number)
            .order_by(PlaceChange.number)
            .limit(limit)
        )
        if since is not None:
            query = query.where(PlaceChange.changed_at >= since)
        with self._db.read() as session:
            return [
                Changed(
                    change.number,
                    change.place_id,
                    change.changed_at,
                    place if place is not None and place.deleted_at is None else None,
                )
                for change, place in session.execute(query)
            ]

    def hotlines(self, category: str = "") -> list[Hotline]:
        """Numbers to call, by category if given; offices without a number are left out."""
        query = select(Hotline).where(Hotline.phone != "").order_by(Hotline.id)
        if category:
            query = query.where(Hotline.category == category)
        with self._db.read() as session:
            return list(session.scalars(query).all())

    def hotline(self, hotline_id: str) -> Hotline | None:
        """A hotline by id."""
        with self._db.read() as session:
            return session.get(Hotline, hotline_id)

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Articles by id, in the order asked for; those that do not exist are left out."""
        with self._db.read() as session:
            found = {
                article.id: article
                for article in session.scalars(select(Article).where(Article.id.in_(ids), Article.deleted_at.is_(None)))
            }
        return [found[article_id] for article_id in ids if article_id in found]

    def word(self, term_or_district_id: str, lang: str) -> str:
        """The name of a term or district in a language; the id where there is none such."""
        with self._db.read() as session:
            record = session.get(Term, term_or_district_id) or session.get(Division, term_or_district_id)
        if record is None:
            return term_or_district_id
        return record.name_zh if lang == "zh" else record.name_en or record.name_zh

    def with_children(self, term_ids: Sequence[str]) -> tuple[str, ...]:
        """Term ids together with the narrower terms below them."""
        if not term_ids:
            return ()
        with self._db.read() as session:
            below: dict[str, list[str]] = {}
            for term_id, parent in session.execute(select(Term.id, Term.parent_id).where(Term.parent_id != "")):
                below.setdefault(parent, []).append(term_id)
        found, queue = dict.fromkeys(term_ids), list(term_ids)
        while queue:
            for child in below.get(queue.pop(), []):
                if child not in found:
                    found[child] = None
                    queue.append(child)
        return tuple(found)


def _merit(place: Place) -> tuple[bool, int, int, int, str]:
    out_of_service = place.status in ("closed", "suspended")
    unpriced = not place.price_text_zh and not place.opening_hours
    return (out_of_service, -len(place.rating), CONFIDENCE_RANK.get(place.confidence, 2), int(unpriced), place.id)


def _without_twins(places: list[Place]) -> list[Place]:
    """Leaves out a record that stands for the same real place as one that is there."""
    ids = {place.id for place in places}
    return [place for place in places if place.extra.get("same_as") not in ids or place.kind == "attraction"]
