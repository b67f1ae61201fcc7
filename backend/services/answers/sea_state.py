"""Whether anything speaks against going into the sea, how warm it is, how high the waves are, which flag is up.

A reading that is old is said to be old and decides nothing. Nothing here says that one may swim: what is reported is
told, and the flags and lifeguards on the beach decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.city_pack.model import Threshold
from backend.models import Place
from backend.services.answers import environment, facts
from backend.services.answers.asking import PAGE, Answered, Asking, Desk
from backend.services.bathing_water import Verdict, speaks_against
from backend.services.quantities import SEA
from backend.services.readings import Observed
from backend.services.replies import Card, Reply
from backend.services.thresholds import is_beyond
from backend.wording import t

_OF_THE_SEA = tuple(name for name in SEA if name != "visitor_count")
# What is said first of a beach that nothing speaks against.
_FIRST = (
    "beach_flag",
    "wave_height",
    "sea_temperature",
    "bathing_water_class",
    "swimming_suitability",
    "faecal_coliforms",
)
_IN_HEADLINE = 3
_ASKED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("sea_temperature", re.compile(r"水温|海水.{0,3}(?:凉|冷|暖|热)|几度|多少度|temperature|how (?:cold|warm)", re.I)),
    ("beach_flag", re.compile(r"旗|\bflags?\b", re.I)),
    ("wave_height", re.compile(r"浪|\bwav(?:es?|y)\b|\bsurf\b|\brough\b|\bcalm\b", re.I)),
    ("bathing_water_class", re.compile(r"水质|干净|脏|(?:water|sea) quality|\bclean\b|\bdirty\b", re.I)),
)
_BATHING = re.compile(r"游泳|下水|下海|戏水|玩水|\bswim|\bbathe|go in", re.I)


@dataclass(frozen=True)
class _Against:
    """The gravest of what speaks against bathing: `no` or `caution`, with the reading and the words for it."""

    verdict: Verdict
    observed: Observed
    reason: str


def answer(desk: Desk, asking: Asking) -> Answered:
    """The state of the sea at the beach asked about, or of all beaches with readings."""
    if asking.not_found():
        return environment.unknown(asking)
    meant = environment.beaches_meant(desk, asking)
    if meant.elsewhere:
        reply = _nothing(desk, asking, meant.elsewhere)
        return Answered([reply], focus=meant.focus, results=asking.results, offset=asking.offset)
    found = desk.readings.latest(_OF_THE_SEA, place_ids=meant.place_ids)
    if len(meant.beaches) == 1:
        return _one(desk, asking, meant.beaches[0], found)
    return _of_many(desk, asking, found)


def _one(desk: Desk, asking: Asking, beach: Place, found: Sequence[Observed]) -> Answered:
    reply = environment.of_now(asking, _of_beach(desk, asking, beach, found))
    return Answered([reply], focus=beach.id, results=asking.results, offset=asking.offset)


def _of_many(desk: Desk, asking: Asking, found: Sequence[Observed]) -> Answered:
    by_place: dict[str, list[Observed]] = {}
    for observed in found:
        if observed.station.place_id:
            by_place.setdefault(observed.station.place_id, []).append(observed)
    known = [place for place in desk.places.by_ids(sorted(by_place)) if place.kind == "beach"]
    if not known:
        reply = _nothing(desk, asking, "")
        return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
    if len(known) == 1:
        return _one(desk, asking, known[0], by_place[known[0].id])
    reply, shown = _overview(desk, asking, known, by_place)
    reply = environment.of_now(asking, reply)
    return Answered([reply], results=[place.id for place in shown], offset=min(PAGE, len(shown)))


def _overview(
    desk: Desk, asking: Asking, known: Sequence[Place], by_place: dict[str, list[Observed]]
) -> tuple[Reply, list[Place]]:
    """One line for each beach with recent readings, those to stay away from first."""
    lang = asking.lang
    bad: list[tuple[Place, str]] = []
    rest: list[tuple[Place, str]] = []
    for place in known:
        fresh = [observed for observed in by_place[place.id] if observed.is_fresh(asking.now)]
        if not fresh:
            continue
        against = _against(desk.readings.thresholds, fresh, lang)
        if against is not None and against.verdict == "no":
            old = environment.age(against.observed.reading.observed_at, asking)
            name = facts.name(place, lang)
            line = t(lang, "environment-sea-line-no", place=name, reason=against.reason, age=old)
            bad.append((place, line))
        else:
            rest.append((place, _line(place, fresh, asking)))
    lines = [*bad, *rest]
    if lines:
        headline = t(lang, "environment-sea-city", count=len(lines), bad=len(bad))
    else:
        headline = t(lang, "environment-sea-city-stale")
    shown = [place for place, _ in lines][:PAGE] or list(known)[:PAGE]
    reply = Reply(
        code="sea_state",
        lang=lang,
        headline=headline,
        lines=[line for _, line in lines[:PAGE]],
        caution=t(lang, "environment-rule"),
        choices=[environment.about(place, "sea_state", lang) for place in shown],
    )
    return reply, shown


def _of_beach(desk: Desk, asking: Asking, beach: Place, found: Sequence[Observed]) -> Reply:
    lang, name = asking.lang, facts.name(beach, asking.lang)
    if not found:
        return _nothing(desk, asking, name)
    ordered = _ordered(found)
    fresh = [observed for observed in ordered if observed.is_fresh(asking.now)]
    against = _against(desk.readings.thresholds, fresh, lang)
    wanted = _asked_for(asking.text)
    if wanted:
        headline, told = _asked_headline(name, wanted, ordered, against, asking)
    else:
        headline, told = _headline(name, ordered, fresh, against, asking)
    lines = [facts.status_line(beach, asking)] if facts.is_shut(beach, asking) else []
    for observed in ordered:
        if observed not in told:
            key = "environment-fresh" if observed in fresh else "environment-old"
            old = environment.age(observed.reading.observed_at, asking)
            lines.append(t(lang, key, said=environment.said(observed, lang), age=old))
    lines += [
        t(lang, "environment-flag-means", value=observed.reading.category)
        for observed in fresh[:1]
        if observed.reading.quantity == "beach_flag"
    ]
    if not fresh:
        lines.append(environment.ask_line(desk, lang))
    source = environment.source(against.observed if against else environment.newest(ordered), asking)
    lines.append(t(lang, "environment-source", station=source.source))
    return Reply(
        code="sea_state",
        lang=lang,
        headline=headline,
        lines=lines,
        caution=t(lang, "environment-rule"),
        cards=[Card(name, [headline], None, facts.map_links(beach, lang), source)],
        source=source,
    )


def _headline(
    name: str, ordered: Sequence[Observed], fresh: Sequence[Observed], against: _Against | None, asking: Asking
) -> tuple[str, list[Observed]]:
    """What speaks against it; else what there is; else that it is old. With the readings it tells of."""
    lang = asking.lang
    if against is not None:
        key = "environment-sea-no" if against.verdict == "no" else "environment-sea-caution"
        old = environment.age(against.observed.reading.observed_at, asking)
        return t(lang, key, place=name, reason=against.reason, age=old), [against.observed]
    if fresh:
        told = list(fresh[:_IN_HEADLINE])
        return t(lang, "environment-sea-values", place=name, **_values(told, asking)), told
    last = environment.newest(ordered)
    return t(lang, "environment-sea-stale", place=name, **_values([last], asking)), [last]


def _asked_headline(
    name: str, wanted: str, ordered: Sequence[Observed], against: _Against | None, asking: Asking
) -> tuple[str, list[Observed]]:
    """The quantity asked for, and what speaks against bathing, whether that was asked or not."""
    lang = asking.lang
    asked = [observed for observed in ordered if observed.reading.quantity == wanted]
    told: list[Observed] = asked[:1]
    if not asked:
        text = t(lang, "environment-sea-asked-none", place=name, name=_name(wanted, lang))
    elif asked[0].is_fresh(asking.now):
        text = t(lang, "environment-sea-asked", place=name, **_values(told, asking))
    else:
        text = t(lang, "environment-sea-asked-stale", place=name, name=_name(wanted, lang), **_values(told, asking))
    if against is not None and against.observed not in told:
        key = "environment-sea-and-no" if against.verdict == "no" else "environment-sea-and-caution"
        old = environment.age(against.observed.reading.observed_at, asking)
        more = t(lang, key, reason=against.reason, age=old)
        return (text + more if lang == "zh" else f"{text} {more}"), [*told, against.observed]
    if against is not None:
        return _headline(name, ordered, [], against, asking)
    return text, told


def _asked_for(text: str) -> str:
    """The one quantity a question asks for; empty where it asks whether one may swim."""
    if _BATHING.search(text):
        return ""
    return next((name for name, pattern in _ASKED if pattern.search(text)), "")


def _against(thresholds: Sequence[Threshold], fresh: Sequence[Observed], lang: str) -> _Against | None:
    """The gravest of what recent readings say: what the standards forbid, then the limits of the city."""
    found = []
    for observed in fresh:
        verdict = speaks_against(observed.reading.quantity, observed.reading.said)
        if verdict != "none":
            found.append(_Against(verdict, observed, environment.said(observed, lang)))
    judged = {against.observed.reading.id for against in found}
    for threshold in thresholds:
        if threshold.severity == "notice":
            continue
        for observed in fresh:
            reading = observed.reading
            if (
                reading.quantity == threshold.quantity
                and reading.id not in judged
                and is_beyond(threshold, reading.said)
            ):
                verdict = "no" if threshold.severity == "danger" else "caution"
                found.append(_Against(verdict, observed, environment.said(observed, lang)))
    return next((one for one in found if one.verdict == "no"), found[0] if found else None)


def _values(told: Sequence[Observed], asking: Asking) -> dict[str, str]:
    """The readings in words and the age of the oldest of them."""
    words = [environment.said(observed, asking.lang) for observed in told]
    old = environment.age(environment.oldest(told).reading.observed_at, asking)
    return {"said": t(asking.lang, "environment-join").join(words), "age": old}


def _ordered(found: Sequence[Observed]) -> list[Observed]:
    """What matters most first; of one quantity, where a beach has several stations, the latest."""
    latest_first = sorted(found, key=lambda observed: observed.reading.observed_at, reverse=True)
    return sorted(latest_first, key=lambda observed: _FIRST.index(observed.reading.quantity))


def _line(place: Place, fresh: Sequence[Observed], asking: Asking) -> str:
    ordered = _ordered(fresh)[:_IN_HEADLINE]
    return t(asking.lang, "environment-sea-line", place=facts.name(place, asking.lang), **_values(ordered, asking))


def _name(quantity: str, lang: str) -> str:
    return t(lang, f"environment-name-{quantity.replace('_', '-')}")


def _nothing(desk: Desk, asking: Asking, name: str) -> Reply:
    lang = asking.lang
    headline = t(lang, "environment-sea-none", place=name) if name else t(lang, "environment-sea-none-city")
    return Reply(code="sea_none", lang=lang, headline=headline, lines=[environment.ask_line(desk, lang)])
