"""How readings are said: the value, its age, where it is from; and which beaches a question on the sea is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.models import Place, Station
from backend.services.answers import facts
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.bathing_water import FAECAL_COLIFORMS_LIMIT, sea_state
from backend.services.places import Wanted
from backend.services.readings import Observed
from backend.services.replies import Choice, Reply, Source
from backend.services.values import say_date
from backend.wording import t


def age(time: dt.datetime, asking: Asking) -> str:
    """How long ago an aware time was: "10 minutes ago", 10分钟前; just now below a minute."""
    # Its tables take longer to import than everything else here.
    from babel.dates import format_timedelta

    passed = asking.now - time
    if passed < dt.timedelta(minutes=1):
        return t(asking.lang, "environment-now")
    return format_timedelta(-passed, granularity="minute", threshold=1.5, add_direction=True, locale=asking.lang)


def said(observed: Observed, lang: str) -> str:
    """A reading in words, without its age: "smooth sea, waves 0.4 m"."""
    reading = observed.reading
    key = f"environment-{reading.quantity.replace('_', '-')}"
    if reading.value is None:
        return t(lang, key, value=reading.category)
    value = number(reading.value)
    if reading.quantity == "wave_height":
        return t(lang, key, value=value, state=t(lang, "environment-sea-state", figure=sea_state(reading.value)))
    if reading.quantity == "faecal_coliforms":
        return t(lang, key, value=value, over="yes" if reading.value > FAECAL_COLIFORMS_LIMIT else "no")
    return t(lang, key, value=value)


def number(value: float) -> str:
    """A number as people say it: at most one decimal, two below one."""
    return f"{round(value, 2 if abs(value) < 1 else 1):.12g}"


def source(observed: Observed, asking: Asking) -> Source:
    """Where a reading is from, for the reply's source: the station, the day in the city, whether people checked it."""
    station, reading = observed.station, observed.reading
    name = station_name(station, asking.lang)
    day = reading.observed_at.astimezone(asking.now.tzinfo).date().isoformat()
    return Source(station.id, name, "high" if reading.quality == "reviewed" else "medium", day, "")


def station_name(station: Station, lang: str) -> str:
    """The station's name in the person's language."""
    return station.name_zh if lang == "zh" else station.name_en or station.name_zh


def newest(found: Iterable[Observed]) -> Observed:
    """The latest of some readings. Raises ValueError where there are none."""
    return max(found, key=lambda observed: observed.reading.observed_at)


def oldest(found: Iterable[Observed]) -> Observed:
    """The oldest of some readings. Raises ValueError where there are none."""
    return min(found, key=lambda observed: observed.reading.observed_at)


def ask_line(desk: Desk, lang: str) -> str:
    """Whom to ask where we do not know."""
    return t(lang, "environment-ask", service=desk.city.service_number)


def unknown(asking: Asking) -> Answered:
    """No answer is better than that of another place."""
    headline = t(asking.lang, "unknown-place", name=asking.not_found())
    reply = Reply(code="unknown_place", lang=asking.lang, headline=headline)
    return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)


def of_now(asking: Asking, reply: Reply) -> Reply:
    """The reply; where another day was asked for, with the word before it that readings tell of now alone."""
    day = asking.day()
    if day is None or day == asking.now.date():
        return reply
    headline = t(asking.lang, "environment-other-day", day=say_date(day, asking.lang, asking.now.date()))
    return replace(reply, headline=headline, lines=[reply.headline, *reply.lines])


@dataclass(frozen=True)
class Meant:
    """What a question on the sea is about: beaches; or, where `elsewhere` names something, a place or district that has
    none of ours; else the whole city. `focus` is the place to talk of next.
    """

    beaches: list[Place]
    elsewhere: str = ""
    focus: str | None = None

    @property
    def place_ids(self) -> list[str]:
        """Ids that readings of these beaches may stand under."""
        return [id_ for beach in self.beaches for id_ in (beach.id, beach.extra.get("same_as")) if id_]


def beaches_meant(desk: Desk, asking: Asking) -> Meant:
    """The beaches a question is about. A beach is also meant by the sight it is the beach of; without a name it is the
    place in talk, if that is a beach, or those of the district named.
    """
    lang, districts = asking.lang, asking.districts()
    ids = asking.places() or ([asking.focus] if asking.focus and not districts else [])
    beaches = desk.places.search(Wanted(kinds=("beach",)))
    by_id = {beach.id: beach for beach in beaches}
    by_sight = {beach.extra.get("same_as"): beach for beach in beaches}
    found = {beach.id: beach for id_ in ids if (beach := by_id.get(id_) or by_sight.get(id_)) is not None}
    if found:
        return Meant(list(found.values()), focus=next(iter(found)))
    others = desk.places.by_ids(asking.places())
    if others:
        names = t(lang, "list-join").join(facts.name(place, lang) for place in others)
        return Meant([], elsewhere=names, focus=others[0].id)
    in_districts = [beach for beach in beaches if beach.district in districts]
    if districts and not in_districts:
        return Meant([], elsewhere=desk.places.word(districts[0], lang), focus=asking.focus)
    return Meant(in_districts, focus=asking.focus)


def about(place: Place, intent: str, lang: str) -> Choice:
    """An offer to ask the same of this place."""
    return replace(facts.open_place(place, lang), payload=f"{intent}:{place.id}", intent=intent)
