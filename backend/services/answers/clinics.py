"""Complaints in plain words: the department, the signs that call for the ambulance first, the nearest hospital that has
the department and is open, and what to bring. Never a diagnosis, and every answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backend.geo import distance_m
from backend.models import Place
from backend.services.answers import complaints, facts, lists, talk, whereabouts
from backend.services.answers.asking import PAGE, PLACE_KINDS, Answered, Asking, Desk
from backend.services.answers.whereabouts import Origin, Question
from backend.services.opening import OpenState, open_state
from backend.services.places import Wanted, position
from backend.services.replies import Choice, Reply
from backend.services.triage import EMERGENCY, Advice
from backend.wording import t

# What is open now is worth the way from so far; beyond, one nearby whose hours are not known is the better advice.
REACH_METRES = 30_000.0
# Outside these hours of the city's clock outpatient departments are usually shut.
DAY_HOURS = range(7, 18)
MOST_UNPLACED = 3


@dataclass(frozen=True)
class _Found:
    """A hospital for the departments wanted. `basis`: its record lists one of them, its kind makes one likely, or it is
    a general hospital that stands in. `metres` is None where its position or the person's is not known.
    """

    place: Place
    metres: float | None
    state: OpenState
    basis: Literal["listed", "likely", "general"]


def clinics(desk: Desk, asking: Asking) -> Answered:
    """Hospitals for a complaint, where the message names one; else by department and district as `lists.clinics`."""
    advice = desk.triage.advise(asking.named.get("symptom", []), asking.named.get("department", []), asking.text)
    return lists.clinics(desk, asking) if advice is None else _for_complaint(desk, asking, advice)


def emergency(desk: Desk, asking: Asking) -> Answered:
    """A cry for help: the ambulance. Where the table knows the complaint and calls it none, the number still comes
    first, and the department with it.
    """
    advice = complaints.advice_on(desk, asking)
    if advice is None or (desk.emergency.match(asking.text) and not advice.emergencies):
        return talk.emergency(desk, asking)
    named = {**asking.named, "symptom": [symptom.id for symptom in advice.symptoms]}
    answered = _for_complaint(desk, replace(asking, intent="find_clinic", named=named), advice)
    if advice.emergencies:
        return answered
    first, *others = answered.replies
    headline = t(asking.lang, "clinics-urgent", medical=desk.city.medical_number, headline=first.headline)
    return replace(answered, replies=[replace(first, headline=headline), *others])


def shared_location(desk: Desk, asking: Asking) -> Answered:
    """A location: answers the complaint that waited for it, else as `lists.shared_location`."""
    pending = asking.pending or {}
    kept = pending.get("named", {})
    if pending.get("intent") != "find_clinic" or not kept.get("symptom"):
        return lists.shared_location(desk, asking)
    where = {kind: ids for kind, ids in asking.named.items() if kind in (*PLACE_KINDS, "district", "unknown_name")}
    text = " ".join([pending.get("text", ""), asking.text])
    return clinics(desk, replace(asking, named={**kept, **where}, text=text))


def _for_complaint(desk: Desk, asking: Asking, advice: Advice) -> Answered:
    districts = asking.districts() if not asking.places() else []
    origin = _origin(desk, asking) if not districts else None
    if advice.emergencies:
        return _emergency(desk, asking, advice, origin if isinstance(origin, Origin) else None)
    if isinstance(origin, Question):
        return whereabouts.ask_which(asking, origin)
    if origin is None and not districts:
        return _ask_where(desk, asking, advice)
    found, unplaced = _search(desk, asking, advice.departments, origin, districts)
    if not found:
        return lists.clinics(desk, replace(asking, named={**asking.named, "department": list(advice.departments)}))
    answered = _answer(desk, asking, advice, found, unplaced, origin, districts)
    return answered if origin is None else whereabouts.caution(answered, origin, asking.lang)


def _answer(
    desk: Desk,
    asking: Asking,
    advice: Advice,
    found: list[_Found],
    unplaced: list[Place],
    origin: Origin | None,
    districts: Sequence[str],
) -> Answered:
    lang, first, shown = asking.lang, found[0], found[:PAGE]
    values = {"name": facts.name(first.place, lang), "status": _status(first, asking)}
    if districts:
        key = "clinics-in-district-general" if first.basis == "general" else "clinics-in-district"
        nearest = t(lang, key, district=desk.places.word(districts[0], lang), **values)
    else:
        key = "clinics-general" if first.basis == "general" else "clinics-nearest"
        far = facts.distance(first.metres or 0.0, lang)
        label = origin.label if origin is not None and origin.point != asking.location else "none"
        nearest = t(lang, key, where=label, distance=far, **values)
    lines = [
        _warning(desk, advice, lang),
        _phone(desk, first.place, lang),
        _likely(desk, first, advice, lang),
        t(lang, "clinics-night") if _is_night(first, advice, asking) else "",
        *(_line(number, one, asking) for number, one in enumerate(shown, start=1)),
        _unplaced_line(unplaced, origin, lang),
        _first_aid(advice, lang),
        t(lang, "clinics-bring"),
        t(lang, "clinics-not-diagnosis"),
        "" if districts else t(lang, "straight-line"),
    ]
    choices = [facts.open_place(one.place, lang) for one in shown]
    if len(found) > PAGE:
        choices.append(Choice(t(lang, "choice-more"), "more", "more", {}))
    reply = Reply(
        code="find_clinic",
        lang=lang,
        headline=t(lang, "clinics-headline", sees=_sees(desk, advice, lang), nearest=nearest),
        lines=[line for line in lines if line],
        caution=t(lang, "clinics-caution", medical=desk.city.medical_number),
        cards=[facts.place_card(one.place, asking, _far(one, lang)) for one in shown],
        choices=choices,
        source=facts.source(first.place),
    )
    # "Is it open?", "how do I get there?" mean the one the headline names.
    return Answered([reply], focus=first.place.id, results=[one.place.id for one in found], offset=PAGE)


def _ask_where(desk: Desk, asking: Asking, advice: Advice) -> Answered:
    """The department at once, and where to look for it."""
    lang, unknown = asking.lang, asking.unknown_name() if complaints.says_where(asking.text) else ""
    lines = [
        _warning(desk, advice, lang),
        t(lang, "unknown-place", name=unknown) if unknown else "",
        t(lang, "ask-where-hint", place=asking.city.example_place[lang]),
        _first_aid(advice, lang),
        t(lang, "clinics-bring"),
        t(lang, "clinics-not-diagnosis"),
    ]
    reply = Reply(
        code="ask_where",
        lang=lang,
        headline=t(lang, "clinics-ask-where", sees=_sees(desk, advice, lang)),
        lines=[line for line in lines if line],
        caution=t(lang, "clinics-caution", medical=desk.city.medical_number),
    )
    return Answered([reply], focus=asking.focus, pending=whereabouts.pending_of(asking))


def _emergency(desk: Desk, asking: Asking, advice: Advice, origin: Origin | None) -> Answered:
    """The ambulance first, whatever was asked; then the nearest emergency department, and what to do meanwhile."""
    lang = asking.lang
    ids = {*advice.emergencies, *(group.id for group in desk.emergency.match(asking.text))}
    reply = desk.emergency.reply(desk.emergency.named(ids), lang)
    found = _search(desk, asking, (EMERGENCY,), origin, [])[0] if origin is not None else []
    shown = [one for one in found if one.metres is not None][:1]
    lines = [
        *(_emergency_line(one, lang) for one in shown),
        *([] if shown else [t(lang, "clinics-er-ask")]),
        *reply.lines,
        _first_aid(advice, lang),
        t(lang, "clinics-later", department=_departments(desk, advice, lang)),
        t(lang, "clinics-not-diagnosis"),
    ]
    cards = [*reply.cards, *(facts.place_card(one.place, asking, _far(one, lang)) for one in shown)]
    choices = [] if shown else reply.choices
    reply = replace(reply, lines=[line for line in lines if line], cards=cards, choices=choices)
    pending = None if shown else whereabouts.pending_of(asking)
    return Answered([reply], focus=_focus(asking, origin), pending=pending)


def _focus(asking: Asking, origin: Origin | None) -> str | None:
    return origin.place.id if origin is not None and origin.place is not None else asking.focus


def _origin(desk: Desk, asking: Asking) -> Origin | Question | None:
    """Where the way begins. The place in talk only where the words ask for what is near it: who is ill is not there
    for having asked for its ticket.
    """
    focus = asking.focus if complaints.says_near(asking.text) else None
    return whereabouts.where(desk, replace(asking, focus=focus))


def _search(
    desk: Desk, asking: Asking, departments: tuple[str, ...], origin: Origin | None, districts: Sequence[str]
) -> tuple[list[_Found], list[Place]]:
    """Hospitals with one of the departments, best first, and those that cannot be measured.

    Best is what is open within reach, then what may be open, then what is shut; of these the nearest. Where none with
    such a department can be measured, the general hospitals stand in.
    """
    hospitals = [
        place
        for place in desk.places.search(Wanted(kinds=lists.CLINIC_KINDS, districts=tuple(districts)))
        if place.status != "closed"
    ]
    having = [place for place in hospitals if _has(place, departments)]
    unplaced = [place for place in having if origin is not None and position(place) is None]
    candidates = [place for place in having if place not in unplaced]
    stand_in = not candidates
    if stand_in:
        candidates = [
            place
            for place in hospitals
            if _specialty(place) == "general" and (origin is None or position(place) is not None)
        ]
    found = []
    for place in candidates:
        point = position(place)
        metres = distance_m(origin.point, point) if origin is not None and point is not None else None
        listed = not set(place.departments).isdisjoint(departments)
        basis: Literal["listed", "likely", "general"] = "general" if stand_in else "listed" if listed else "likely"
        found.append(_Found(place, metres, open_state(place, asking.now, asking.calendar), basis))
    found.sort(key=lambda one: (_rank(one), one.metres or 0.0))
    return found[:1] + [one for one in found[1:] if (one.metres or 0.0) <= REACH_METRES], unplaced


def _has(place: Place, departments: tuple[str, ...]) -> bool:
    """Whether a hospital's record names one of the departments, or makes it likely."""
    own = {*place.departments, *place.extra.get("departments_likely", [])}
    return not own.isdisjoint(departments) or (EMERGENCY in departments and bool(place.extra.get("er_24h")))


def _rank(one: _Found) -> int:
    if one.state.kind == "open":
        return 0 if one.metres is None or one.metres <= REACH_METRES else 1
    return {"unknown": 1, "closed": 2}.get(one.state.kind, 3)


def _specialty(place: Place) -> str:
    return str(place.extra.get("specialty", ""))


def _likely(desk: Desk, one: _Found, advice: Advice, lang: str) -> str:
    """What is only likely of the hospital named first, said to be so."""
    if one.basis != "likely":
        return ""
    if EMERGENCY in advice.departments and one.place.extra.get("er_24h"):
        return t(lang, "clinics-er-is-likely")
    return t(lang, "clinics-likely", department=_departments(desk, advice, lang))


def _is_night(one: _Found, advice: Advice, asking: Asking) -> bool:
    return asking.now.hour not in DAY_HOURS and one.state.kind == "unknown" and advice.departments != (EMERGENCY,)


def _sees(desk: Desk, advice: Advice, lang: str) -> str:
    """The complaint and who sees it, as a sentence."""
    titles = advice.titles(lang)
    complaint = t(lang, "list-join").join(titles)
    key = "clinics-sees-child" if advice.child else "clinics-sees"
    return t(lang, key, complaint=complaint[:1].upper() + complaint[1:], department=_departments(desk, advice, lang))


def _departments(desk: Desk, advice: Advice, lang: str) -> str:
    names = [desk.places.word(department, lang) for department in advice.departments[:2]]
    return names[0] if len(names) == 1 else t(lang, "clinics-or", first=names[0], second=names[1])


def _warning(desk: Desk, advice: Advice, lang: str) -> str:
    signs = advice.warnings(lang)
    joined = t(lang, "list-join").join(signs)
    return t(lang, "clinics-warning", medical=desk.city.medical_number, signs=joined) if signs else ""


def _first_aid(advice: Advice, lang: str) -> str:
    text = advice.first_aid(lang)
    return t(lang, "clinics-first-aid", text=text) if text else ""


def _phone(desk: Desk, place: Place, lang: str) -> str:
    if place.phones:
        return t(lang, "clinics-call-first", phone=place.phones[0])
    return t(lang, "clinics-no-phone", service=desk.city.service_number)


def _status(one: _Found, asking: Asking) -> str:
    """Open or not, in as few words as a headline has room for."""
    lang, state = asking.lang, one.state
    if state.kind == "open":
        return t(lang, "clinics-open-until", time=f"{state.until:%H:%M}") if state.until else t(lang, "clinics-open")
    if state.kind == "unknown":
        return t(lang, "clinics-hours-unknown")
    if state.kind != "closed":
        return t(lang, "word-closed")
    if state.next_open is None:
        return t(lang, "clinics-closed")
    days = (state.next_open.date() - asking.now.date()).days
    day = {0: t(lang, "day-today"), 1: t(lang, "day-tomorrow")}.get(days, state.next_open.date().isoformat())
    return t(lang, "clinics-closed-until", day=day, time=f"{state.next_open:%H:%M}")


def _line(number: int, one: _Found, asking: Asking) -> str:
    lang = asking.lang
    parts = [*_far(one, lang), _status(one, asking), *one.place.phones[:1]]
    detail = t(lang, "list-join").join(parts)
    return t(lang, "list-line", number=number, name=facts.name(one.place, lang), detail=detail)


def _far(one: _Found, lang: str) -> list[str]:
    return [facts.distance(one.metres, lang)] if one.metres is not None else []


def _unplaced_line(places: list[Place], origin: Origin | None, lang: str) -> str:
    """Hospitals that cannot be measured and may be nearer, those of the same district first."""
    district = origin.place.district if origin is not None and origin.place is not None else None
    places = sorted(places, key=lambda place: place.district != district)
    names = [" ".join([facts.name(place, lang), *place.phones[:1]]) for place in places[:MOST_UNPLACED]]
    return t(lang, "clinics-unplaced", names=t(lang, "list-join").join(names)) if names else ""


def _emergency_line(one: _Found, lang: str) -> str:
    detail = [t(lang, f"clinics-er-{one.basis}"), *one.place.phones[:1]]
    return t(
        lang,
        "clinics-er",
        name=facts.name(one.place, lang),
        distance=facts.distance(one.metres or 0.0, lang),
        detail=t(lang, "list-join").join(detail),
    )
