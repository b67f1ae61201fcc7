"""Questions on lines and stops: where a line goes, when it runs, which lines serve a stop or a place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from backend.services.answers import transit_words as words
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.journeys import LINE_NUMBER, MAX_LINES
from backend.services.answers.transit_ends import Where, lines_named, mentions, of_a_kind, resolve, with_stop_in_words
from backend.services.replies import Card, Choice, Reply
from backend.services.transit.lines import (
    directions,
    line_order,
    lines_at,
    name_of_line,
    stops_of,
    unordered,
)
from backend.services.transit.network import Network
from backend.wording import t

_TIMES = re.compile(
    r"首末|首班|末班|头班|早班|几点|运营时间|发车|时间"
    r"|\bfirst\b|\blast\b|\btimes?\b|\btimetable|\bschedule|\bwhen\b|\bstart|\buntil\b|\bhow (?:late|early|often)\b",
    re.IGNORECASE,
)
_FARE = re.compile(r"多少钱|票价|车费|几块|几元|\bfare|\bhow much\b|\bcost|\bprice|\bticket", re.IGNORECASE)
# So many signs of stops fit a text message beside the name of the line.
_NAMED_ZH, _NAMED_EN = 20, 50
_MAX_STOPS_LINE = 560
_PAYLOAD = re.compile(r"^[a-z_]+(:[a-z0-9_:.-]+)?$")  # data/schemas/reply.json


def bus_line(desk: Desk, asking: Asking) -> Answered:
    """Where a line goes, when it runs, what it costs; or whether it goes to the place named."""
    network = desk.transit.network()
    lines = lines_named(network, asking)
    if network is None or not lines:
        return _unknown_line(network, asking)
    route = lines[0]
    wheres = [where for _, ids in mentions(asking) if (where := resolve(desk, network, ids)) is not None]
    if wheres:
        return _serves(network, asking, route, wheres[0])
    lang, line = asking.lang, network.feed.routes[route]
    day = asking.day() or asking.now.date()
    headline, first = _way(network, route, lang), _times(network, route, day, lang)
    lines_said = [first, *_stop_lines(network, route, lang), *_more(network, route, lang)]
    if _TIMES.search(asking.text):
        headline, lines_said = first, [headline, *lines_said[1:]]
    elif _FARE.search(asking.text):
        price = words.fare(line, lang)
        said = t(lang, "transit-line-fare", line=name_of_line(line, lang), price=price or "none")
        headline, lines_said = said, [headline, *lines_said]
    alerts = words.alert_lines(desk.transit.alerts(network, asking.now, [route]), lang)
    return _reply(network, asking, "bus_line", headline, [*alerts, *lines_said], [route])


def bus_stop(desk: Desk, asking: Asking) -> Answered:
    """Which lines serve a stop, or go to a place."""
    network = desk.transit.network()
    asking = with_stop_in_words(network, asking)
    named = mentions(asking)
    where = resolve(desk, network, named[-1][1]) if named else of_a_kind(desk, network, asking)
    if where is None and asking.focus and not asking.not_found():
        where = resolve(desk, network, [asking.focus])
    lang = asking.lang
    if where is None:
        unknown = asking.not_found()
        headline = t(lang, "unknown-place", name=unknown) if unknown else t(lang, "transit-ask-stop")
        reply = Reply(code="ask_place", lang=lang, headline=headline)
        return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
    return _lines_there(desk, network, asking, where)


def _lines_there(desk: Desk, network: Network | None, asking: Asking, where: Where) -> Answered:
    """The lines of our feed and those the place's own record names; says so where there are none."""
    lang = asking.lang
    routes = lines_at(network, where.stops) if network else []
    names = [words.line_name(network, route, lang) for route in routes] if network else []
    own = _lines_of_place(network, where, routes)
    if network is not None:
        routes = sorted([*routes, *own], key=lambda route: line_order(network.feed.routes[route]))
        names = [words.line_name(network, route, lang) for route in routes]
    go = {where.id.partition(":")[0]: where.id}
    choices = [Choice(t(lang, "transit-choice-journey"), f"journey:{where.id}", "journey", go)]
    focus = where.place.id if where.place else asking.focus
    if network is None or not names:
        links = words.way_links(None, where, lang, asking.city.name["zh"])
        reply = Reply(
            code="bus_stop_unknown",
            lang=lang,
            headline=t(lang, "transit-no-lines", name=where.name(lang)),
            lines=[t(lang, "transit-map-line", url=links[0].url)],
            cards=[Card(where.name(lang)[:200], links=links)],
        )
        return Answered([reply], focus=focus, results=asking.results, offset=asking.offset)
    joined = t(lang, "list-join").join(names)
    headline = t(lang, "transit-lines-at", name=where.name(lang), lines=joined, count=len(names))
    near = sorted(where.stops.items(), key=lambda one: one[1])
    lines = []
    signs = list(dict.fromkeys(words.stop_name(network, stop, lang) for stop, _ in near))[:4]
    if where.place is not None and signs:
        lines.append(t(lang, "transit-get-off", stops=t(lang, "list-join").join(signs)))
    for route in routes[:5]:
        lines.append(_way(network, route, lang))
    alerts = words.alert_lines(desk.transit.alerts(network, asking.now, routes, where.stops), lang)
    answered = _reply(network, asking, "bus_stop", headline, [*alerts, *lines], routes, where)
    reply = answered.replies[0]
    offers = [*choices, *(offer for route in routes[:3] if (offer := words.ask_line(network, route, "bus_line", lang)))]
    return Answered([_with_choices(reply, offers)], focus=focus, results=asking.results, offset=asking.offset)


def _with_choices(reply: Reply, choices: list[Choice]) -> Reply:
    return replace(reply, choices=[one for one in choices if _PAYLOAD.match(one.payload)])


def _lines_of_place(network: Network | None, where: Where, known: list[int]) -> list[int]:
    """Lines that the place's record names and the feed knows, though not with this stop."""
    if network is None or where.place is None:
        return []
    ids = {route.id: at for at, route in enumerate(network.feed.routes)}
    return [ids[code] for code in where.place.bus_lines if code in ids and ids[code] not in known]


def _unknown_line(network: Network | None, asking: Asking) -> Answered:
    """A number we do not know, or none."""
    lang, found = asking.lang, LINE_NUMBER.search(asking.text)
    number = (found[1] or found[2]) if found else ""
    if number:
        key, code = "transit-line-unknown", "line_unknown"
        lines = [t(lang, "ask-service-line", service=asking.city.service_number)]
    else:
        key, code, lines = "transit-ask-line", "ask_line", []
    headline = t(lang, key, number=number) if number else t(lang, key)
    reply = Reply(code=code, lang=lang, headline=headline, lines=lines)
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)


def _serves(network: Network, asking: Asking, route: int, where: Where) -> Answered:
    """Whether a line goes to a place, as far as we know."""
    lang = asking.lang
    stops = [stop for stop in stops_of(network, route) if stop in where.stops]
    own = where.place is not None and network.feed.routes[route].id in where.place.bus_lines
    name = words.line_name(network, route, lang)
    if stops:
        sign = words.stop_name(network, min(stops, key=lambda stop: where.stops[stop]), lang)
        headline = t(lang, "transit-serves", line=name, place=where.name(lang), stop=sign)
    elif own:
        headline = t(lang, "transit-serves-said", line=name, place=where.name(lang))
    else:
        headline = t(lang, "transit-not-known-to-serve", line=name, place=where.name(lang))
    lines = [_way(network, route, lang), _times(network, route, asking.day() or asking.now.date(), lang)]
    return _reply(network, asking, "bus_line", headline, lines, [route], where)


def _way(network: Network, route: int, lang: str) -> str:
    """A line with its ends and some of its stops, in one phrase."""
    line, name = network.feed.routes[route], words.line_name(network, route, lang)
    ways = directions(network, route)
    every = stops_of(network, route)
    if not every:
        ends = [one for one in line.terminals if one]
        if not ends:
            return t(lang, "transit-line-bare", line=name)
        return t(lang, "transit-line-ends", line=name, ends=" – ".join(ends))
    stops = list(ways[0].stops) if ways else every
    ends = list(line.terminals) if all(line.terminals) else [words.stop_name(network, stops[0], lang)]
    if len(ends) < 2:
        ends = [*ends, words.stop_name(network, stops[-1], lang)] if ways and len(stops) > 1 else ends
    ends = [words.headsign(network, end, lang) for end in ends]
    via = _some(network, [stop for stop in every if words.stop_name(network, stop, lang) not in ends], lang)
    key = "transit-line-way" if len(ends) > 1 else "transit-line-via"
    return t(lang, key, line=name, start=ends[0], end=ends[-1], via=via or "none", count=len(every))


def _some(network: Network, stops: list[int], lang: str) -> str:
    """As many signs as fit a text message, those of known places first, in the order of the line."""
    room = _NAMED_ZH if lang == "zh" else _NAMED_EN
    if lang == "en":
        # A Chinese name makes a short message of one that holds less than half as much.
        stops = [stop for stop in stops if network.feed.stops[stop].name_en]
    first = sorted(stops, key=lambda stop: network.feed.stops[stop].point is None)
    chosen: set[int] = set()
    for stop in first:
        room -= len(words.stop_name(network, stop, lang)) + 1
        if room < 0:
            break
        chosen.add(stop)
    return t(lang, "list-join").join(words.stop_name(network, stop, lang) for stop in stops if stop in chosen)


def _times(network: Network, route: int, day: dt.date, lang: str) -> str:
    """First and last departure, as known."""
    line, name = network.feed.routes[route], words.line_name(network, route, lang)
    spans = words.first_last(line, lang)
    if spans:
        return t(lang, "transit-times", line=name, spans=spans)
    if network.feed.about.partial:
        return t(lang, "transit-times-unknown", line=name)
    said = [
        t(
            lang,
            "transit-direction-times",
            to=words.towards(network, way, lang),
            first=words.clock(way.first, day, lang),
            last=words.clock(way.last, day, lang),
        )
        for way in directions(network, route, day)
        if way.first is not None and way.last is not None
    ]
    if not said:
        return t(lang, "transit-none-today", line=name)
    return t(lang, "transit-times", line=name, spans=t(lang, "transit-list-join").join(said[:2]))


def _stop_lines(network: Network, route: int, lang: str) -> list[str]:
    """The stops in order, for each direction, then those whose place on the way is not known."""
    lines = []
    for way in directions(network, route)[:2]:
        names = [words.stop_name(network, stop, lang) for stop in way.stops]
        lines.append(t(lang, "transit-stops", to=words.towards(network, way, lang), stops=_joined(names, lang)))
    others = [words.stop_name(network, stop, lang) for stop in unordered(network, route)]
    if others:
        lines.append(t(lang, "transit-unordered", stops=_joined(others, lang)))
    return lines


def _joined(names: list[str], lang: str) -> str:
    """Names in a list; a list too long for a line says how many are left out."""
    join = t(lang, "list-join")
    kept = list(names)
    while len(join.join(kept)) > _MAX_STOPS_LINE:
        kept.pop()
    left = len(names) - len(kept)
    return join.join(kept) + (t(lang, "transit-and-more", count=left) if left else "")


def _more(network: Network, route: int, lang: str) -> list[str]:
    line = network.feed.routes[route]
    price = words.fare(line, lang)
    partial = network.feed.about.partial and bool(directions(network, route))
    return [
        *([t(lang, "transit-line-fare", line=name_of_line(line, lang), price=price)] if price else []),
        *([t(lang, "transit-incomplete")] if partial else []),
    ]


def _reply(
    network: Network,
    asking: Asking,
    code: str,
    headline: str,
    lines: list[str],
    routes: list[int],
    where: Where | None = None,
) -> Answered:
    lang = asking.lang
    said = words.source(network, routes)
    card = words.route_card(None, where, asking, said) if where else None
    offer = words.ask_line(network, routes[0], "last_bus", lang) if routes else None
    reply = Reply(
        code=code,
        lang=lang,
        headline=headline[:500],
        lines=[line[:600] for line in lines if line][:MAX_LINES],
        caution=words.caution(network, routes, lang),
        cards=[card] if card else [],
        choices=[offer] if offer else [],
        source=said,
    )
    focus = where.place.id if where and where.place else asking.focus
    return Answered([reply], focus=focus, results=asking.results, offset=asking.offset)
