"""The structured reply every answer is made of; `data/schemas/reply.json` is its contract."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: record id, source, confidence (high, medium, low), date as precise as known, who checked
    it.
    """

    record: str
    source: str
    confidence: str
    as_of: str
    checked_by: str


@dataclass(frozen=True)
class CardPlace:
    """A point to draw or open in a map. `datum` is WGS-84, GCJ-02 or BD-09."""

    id: str
    name: str
    lat: float
    lon: float
    datum: str


@dataclass(frozen=True)
class Link:
    """A link a card offers: https, geo or tel."""

    title: str
    url: str


@dataclass(frozen=True)
class CardImage:
    """A picture of ours: its path below the product's own address, and what it shows in words."""

    url: str
    alt: str


@dataclass(frozen=True)
class Card:
    """One place or number of an answer."""

    title: str
    lines: list[str] = field(default_factory=list)
    place: CardPlace | None = None
    links: list[Link] = field(default_factory=list)
    source: Source | None = None
    image: CardImage | None = None


@dataclass(frozen=True)
class Choice:
    """What the person may do next. `payload` names it on the wire; the bot gets `intent` and `entities`."""

    title: str
    payload: str
    intent: str
    entities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """An answer: a headline that answers alone, further lines in order of importance, a caution, cards and choices."""

    code: str
    lang: str
    headline: str
    lines: list[str] = field(default_factory=list)
    caution: str = ""
    cards: list[Card] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    source: Source | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON form of `data/schemas/reply.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Reply:
        """Reads the JSON form. Raises KeyError or TypeError when it is not one."""
        return cls(
            code=data["code"],
            lang=data["lang"],
            headline=data["headline"],
            lines=list(data["lines"]),
            caution=data["caution"],
            cards=[
                Card(
                    title=card["title"],
                    lines=list(card["lines"]),
                    place=CardPlace(**card["place"]) if card["place"] else None,
                    links=[Link(**link) for link in card["links"]],
                    source=Source(**card["source"]) if card["source"] else None,
                    # Replies stored before there were pictures have none.
                    image=CardImage(**card["image"]) if card.get("image") else None,
                )
                for card in data["cards"]
            ],
            choices=[Choice(**choice) for choice in data["choices"]],
            source=Source(**data["source"]) if data["source"] else None,
        )

    def plain_text(self) -> str:
        """Everything but the cards, as text that makes sense alone."""
        return "\n".join(part for part in (self.headline, *self.lines, self.caution) if part)
