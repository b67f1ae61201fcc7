"""The last bus: of a line, from A to B, and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from backend.services.answers import transit_words as words
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.journeys import answered as answered_way
from backend.services.answers.journeys import ask, no_answer
from backend.services.answers.transit_ends import ENDS, Where, ends, lines_named, question_before, turned
from backend.services.replies import Reply
from backend.services.transit.journeys import Journey
from backend.services.transit.lines import directions, name_of_line
from backend.services.transit.network import Network
from backend.services.transit.partial import PartialJourney, plan_partial
from backend.services.transit.service import DayOutOfRange
from backend.wording import t


def last_bus(desk: Desk, asking: Asking) -> Answered:
    """The last bus: of the line named, from one place to another, back from there, or of what is in talk."""
    network = desk.transit.network()
    lines = lines_named(network, asking)
    if lines and network is not None:
        return _last_of_line(network, asking, lines[0])
    before = asking.before()
    named = any(asking.named.get(kind) for kind in ENDS)
    in_talk = not named and before.get("intent") in ("journey", "last_bus")
    asked = question_before(asking) if in_talk else asking
    origin, destination = ends(desk, network, asked)
    if in_talk and turned(asking):
        origin, destination = destination, origin
    answered = _last_between(desk, network, asking, origin, destination)
    # The journey stays the one in talk: "and the last one back?"
    return replace(answered, asked={**before, "intent": "last_bus"}) if in_talk else answered


def _last_between(
    desk: Desk, network: Network | None, asking: Asking, origin: Where | None, destination: Where | None
) -> Answered:
    if destination is None:
        return _ask_line(asking)
    if origin is None or origin.id == destination.id:
        return ask(asking, "from", destination, "last_bus")
    if network is None or not origin.stops or not destination.stops:
        return no_answer(network, asking, origin, destination)
    if network.feed.about.partial:
        found = plan_partial(network, origin.stops, destination.stops)
        return _last_partial(network, asking, origin, destination, found)
    day = asking.day() or _service_day(asking.now)
    try:
        last = desk.transit.last_journey(network, origin.end(), destination.end(), day, asking.now)
    except DayOutOfRange as error:
        return no_answer(network, asking, origin, destination, words.days_known(error, asking.lang))
    if last is None:
        return no_answer(network, asking, origin, destination)
    return _last_timed(desk, network, asking, origin, destination, last, day)


def _service_day(now: dt.datetime) -> dt.date:
    """Until four in the morning it is still the night before."""
    return (now - dt.timedelta(hours=4)).date()


def _last_of_line(network: Network, asking: Asking, route: int) -> Answered:
    lang, line = asking.lang, network.feed.routes[route]
    name, day = name_of_line(line, lang), asking.day() or _service_day(asking.now)
    if network.feed.about.partial:
        spans = words.first_last(line, lang)
        key = "transit-times" if spans else "transit-times-unknown"
        headline = t(lang, key, line=name, **({"spans": spans} if spans else {}))
        lines = [] if spans else [t(lang, "ask-service-line", service=asking.city.service_number)]
    else:
        lasts = [
            t(lang, "transit-towards", to=words.towards(network, way, lang), time=words.clock(way.last, day, lang))
            for way in directions(network, route, day)
            if way.last is not None
        ]
        key = "transit-last-line" if lasts else "transit-none-today"
        joined = t(lang, "transit-list-join").join(lasts)
        headline = t(lang, key, line=name, **({"lasts": joined} if lasts else {}))
        lines = []
    return _about_line(network, asking, "last_bus", headline, lines, route)


def _about_line(network: Network, asking: Asking, code: str, headline: str, lines: list[str], route: int) -> Answered:
    lang = asking.lang
    offer = words.ask_line(network, route, "bus_line", lang) if code != "bus_line" else None
    reply = Reply(
        code=code,
        lang=lang,
        headline=headline,
        lines=lines,
        caution=words.caution(network, [route], lang),
        choices=[offer] if offer else [],
        source=words.source(network, [route]),
    )
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)


def _last_timed(
    desk: Desk, network: Network, asking: Asking, origin: Where, destination: Where, last: Journey, day: dt.date
) -> Answered:
    lang = asking.lang
    leaves = next(leg for leg in last.legs if not leg.walks)
    headline = t(
        lang,
        "transit-last-headline",
        origin=origin.name(lang),
        destination=destination.name(lang),
        line=words.line_name(network, leaves.route, lang),
        leaves=words.clock(leaves.start, day, lang),
        stop=words.stop_name(network, leaves.from_stop, lang),
    )
    lines = [words.ride_line(network, leg, day, lang) for leg in last.legs]
    routes = [leg.route for leg in last.legs if not leg.walks]
    lines = [*words.alert_lines(desk.transit.alerts(network, asking.now, routes, [leaves.from_stop]), lang), *lines]
    return answered_way(network, asking, "last_bus", headline, lines, routes, origin, destination)


def _last_partial(
    network: Network, asking: Asking, origin: Where, destination: Where, found: list[PartialJourney]
) -> Answered:
    """The last buses of the lines that go there, as far as they are known: of the line as a whole, not of the stop."""
    if not found:
        return no_answer(network, asking, origin, destination)
    lang = asking.lang
    rides = [one.rides[0] for one in found] if len(found[0].rides) == 1 else list(found[0].rides)
    routes = list(dict.fromkeys(ride.route for ride in rides))[:5]
    known = [route for route in routes if network.feed.routes[route].first_last]
    ends_ = {"origin": origin.name(lang), "destination": destination.name(lang)}
    if not known:
        names = t(lang, "list-join").join(words.line_name(network, route, lang) for route in routes)
        headline = t(lang, "transit-last-unknown", lines=names, **ends_)
    else:
        line = network.feed.routes[known[0]]
        spans = words.first_last(line, lang)
        headline = t(lang, "transit-last-spans", line=name_of_line(line, lang), spans=spans, **ends_)
    lines = [t(lang, "transit-last-of-line")] if known else []
    lines += [words.partial_line(network, ride, lang) for ride in rides[:4]]
    lines.append(t(lang, "ask-service-line", service=asking.city.service_number))
    return answered_way(network, asking, "last_bus", headline, lines, routes, origin, destination)


def _ask_line(asking: Asking) -> Answered:
    reply = Reply(code="ask_line", lang=asking.lang, headline=t(asking.lang, "transit-ask-line"))
    return Answered(
        [reply], focus=asking.focus, results=asking.results, offset=asking.offset, pending={"intent": "last_bus"}
    )
