"""From A to B by bus."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from backend.services.answers import place_facts
from backend.services.answers import transit_words as words
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.answers.transit_ends import ENDS, Where, ends, with_stop_in_words
from backend.services.replies import Reply
from backend.services.transit.journeys import Journey
from backend.services.transit.lines import lines_at
from backend.services.transit.network import LINE, Network
from backend.services.transit.partial import PartialJourney, plan_partial
from backend.services.transit.service import DayOutOfRange
from backend.wording import t

_ARRIVE = re.compile(
    r"到达|赶到|之前到|以前到|前到|前赶|\bby\b(?=\s*\d)|\barriv|\bbe there\b|\bget there by\b", re.IGNORECASE
)
# A change is worth it when it saves more than this.
_WORTH_A_CHANGE = dt.timedelta(minutes=8)
_PARTS = {"morning": 8, "noon": 12, "afternoon": 14, "evening": 18, "night": 20}
MAX_LINES = 8
_OF_LINES = ("bus_line", "last_bus")
# A line by its number, whether we know it or not.
LINE_NUMBER = re.compile(r"(\d{1,4})\s*路|\b(?:bus|line|route|no\.?)\s*(\d{1,4})\b", re.IGNORECASE)


def journey(desk: Desk, asking: Asking) -> Answered:
    """How to go from one place to another by bus; asks for the end that is missing."""
    network = desk.transit.network()
    asking = with_stop_in_words(network, asking)
    origin, destination = ends(desk, network, asking)
    if destination is None:
        return ask(asking, "to", origin)
    if origin is None or origin.id == destination.id:
        return ask(asking, "from", destination)
    if network is None or not origin.stops or not destination.stops:
        own = _own_lines(network, origin, destination) if network else []
        if network is None or not own:
            return no_answer(network, asking, origin, destination)
        return _by_own_lines(network, asking, origin, destination, own)
    if network.feed.about.partial:
        found = plan_partial(network, origin.stops, destination.stops)
        return _partial(network, asking, origin, destination, found)
    when, arrive_by = _when(asking)
    try:
        journeys = desk.transit.journeys(network, origin.end(), destination.end(), when, arrive_by, asking.now)
    except DayOutOfRange as error:
        return no_answer(network, asking, origin, destination, words.days_known(error, asking.lang))
    if not journeys:
        return no_answer(network, asking, origin, destination)
    return _timed(desk, network, asking, origin, destination, journeys, when)


def _when(asking: Asking) -> tuple[dt.datetime, bool]:
    """When to leave, or to arrive by: as said, else now."""
    said = next((one for one in asking.times if one.time is not None or one.part is not None or one.date), None)
    if said is None:
        return asking.now, False
    day = said.date or asking.now.date()
    if said.time is not None:
        moment = dt.datetime.combine(day, said.time, asking.now.tzinfo)
        if said.date is None and moment < asking.now - dt.timedelta(hours=1):
            moment += dt.timedelta(days=1)
        return moment, _ARRIVE.search(asking.text) is not None
    if said.part is not None:
        hour = next((hour for part, hour in _PARTS.items() if part in str(said.part).lower()), 8)
        return max(dt.datetime.combine(day, dt.time(hour), asking.now.tzinfo), asking.now), False
    if day == asking.now.date():
        return asking.now, False
    return dt.datetime.combine(day, dt.time(8), asking.now.tzinfo), False


def _best(journeys: list[Journey]) -> Journey:
    """The earliest, or one with fewer changes that is hardly later."""
    best = min(journeys, key=lambda one: one.end)
    for one in journeys:  # fewest rides first
        if one.rides and one.end - best.end <= _WORTH_A_CHANGE:
            return one
    return best


def _timed(
    desk: Desk,
    network: Network,
    asking: Asking,
    origin: Where,
    destination: Where,
    journeys: list[Journey],
    when: dt.datetime,
) -> Answered:
    lang, day = asking.lang, when.date()
    best = _best(journeys)
    ends_ = {"origin": origin.name(lang), "destination": destination.name(lang)}
    if not best.rides:
        takes = words.minutes((best.end - best.start).total_seconds())
        headline = t(lang, "transit-walk-headline", minutes=takes, **ends_)
    else:
        leaves = next(leg.start for leg in best.legs if not leg.walks)
        times = {"leaves": words.clock(leaves, day, lang), "arrives": words.clock(best.end, day, lang)}
        headline = t(lang, "transit-headline", chain=words.chain(network, best, lang), **times, **ends_)
    lines = [words.ride_line(network, leg, day, lang) for leg in best.legs] if best.rides else []
    if best.price is not None and best.price.currency == "CNY":
        lines.append(t(lang, "transit-price", amount=f"{best.price.amount:g}"))
    for other in journeys:
        if other is not best and other.rides:
            leaves = next(leg.start for leg in other.legs if not leg.walks)
            times = {"leaves": words.clock(leaves, day, lang), "arrives": words.clock(other.end, day, lang)}
            lines.append(t(lang, "transit-other", chain=words.chain(network, other, lang), **times))
    routes = [leg.route for leg in best.legs if not leg.walks]
    stops = [leg.from_stop for leg in best.legs if leg.from_stop >= 0]
    alerts = words.alert_lines(desk.transit.alerts(network, asking.now, routes, stops), lang)
    return answered(network, asking, "journey", headline, [*alerts, *lines], routes, origin, destination)


def _partial(
    network: Network, asking: Asking, origin: Where, destination: Where, found: list[PartialJourney]
) -> Answered:
    if not found:
        return no_answer(network, asking, origin, destination)
    lang, best = asking.lang, found[0]
    chain = words.partial_chain(network, best, lang)
    ends_ = {"origin": origin.name(lang), "destination": destination.name(lang)}
    headline = t(lang, "transit-partial-headline", chain=chain, **ends_)
    lines = [words.partial_line(network, ride, lang) for ride in best.rides]
    others = [one for one in found[1:] if len(one.rides) == len(best.rides)][:3]
    if others:
        chains = [words.partial_chain(network, one, lang) for one in others]
        lines.append(t(lang, "transit-also", ways=t(lang, "transit-list-join").join(chains)))
    lines += _walks(origin, destination, best, lang)
    lines.append(t(lang, "transit-no-times"))
    routes = [ride.route for ride in best.rides]
    return answered(network, asking, "journey", headline, lines, routes, origin, destination)


def _own_lines(network: Network, origin: Where, destination: Where) -> list[int]:
    """Lines at the origin that the record of the destination names, though no stop is known there."""
    if destination.place is None:
        return []
    return [at for at in lines_at(network, origin.stops) if network.feed.routes[at].id in destination.place.bus_lines]


def _by_own_lines(network: Network, asking: Asking, origin: Where, destination: Where, routes: list[int]) -> Answered:
    lang = asking.lang
    names = t(lang, "list-join").join(words.line_name(network, route, lang) for route in routes)
    ends_ = {"origin": origin.name(lang), "destination": destination.name(lang)}
    headline = t(lang, "transit-own-lines", lines=names, count=len(routes), **ends_)
    lines = [t(lang, "transit-no-times")]
    return answered(network, asking, "journey", headline, lines, routes, origin, destination)


def _walks(origin: Where, destination: Where, best: PartialJourney, lang: str) -> list[str]:
    lines = []
    to_first, from_last = origin.stops[best.rides[0].from_stop], destination.stops[best.rides[-1].to_stop]
    if to_first:
        lines.append(t(lang, "transit-walk-first", minutes=words.minutes(to_first)))
    if from_last:
        lines.append(t(lang, "transit-walk-last", minutes=words.minutes(from_last)))
    return lines


def answered(
    network: Network,
    asking: Asking,
    code: str,
    headline: str,
    lines: list[str],
    routes: list[int],
    origin: Where,
    destination: Where,
) -> Answered:
    """The reply on a way: with its card, what may be asked next, source and age; one goes on about the destination."""
    lang = asking.lang
    said = words.source(network, routes)
    offers = [words.ask_line(network, route, "bus_line", lang) for route in dict.fromkeys(routes)][:2]
    reply = Reply(
        code=code,
        lang=lang,
        headline=headline[:500],
        lines=[line[:600] for line in lines if line][:MAX_LINES],
        caution=words.caution(network, routes, lang),
        cards=[words.route_card(origin, destination, asking, said)],
        choices=[*(offer for offer in offers if offer), *words.open_destination(destination, lang)],
        source=said,
    )
    focus = destination.place.id if destination.place else asking.focus
    return Answered([reply], focus=focus, results=asking.results, offset=asking.offset)


def no_answer(
    network: Network | None, asking: Asking, origin: Where, destination: Where, why: str | None = None
) -> Answered:
    """We do not know: we say so (`why`, or that there is no way), and how a map app does."""
    lang = asking.lang
    ends_ = {"origin": origin.name(lang), "destination": destination.name(lang)}
    key = "transit-no-route" if network is None or network.feed.about.partial else "transit-no-journey"
    link = words.way_links(words.public(origin), destination, lang, asking.city.name["zh"])[0]
    lines = [t(lang, "transit-map-line", url=link.url)]
    lines.append(t(lang, "ask-service-line", service=asking.city.service_number))
    card = words.route_card(origin, destination, asking, words.source(network, [])) if network else None
    reply = Reply(
        code="journey_unknown",
        lang=lang,
        headline=why or t(lang, key, **ends_),
        lines=lines,
        cards=[card] if card else [],
        choices=words.open_destination(destination, lang),
    )
    focus = destination.place.id if destination.place else asking.focus
    return Answered([reply], focus=focus, results=asking.results, offset=asking.offset)


def ask(asking: Asking, missing: str, known: Where | None, intent: str = "journey") -> Answered:
    """Asks for the end that is missing, keeping the other."""
    lang = asking.lang
    unknown = asking.not_found()
    if unknown:
        headline = t(lang, "unknown-place", name=unknown)
    elif missing == "from" and known is not None:
        headline = t(lang, "transit-ask-from", destination=known.name(lang))
    else:
        headline = t(lang, "transit-ask-to")
    hint = t(lang, f"transit-ask-{missing}-hint", place=asking.city.example_place[lang])
    reply = Reply(code="ask_where", lang=lang, headline=headline, lines=[hint])
    if missing == "from" and not unknown and known is not None and known.place is not None:
        # Whoever drives, or asks a driver, is helped by the address already.
        where = place_facts.address(known.place, asking)
        reply = replace(reply, lines=[where.headline, *where.lines, hint], cards=where.cards, source=where.source)
    kept = {"to" if missing == "from" else "from": known.id} if known and known.id else {}
    return Answered(
        [reply],
        focus=known.place.id if known and known.place else asking.focus,
        results=asking.results,
        offset=asking.offset,
        pending={"intent": intent, **kept},
    )


def goes_on(asking: Asking) -> Asking:
    """What answers a question of ours about a journey: a place or a stop alone, a location, or the line asked
    for.
    """
    waiting = (asking.pending or {}).get("intent")
    if waiting not in ("journey", "last_bus"):
        return asking
    ends_or_line = (*ENDS, LINE) if waiting == "last_bus" else ENDS
    named = bool(asking.unknown_name()) or any(asking.named.get(kind) for kind in ends_or_line)
    if asking.intent == "share_location" or (asking.bare and named):
        return replace(asking, intent=waiting)
    return asking


def with_line_in_talk(asking: Asking) -> Asking:
    """A question on a line that names none, asked of the line in talk: "末班几点", "how much is it"."""
    before = asking.before()
    in_talk = before.get("named", {}).get(LINE)
    if not in_talk or before.get("intent") not in _OF_LINES or asking.intent not in _OF_LINES:
        return asking
    if asking.named.get(LINE) or LINE_NUMBER.search(asking.text):
        return asking
    if asking.intent == "last_bus" and any(asking.named.get(kind) for kind in ENDS):
        return asking  # from one place to another, by whatever line
    return replace(asking, named={**asking.named, LINE: in_talk})
