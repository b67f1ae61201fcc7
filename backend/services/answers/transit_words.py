"""How rides, times and ages of public transport are said, and the link that opens the way in a map app."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from backend.services import map_links
from backend.services.answers import facts
from backend.services.answers.asking import Asking
from backend.services.answers.transit_ends import Where
from backend.services.replies import Card, CardPlace, Choice, Link, Source
from backend.services.transit.feed import Route
from backend.services.transit.journeys import Journey, Leg
from backend.services.transit.lines import Direction, name_of_line, name_of_stop
from backend.services.transit.network import LINE, Network
from backend.services.transit.partial import PartialJourney, PartialRide
from backend.services.transit.realtime import Alert
from backend.services.transit.service import DAYS_BACK, DayOutOfRange
from backend.services.values import say_date
from backend.wording import has, t

_REMARK = re.compile(r"\s*[(（][^()（）]*[)）]")
_CHOICE_ID = re.compile(r"^[a-z_]+:[a-z0-9_.-]+$")


def line_name(network: Network, route: int, lang: str) -> str:
    """A line as people call it."""
    return name_of_line(network.feed.routes[route], lang)


def stop_name(network: Network, stop: int, lang: str) -> str:
    """A stop as it is called; in English, too, as the sign says where it has no English name."""
    return name_of_stop(network.feed.stops[stop], lang)


def headsign(network: Network, sign: str, lang: str) -> str:
    """What the front of a vehicle shows; in English the English name of the stop it names, where there is one."""
    stop = next((stop for stop in network.feed.stops if stop.name == sign), None) if lang == "en" else None
    return stop.name_en if stop is not None and stop.name_en else sign


def towards(network: Network, way: Direction, lang: str) -> str:
    """Where a direction of a line leads."""
    return headsign(network, way.headsign, lang) or stop_name(network, way.stops[-1], lang)


def clock(moment: dt.datetime, day: dt.date, lang: str) -> str:
    """A time of day, with the day where it is another than `day`; an hour after midnight counts as the next day."""
    time = moment.strftime("%H:%M")
    if moment.date() == day:
        return time
    if moment.date() == day + dt.timedelta(days=1) and moment.hour < 4:
        return t(lang, "transit-after-midnight", time=time)
    return f"{say_date(moment.date(), lang, day)} {time}"


def days_known(error: DayOutOfRange, lang: str) -> str:
    """From when to when journeys are looked up, for who asks for another day."""
    today = error.first + dt.timedelta(days=DAYS_BACK)
    return t(
        lang, "transit-days-known", first=say_date(error.first, lang, today), last=say_date(error.last, lang, today)
    )


def minutes(seconds: float) -> int:
    """Whole minutes, at least one."""
    return max(1, round(seconds / 60))


def age(as_of: str, lang: str) -> str:
    """The age of a fact as it is said: of "about 2016-17; 2026-09 (fare)" the first, and oldest, part: 约2016-17年."""
    first = _REMARK.sub("", as_of.split(";")[0]).strip()
    if lang == "zh":
        # 2016-17 are two years, 2016-07 is a month.
        first = re.sub(r"(\d{4})-(0[1-9]|1[0-2])(?:-\d{2})?$", lambda found: f"{found[1]}年{int(found[2])}月", first)
        first = re.sub(r"(\d{4}(?:-\d{2})?)$", r"\1年", first)
    return first.replace("about ", t(lang, "transit-about"))


def caution(network: Network, routes: Iterable[int], lang: str) -> str:
    """The age of what an answer rests on, with the request to check; empty for an imported feed that is still valid."""
    if not network.feed.about.partial:
        return ""
    ages = dict.fromkeys(age(network.feed.routes[route].as_of, lang) for route in routes)
    oldest = sorted(filter(None, ages), key=lambda said: re.sub(r"\D*", "", said)[:4])
    return t(lang, "transit-caution", age=oldest[0] if oldest else t(lang, "date-unknown"))


def source(network: Network, routes: Iterable[int]) -> Source:
    """Where it comes from: the line's own source in a feed of ours, else the feed."""
    about = network.feed.about
    for at in routes:
        route = network.feed.routes[at]
        if route.source:
            return Source(network.line_keys[at], route.source, route.confidence, route.as_of, "")
    return Source(f"transit_feed:{network.feed_id}", about.source or about.name, about.confidence, about.as_of, "")


def first_last(route: Route, lang: str) -> str:
    """The times of a line by season, as they are known; empty where they are not."""
    parts = []
    for season, span in route.first_last:
        key = f"transit-season-{season.lower().replace('_', '-')}"
        parts.append(t(lang, key, span=span) if has(key) else span)
    return t(lang, "transit-list-join").join(parts)


def fare(route: Route, lang: str) -> str:
    """The fare of a line; empty where it is not known."""
    if lang == "zh" and route.fare_zh:
        return route.fare_zh
    return t(lang, "transit-yuan", amount=f"{route.fare:g}") if route.fare is not None else ""


def ride_line(network: Network, leg: Leg, day: dt.date, lang: str) -> str:
    """One leg of a journey by the timetable."""
    to = stop_name(network, leg.to_stop, lang) if leg.to_stop >= 0 else ""
    if leg.walks:
        takes = minutes((leg.end - leg.start).total_seconds())
        return t(lang, "transit-walk", to=to or "none", minutes=takes)
    key = "transit-ride" if leg.exact else "transit-ride-about"
    said = t(
        lang,
        key,
        line=line_name(network, leg.route, lang),
        towards=headsign(network, leg.headsign, lang) or "none",
        at=stop_name(network, leg.from_stop, lang),
        leaves=clock(leg.start, day, lang),
        to=to,
        arrives=clock(leg.end, day, lang),
        stops=leg.stops,
    )
    return said + (t(lang, "transit-arranged") if leg.arranged else "")


def chain(network: Network, journey: Journey, lang: str) -> str:
    """The lines of a journey in one phrase: take 5 to X, change to 34 (9 stops) to Y."""
    rides = [leg for leg in journey.legs if not leg.walks]
    parts = [
        t(
            lang,
            "transit-take" if not number else "transit-change",
            line=line_name(network, leg.route, lang),
            stops=leg.stops,
            to=stop_name(network, leg.to_stop, lang),
        )
        for number, leg in enumerate(rides)
    ]
    return t(lang, "transit-chain-join").join(parts)


def partial_chain(network: Network, journey: PartialJourney, lang: str) -> str:
    """The same for a way without a timetable."""
    parts = []
    for number, ride in enumerate(journey.rides):
        words = {
            "line": line_name(network, ride.route, lang),
            "to": stop_name(network, ride.to_stop, lang),
        }
        key = "transit-take" if not number else "transit-change"
        if ride.stops is None:
            parts.append(t(lang, f"{key}-unknown", **words))
        else:
            parts.append(t(lang, key, stops=ride.stops, **words))
    return t(lang, "transit-chain-join").join(parts)


def partial_line(network: Network, ride: PartialRide, lang: str) -> str:
    """One ride without a timetable: between which stops, how far, and what is known of its times and fare."""
    route = network.feed.routes[ride.route]
    said = t(
        lang,
        "transit-partial-ride",
        line=name_of_line(route, lang),
        at=stop_name(network, ride.from_stop, lang),
        to=stop_name(network, ride.to_stop, lang),
    )
    if ride.stops is None or ride.seconds is None:
        said += t(lang, "transit-order-unknown")
    else:
        said += t(lang, "transit-estimate", stops=ride.stops, minutes=minutes(ride.seconds))
    spans, price = first_last(route, lang), fare(route, lang)
    said += t(lang, "transit-first-last", spans=spans) if spans else ""
    said += t(lang, "transit-fare", price=price) if price else ""
    return said


def alert_lines(alerts: Iterable[Alert], lang: str) -> list[str]:
    """Notices of the operators, the heading of each."""
    return [t(lang, "transit-alert", text=alert.header[lang][:300]) for alert in list(alerts)[:3]]


def route_card(origin: Where | None, destination: Where, asking: Asking, said: Source) -> Card:
    """The way as a card that opens it in a map app."""
    lang = asking.lang
    point = destination.point
    place = (
        CardPlace(destination.id or "location", destination.name(lang), point.lat, point.lon, str(point.datum))
        if point is not None
        else None
    )
    start = origin.name(lang) if origin else ""
    title = (
        t(lang, "transit-way", origin=start, destination=destination.name(lang)) if start else destination.name(lang)
    )
    links = way_links(public(origin), destination, lang, asking.city.name["zh"])
    extra = [destination.names["zh"]] if lang != "zh" and destination.names["zh"] != destination.name(lang) else []
    return Card(title[:200], extra, place, links, said)


def public(origin: Where | None) -> Where | None:
    """The start of a way as it may be written into a message: not where somebody shared that they are."""
    return origin if origin is not None and origin.id else None


def way_links(origin: Where | None, destination: Where, lang: str, city: str) -> list[Link]:
    """Links that open the way, by bus, in the apps people have; without a position the name is searched for. `city` is
    the city's local name.
    """
    names = (origin.names["zh"] if origin else "", destination.names["zh"])
    if destination.point is None:
        return [map_links.search_link(names[1], lang)]
    return map_links.route_links(origin.point if origin else None, names[0], destination.point, names[1], lang, city)


def ask_line(network: Network, route: int, intent: str, lang: str) -> Choice | None:
    """An offer to ask about a line; None where its id fits no choice."""
    key = network.line_keys[route]
    if not _CHOICE_ID.match(key):
        return None
    title = t(lang, f"transit-choice-{intent.replace('_', '-')}", line=line_name(network, route, lang))
    return Choice(title[:60], f"{intent}:{key}", intent, {LINE: key})


def open_destination(destination: Where, lang: str) -> list[Choice]:
    """An offer to read about the place one goes to."""
    return [facts.open_place(destination.place, lang)] if destination.place else []
