"""How many people are on the beaches: at one, or where there are fewest. Only recent counts are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.models import Place
from backend.services.answers import environment, facts
from backend.services.answers.asking import PAGE, Answered, Asking, Desk
from backend.services.readings import Observed
from backend.services.replies import Reply
from backend.wording import t

_MOST = re.compile(r"最多|最挤|最热闹|\bmost (?:crowded|people|popular)|\bbusiest\b", re.I)


def answer(desk: Desk, asking: Asking) -> Answered:
    """The count at the beach asked about, or the beaches by their counts, the emptiest first."""
    if asking.not_found():
        return environment.unknown(asking)
    comparing = not asking.places() and _compares(asking.text)
    whole_city = comparing and not asking.districts()
    meant = environment.Meant([]) if whole_city else environment.beaches_meant(desk, asking)
    lang = asking.lang
    if meant.elsewhere:
        headline = t(lang, "environment-crowd-one-none", place=meant.elsewhere)
        reply = Reply(code="crowd_none", lang=lang, headline=headline, lines=[environment.ask_line(desk, lang)])
        return Answered([reply], focus=meant.focus, results=asking.results, offset=asking.offset)
    found = desk.readings.latest(("visitor_count",), place_ids=meant.place_ids)
    if len(meant.beaches) == 1:
        beach = meant.beaches[0]
        reply = environment.of_now(asking, _of_beach(desk, asking, beach, found))
        return Answered([reply], focus=beach.id, results=asking.results, offset=asking.offset)
    return _ranked(desk, asking, found)


def _compares(text: str) -> bool:
    """Whether a question compares beaches, whatever beach was in talk."""
    return bool(_MOST.search(text) or re.search(r"哪|最少|最空|\bwhich\b|\bwhere\b|\bleast\b|\bquiet", text, re.I))


def _of_beach(desk: Desk, asking: Asking, beach: Place, found: Sequence[Observed]) -> Reply:
    lang, name = asking.lang, facts.name(beach, asking.lang)
    if not found:
        headline = t(lang, "environment-crowd-one-none", place=name)
        return Reply(code="crowd_none", lang=lang, headline=headline, lines=[environment.ask_line(desk, lang)])
    last = environment.newest(found)
    key = "environment-crowd-one" if last.is_fresh(asking.now) else "environment-crowd-one-stale"
    source = environment.source(last, asking)
    headline = t(lang, key, place=name, value=_count(last), age=environment.age(last.reading.observed_at, asking))
    lines = [t(lang, "environment-source", station=source.source)]
    return Reply(code="beach_crowd", lang=lang, headline=headline, lines=lines, source=source)


def _ranked(desk: Desk, asking: Asking, found: Sequence[Observed]) -> Answered:
    lang = asking.lang
    fresh = {observed.station.place_id: observed for observed in found if observed.is_fresh(asking.now)}
    known = [place for place in desk.places.by_ids(list(fresh)) if place.kind == "beach"]
    if not known:
        headline = t(lang, "environment-crowd-stale" if found else "environment-crowd-none")
        reply = Reply(code="crowd_none", lang=lang, headline=headline, lines=[environment.ask_line(desk, lang)])
        return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
    most = bool(_MOST.search(asking.text))
    known.sort(key=lambda place: (fresh[place.id].reading.value or 0, place.id), reverse=most)
    first, *rest = known
    lines = [
        t(lang, "environment-crowd-line", place=facts.name(place, lang), **_said(fresh[place.id], asking))
        for place in rest[: PAGE - 1]
    ]
    lines.append(t(lang, "environment-crowd-others", count=len(known)))
    key = "environment-crowd-most" if most else "environment-crowd-least"
    reply = Reply(
        code="beach_crowd",
        lang=lang,
        headline=t(lang, key, place=facts.name(first, lang), **_said(fresh[first.id], asking)),
        lines=lines,
        choices=[environment.about(place, "sea_state", lang) for place in known[:PAGE]],
        source=environment.source(fresh[first.id], asking),
    )
    ids = [place.id for place in known]
    return Answered([environment.of_now(asking, reply)], focus=first.id, results=ids, offset=min(PAGE, len(ids)))


def _said(observed: Observed, asking: Asking) -> dict[str, str]:
    return {"value": _count(observed), "age": environment.age(observed.reading.observed_at, asking)}


def _count(observed: Observed) -> str:
    return f"{observed.reading.value or 0:.0f}"
