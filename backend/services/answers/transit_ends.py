"""From where to where: the ends of a journey and the stops meant, out of the words of a question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from backend.geo import Point
from backend.models import Place
from backend.services.answers import facts
from backend.services.answers.asking import PLACE_KINDS, Asking, Desk
from backend.services.places import Wanted, position
from backend.services.transit.journeys import End
from backend.services.transit.lines import name_of_stop
from backend.services.transit.network import LINE, STOP, Network
from backend.services.transit.walking import TO_STOP_M, walk_seconds
from backend.wording import t

# Of the places of a kind so many are looked through for a stop.
MAX_OF_A_KIND = 12
ENDS = (*PLACE_KINDS, STOP, "district")
# What stands right before the place one comes from or goes to.
_FROM = re.compile(r"(?:从|由|自|我在|人在)\s*$|\b(?:from|leaving|at)\s+(?:the\s+)?$", re.IGNORECASE)
_TO = re.compile(
    r"(?:到|去|往|至|回|达|前往)\s*$|\b(?:to|for|towards?|reach|reaches|visit|into|get)\s+(?:the\s+)?$", re.IGNORECASE
)
# What stands between the place one comes from and the one one goes to.
_ON_FROM = re.compile(r"到|去|往|至|回|出发|\bto\b|→|->|-", re.IGNORECASE)
_BACK = re.compile(r"回去|回来|返回|返程|往回|\bback\b|\breturn", re.IGNORECASE)


@dataclass(frozen=True)
class Where:
    """One end: a place, a stop, a district or a shared location (then `id` is empty)."""

    id: str
    names: dict[str, str]
    stops: dict[int, int] = field(default_factory=dict)  # with the seconds of walking
    point: Point | None = None
    place: Place | None = None

    def end(self) -> End:
        """For the planner."""
        return End(self.stops, self.point)

    def name(self, lang: str) -> str:
        """As people call it."""
        return self.names[lang]


def mentions(asking: Asking, kinds: Iterable[str] = ENDS) -> list[tuple[int, list[str]]]:
    """The places and stops named, in the order of the text: where each name begins and what it may mean.

    What came without a text (an offered choice) stands in the order it was given, at position -1.
    """
    wanted = {id_ for kind in kinds for id_ in asking.named.get(kind, [])}
    found: dict[int, list[str]] = {}
    for start, id_ in asking.positions:
        if id_ in wanted:
            found.setdefault(start, []).append(id_)
    placed = {id_ for ids in found.values() for id_ in ids}
    listed = sorted(found.items()) if asking.text else [(-1, [id_]) for ids in found.values() for id_ in ids]
    return [*listed, *((-1, [id_]) for kind in kinds for id_ in asking.named.get(kind, []) if id_ not in placed)]


def with_stop_in_words(network: Network | None, asking: Asking) -> Asking:
    """The question with the stop that the bot took for a name it does not know. Names of stops that are ordinary words
    are kept from the bot; in a question on buses they mean the stop.
    """
    words = asking.unknown_name().removesuffix("站").strip()
    if network is None or not words:
        return asking
    for key, stop in zip(network.stop_keys, network.feed.stops, strict=True):
        if words in (stop.name, stop.name_en, *stop.aliases):
            named = {kind: ids for kind, ids in asking.named.items() if kind != "unknown_name"}
            return replace(asking, named={**named, STOP: [key]})
    return asking


def ends(desk: Desk, network: Network | None, asking: Asking) -> tuple[Where | None, Where | None]:
    """Origin and destination as far as the question, what we asked before, the location and the talk tell them."""
    roles: dict[str, Where] = {}
    spare: list[Where] = []
    named = mentions(asking)
    for number, (start, ids) in enumerate(named):
        found = resolve(desk, network, ids)
        if found is None:
            continue
        following = named[number + 1][0] if number + 1 < len(named) else len(asking.text)
        role = _role(asking.text, start, following, number + 1 < len(named)) if start >= 0 else ""
        if role and role not in roles:
            roles[role] = found
        elif found.id not in {one.id for one in (*roles.values(), *spare)}:
            spare.append(found)
    waiting = asking.pending or {}
    for role in ("from", "to"):
        known = waiting.get(role)
        if role not in roles and known and waiting.get("intent") in ("journey", "last_bus"):
            kept = resolve(desk, network, [known])
            if kept is not None:
                roles[role] = kept
    if "from" not in roles and len(spare) > 1:
        roles["from"] = spare.pop(0)
    for role in ("to", "from"):
        if role not in roles and spare:
            roles[role] = spare.pop(0)
    if "to" not in roles and not spare:
        # "To the aquarium from the station": the kind of a place that is named is not what one wants to go to.
        kinds = {"tag": asking.named.get("tag", [])} if named else asking.named
        some = of_a_kind(desk, network, replace(asking, named=kinds))
        if some is not None and some.id not in {one.id for one in roles.values()}:
            roles["to"] = some
    focus = resolve(desk, network, [asking.focus]) if asking.focus else None
    if "to" not in roles and focus is not None and (roles.get("from") is None or focus.id != roles["from"].id):
        roles["to"] = focus
    if "from" not in roles:
        here = _location(network, asking)
        to = roles.get("to")
        if here is not None:
            roles["from"] = here
        elif focus is not None and to is not None and focus.id != to.id:
            roles["from"] = focus
    return roles.get("from"), roles.get("to")


def of_a_kind(desk: Desk, network: Network | None, asking: Asking) -> Where | None:
    """The best place of the kind named ("the aquarium") that a bus is known to go to, else the best one."""
    tags, categories = asking.named.get("tag", []), asking.named.get("category", [])
    if not tags and not categories:
        return None
    wanted = Wanted(categories=desk.places.with_children(categories), tags=desk.places.with_children(tags))
    places = desk.places.search(wanted)[:MAX_OF_A_KIND]
    best = next((place for place in places if place.bus_lines), None)
    found = [where for place in places if (where := _resolve(desk, network, place.id)) is not None]
    named = next((where for where in found if best is not None and where.id == best.id), None)
    return next((where for where in found if where.stops), named or (found[0] if found else None))


def turned(asking: Asking) -> bool:
    """Whether the way back is meant."""
    return _BACK.search(asking.text) is not None


def _role(text: str, start: int, following: int, more: bool) -> str:
    before, between = text[max(0, start - 24) : start], text[start:following]
    if _FROM.search(before):
        return "from"
    if _TO.search(before):
        return "to"
    return "from" if more and _ON_FROM.search(between) else ""


def resolve(desk: Desk, network: Network | None, ids: Iterable[str]) -> Where | None:
    """What one name means: of several the first that a stop is known for, else the first that exists."""
    found = [where for where in (_resolve(desk, network, id_) for id_ in ids) if where is not None]
    return next((where for where in found if where.stops), found[0] if found else None)


def _resolve(desk: Desk, network: Network | None, id_: str) -> Where | None:
    kind = id_.partition(":")[0]
    if kind == STOP:
        at = network.stops.get(id_) if network else None
        if network is None or at is None:
            return None
        stop = network.feed.stops[at]
        stops = dict.fromkeys(_same_name(network, at), 0)
        return Where(id_, {lang: name_of_stop(stop, lang) for lang in ("zh", "en")}, stops, stop.point)
    if kind == "district":
        return _district(desk, network, id_)
    place = desk.places.get(id_)
    if place is None:
        return None
    names = {lang: facts.name(place, lang) for lang in ("zh", "en")}
    stops = stops_at(network, place) if network else {}
    return Where(id_, names, stops, position(place), place)


def _same_name(network: Network, at: int) -> list[int]:
    """The stop with those of its station, or of the same name nearby: the two sides of a street."""
    stop = network.feed.stops[at]
    if stop.parent >= 0:
        return list(network.platforms.get(stop.parent, (at,)))
    near = [other for other, _ in network.paths[at]] if stop.location_type == 0 else []
    return [
        *network.platforms.get(at, (at,)),
        *(other for other in near if other != at and network.feed.stops[other].name == stop.name),
    ]


def _district(desk: Desk, network: Network | None, id_: str) -> Where | None:
    """A district: the stations named after it, else those that bear its name."""
    names = {lang: desk.places.word(id_, lang) for lang in ("zh", "en")}
    if names["zh"] == id_ or network is None:
        return None
    short = re.sub(r"(?:区|县|市|自治县|新区)$", "", names["zh"])
    stops = [at for at, stop in enumerate(network.feed.stops) if stop.name.startswith(short)]
    return Where(id_, names, dict.fromkeys(stops, 0)) if stops else None


def stops_at(network: Network, place: Place) -> dict[int, int]:
    """The stops of a place with the seconds of walking: those named as it is, those around it, and where its lines
    (`Place.bus_lines`) have a stop that bears a part of its name.
    """
    names = {place.name_zh, place.name_en, *place.aliases} - {""}
    found: dict[int, int] = {}
    for at, stop in enumerate(network.feed.stops):
        if not names.isdisjoint((stop.name, *stop.aliases)):
            for platform in network.platforms.get(at, (at,)):
                found[platform] = 0
    point = position(place)
    if point is not None:
        for at, metres in network.around.near(point, TO_STOP_M):
            found.setdefault(at, walk_seconds(metres))
    if not found:
        long = [name for name in names if len(name) > 2]
        for at, stop in enumerate(network.feed.stops):
            if any(stop.name.startswith(name) for name in long):
                found[at] = 0
    return found


def _location(network: Network | None, asking: Asking) -> Where | None:
    if asking.location is None:
        return None
    near = network.around.near(asking.location, TO_STOP_M) if network else []
    stops = {at: walk_seconds(metres) for at, metres in near}
    names = {lang: t(lang, "word-your-location") for lang in ("zh", "en")}
    return Where("", names, stops, asking.location)


def lines_named(network: Network | None, asking: Asking) -> list[int]:
    """The lines named, in order."""
    if network is None:
        return []
    return [network.lines[id_] for id_ in asking.named.get(LINE, []) if id_ in network.lines]


def question_before(asking: Asking) -> Asking:
    """The question before with its own ends, for "and the last bus back?"."""
    before = asking.before()
    kept = {name: before[name] for name in ("named", "positions", "text", "pending", "focus") if name in before}
    return replace(asking, **kept)
