"""Finding places: by id, by what they are, by distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from backend.database import Database
from backend.geo import Datum, Point, distance_m
from backend.models import Article, Division, Hotline, Place, Term

CONFIDENCE_RANK = {"high": 0, "medium": 1, "low": 2}


# The sum of versions grows with every edit, in whatever order edits are committed; the time tells of what was changed
# without one, as by loading a pack.
_STATE = select(func.count(), func.coalesce(func.sum(Place.version), 0), func.max(Place.updated_at))


@dataclass(frozen=True)
class Near:
    """A place and its distance in metres, straight line on the WGS-84 ellipsoid."""

    place: Place
    metres: float


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; empty means "any". Ids as in the gazetteer."""

    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    """All places as they were at a state of the table."""

    state: tuple[object, ...]  # how many, sum of their versions, when the last one changed
    by_id: dict[str, Place]
    every: tuple[Place, ...]


class Places:
    """Reads places, articles, hotlines and the vocabulary.

    Places are kept between questions, and every question first asks the database whether they are still the same: an
    edit raises the version of its record. Nobody may change the places given out.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: _Known | None = None

    def _now(self) -> _Known:
        """The places that exist as of now."""
        with self._db.read() as session:
            state = tuple(session.execute(_STATE).one())
            known = self._known
            if known is None or known.state != state:
                places = session.scalars(select(Place).where(Place.deleted_at.is_(None)).order_by(Place.id))
                by_id = {place.id: place for place in places}
                known = _Known(state, by_id, tuple(by_id.values()))
                self._known = known
        return known

    def _places(self) -> dict[str, Place]:
        return self._now().by_id

    def every(self) -> tuple[Place, ...]:
        """All places that exist, by id; the very same tuple for as long as none has changed."""
        return self._now().every

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
        return self._places().get(place_id)

    def by_ids(self, ids: Sequence[str]) -> list[Place]:
        """Places by id, in the order asked for; those that do not exist are left out."""
        found = self._places() if ids else {}
        return [found[place_id] for place_id in ids if place_id in found]

    def search(self, wanted: Wanted) -> list[Place]:
        """Places that fit, the best first: in service before out of service, then by rating, by confidence, by name."""
        places = [place for place in self._places().values() if fits(place, wanted)]
        return sorted(_without_twins(places), key=_merit)

    def nearest(self, origin: Point, wanted: Wanted) -> list[Near]:
        """Places that fit and have a known position, nearest first."""
        found = []
        for place in self._places().values():
            point = position(place) if place.status != "closed" and fits(place, wanted) else None
            if point is not None:
                found.append(Near(place, distance_m(origin, point)))
        return sorted(found, key=lambda near: near.metres)

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


def position(place: Place) -> Point | None:
    """The point of a place, or None where it or its datum is not known."""
    if place.lat is None or place.lon is None or place.datum == Datum.UNKNOWN:
        return None
    return Point(place.lat, place.lon, Datum(place.datum))


def fits(place: Place, wanted: Wanted) -> bool:
    """Whether a place is of a wanted kind, category, district and department and has a wanted tag."""
    return (
        (not wanted.kinds or place.kind in wanted.kinds)
        and (not wanted.categories or place.category in wanted.categories)
        and (not wanted.districts or place.district in wanted.districts)
        and (not wanted.departments or not _departments(place).isdisjoint(wanted.departments))
        and (not wanted.tags or not set(place.tags).isdisjoint(wanted.tags))
    )


def _departments(place: Place) -> set[str]:
    return {*place.departments, *place.extra.get("departments_likely", [])}


def _merit(place: Place) -> tuple[bool, int, int, int, str]:
    out_of_service = place.status in ("closed", "suspended")
    unpriced = not place.price_text_zh and not place.opening_hours
    return (out_of_service, -len(place.rating), CONFIDENCE_RANK.get(place.confidence, 2), int(unpriced), place.id)


def _without_twins(places: list[Place]) -> list[Place]:
    """Leaves out a record that stands for the same real place as one that is there."""
    ids = {place.id for place in places}
    return [place for place in places if place.extra.get("same_as") not in ids or place.kind == "attraction"]
