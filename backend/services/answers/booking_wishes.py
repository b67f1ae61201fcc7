"""What somebody wants to book, as a value: what, when, for how many. It travels with the conversation."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from backend.services.answers import booking_reading as reading
from backend.services.answers.asking import Asking
from backend.services.answers.booking_reading import When
from backend.services.values import Party, corrected

# Who is booked for is none of the names a place may be found by.
_KINDS = ("attraction", "beach", "clinic")


@dataclass(frozen=True)
class Wish:
    """As far as it was said. `words` are those of the message that began it: a service is found by them. `bookable` is
    the id of the one meant, once that is settled; `places` and `departments` are record ids.
    """

    words: str = ""
    bookable: str = ""
    places: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    when: When = field(default_factory=When)
    party: Party | None = None

    def then(self, said: Wish) -> Wish:
        """This with what was said after it."""
        elsewhere = bool(said.places or said.departments)
        settled = bool(self.bookable or self.places or self.departments)
        words = said.words if elsewhere else self.words if settled else f"{self.words} {said.words}".strip()
        return Wish(
            words=words[:100],
            bookable=said.bookable or ("" if elsewhere else self.bookable),
            places=said.places or self.places,
            departments=said.departments or self.departments,
            when=self.when.then(said.when),
            party=said.party or self.party,
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values, only what is set."""
        return {
            name: value
            for name, value in {
                "words": self.words,
                "bookable": self.bookable,
                "places": list(self.places),
                "departments": list(self.departments),
                "when": self.when.to_dict(),
                "party": asdict(self.party) if self.party else None,
            }.items()
            if value
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Wish:
        """Reads what `to_dict` gave. Raises ValueError where a date or time is none."""
        return cls(
            words=data.get("words", ""),
            bookable=data.get("bookable", ""),
            places=tuple(data.get("places", [])),
            departments=tuple(data.get("departments", [])),
            when=When.from_dict(data.get("when", {})),
            party=Party(**data["party"]) if data.get("party") else None,
        )


def read(asking: Asking, counts: bool = False) -> Wish:
    """What a message says of a booking. `counts`: a bare number answers the question how many."""
    denied, meant = corrected(asking.text)
    times = asking.times
    if meant is not None:
        # Of "not tomorrow, the day after" only the second day is meant.
        times = [*asking.times_in(meant)] or [said for said in times if not denied or said.said not in denied]
    named = asking.named
    if denied:
        begin = asking.text.find(denied)
        wrong = {id_ for start, id_ in asking.positions if begin <= start < begin + len(denied)}
        named = {kind: [id_ for id_ in ids if id_ not in wrong] for kind, ids in named.items()}
    return Wish(
        words=asking.text[:100],
        places=tuple(dict.fromkeys(id_ for kind in _KINDS for id_ in named.get(kind, []))),
        departments=tuple(named.get("department", [])),
        when=reading.when(times),
        party=reading.party(asking.text, counts),
    )


def size(party: Party | None) -> int:
    """How many come; one where it was not said."""
    if party is None:
        return 1
    return party.total or sum(filter(None, (party.adults, party.children, party.seniors))) or 1


def changed_by(party: Party, kind: str | None, by: int) -> Party:
    """A party with so many more guests of a kind, fewer where negative; without a kind, of adults."""
    total = max(0, size(party) + by)
    known = {name: getattr(party, name) for name in ("adults", "children", "seniors")}
    if not any(known.values()):
        return Party(total=total)
    name = kind or "adults"
    return replace(party, **{name: max(0, (known[name] or 0) + by) or None}, total=total)
