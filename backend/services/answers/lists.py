"""Lists: sights that fit, what is near, hospitals, and the next page of any of them."""

from __future__ import annotations

from dataclasses import replace

from backend.services.answers import whereabouts
from backend.services.answers.asking import PAGE, PLACE_KINDS, Answered, Asking, Desk
from backend.services.answers.near import clinic_notes, distances, near_list, remembered_openings
from backend.services.answers.pages import page, with_first_lines, with_lines
from backend.services.answers.whereabouts import Question
from backend.services.places import Wanted
from backend.services.replies import Choice, Reply
from backend.services.triage import EMERGENCY
from backend.wording import t

KINDS_TO_VISIT = ("attraction", "beach")
CLINIC_KINDS = ("clinic",)
# Whose presence in a question about "near" means doctors, stations or beaches.
KIND_OF_CATEGORY = {
    "category:hospital": "clinic",
    "category:clinic": "clinic",
    "category:station": "hub",
    "category:railway_station": "hub",
    "category:airport": "hub",
    "category:coach_station": "hub",
    "category:bus_terminal": "hub",
    "category:beach": "beach",
}


def search(desk: Desk, asking: Asking) -> Answered:
    """Sights and beaches by kind, district and tag."""
    wanted, dropped = _wanted(desk, asking, KINDS_TO_VISIT), False
    places = desk.places.search(wanted)
    if not places and (wanted.tags or wanted.categories) and wanted.districts:
        wanted, dropped = replace(wanted, districts=()), True
        places = desk.places.search(wanted)
    lang, what = asking.lang, _description(desk, asking)
    if not places:
        reply = Reply(
            code="search_none", lang=lang, headline=t(lang, "search-none", what=what), choices=[_everything(lang)]
        )
        return Answered([reply], focus=asking.focus)
    headline = t(
        lang,
        "search-elsewhere" if dropped else "search-headline",
        what=what,
        count=len(places),
        city=desk.city.name[lang],
    )
    return page(asking, "attraction_search", headline, places)


def nearby(desk: Desk, asking: Asking) -> Answered:
    """What is near the place named, else near the shared location, else near the place in talk; asks where, if none is
    known, and which, if the words may mean several.
    """
    kinds = _kinds(asking, default=KINDS_TO_VISIT)
    if kinds == CLINIC_KINDS:
        return clinics(desk, asking)
    origin = whereabouts.where(desk, asking)
    if isinstance(origin, Question):
        return whereabouts.ask_which(asking, origin)
    if origin is None:
        return _ask_where(asking)
    wanted = replace(_wanted(desk, asking, kinds), districts=())
    answered = near_list(desk, asking, "find_nearby", origin, wanted, _none_near(asking.lang))
    return with_lines(answered, t(asking.lang, "straight-line")) if answered.results else answered


def clinics(desk: Desk, asking: Asking) -> Answered:
    """Hospitals: by department and district; nearest first where we know where the person is."""
    wanted = replace(_wanted(desk, asking, CLINIC_KINDS), categories=(), tags=())
    first = []
    if wanted.departments and not desk.places.search(replace(wanted, districts=())):
        # Few records list their departments: better all hospitals and a word of warning than none.
        names = [desk.places.word(word, asking.lang) for word in asking.named.get("department", [])[:2]]
        first = [t(asking.lang, "clinic-no-department", department=t(asking.lang, "list-join").join(names))]
        wanted = replace(wanted, departments=())
    if not wanted.districts:
        origin = whereabouts.where(desk, asking)
        if isinstance(origin, Question):
            return whereabouts.ask_which(asking, origin)
        if origin is not None:
            answered = near_list(desk, asking, "find_clinic", origin, wanted, _none_near(asking.lang))
            if answered.results:
                fitting, medical = desk.places.search(wanted), desk.city.medical_number
                answered = clinic_notes(answered, asking, origin.place, fitting, medical)
            return with_first_lines(answered, first)
        if _asks_near(asking) or _took_nearest_room(asking):
            return _ask_where(asking)
    places = desk.places.search(wanted)
    lang, what = asking.lang, _description(desk, asking, t(asking.lang, "word-hospitals"))
    if not places:
        reply = Reply(
            code="clinic_none",
            lang=lang,
            headline=t(lang, "clinic-none", what=what),
            lines=[t(lang, "clinic-emergency", medical=desk.city.medical_number)],
            choices=[Choice(t(lang, "choice-all-hospitals"), "find_clinic", "find_clinic", {})],
        )
        return Answered([reply], focus=asking.focus)
    headline = t(lang, "clinic-headline", what=what, count=len(places))
    answered = with_first_lines(page(asking, "find_clinic", headline, places), first)
    return with_lines(answered, t(lang, "clinic-emergency", medical=desk.city.medical_number))


def more(desk: Desk, asking: Asking) -> Answered:
    """The next page of the list in talk."""
    places = desk.places.by_ids(asking.results)  # some may be gone since
    if asking.offset >= len(places):
        reply = Reply(code="more_none", lang=asking.lang, headline=t(asking.lang, "more-none"))
        return Answered([reply], focus=asking.focus, results=asking.results, offset=asking.offset)
    headline = t(
        asking.lang,
        "more-headline",
        start=asking.offset + 1,
        end=min(asking.offset + PAGE, len(places)),
        count=len(places),
    )
    shown = places[asking.offset : asking.offset + PAGE]
    metres = distances(desk, asking, shown)
    answered = page(asking, "more", headline, places, asking.offset, metres, remembered_openings(asking, shown))
    answered = replace(answered, around=asking.list_around())
    return with_lines(answered, t(asking.lang, "straight-line")) if metres else answered


def shared_location(desk: Desk, asking: Asking) -> Answered:
    """A location: answers what was asked before, else shows what is around."""
    pending = asking.pending or {}
    named = {kind: list(ids) for kind, ids in pending.get("named", {}).items()}
    places = {kind: ids for kind, ids in asking.named.items() if kind in (*PLACE_KINDS, "unknown_name")}
    question = replace(asking, named={**named, **places}, focus=None)
    if asking.location is None and not places:
        return _ask_where(replace(question, intent=pending.get("intent", "find_nearby")))
    if pending.get("intent") == "find_clinic":
        return clinics(desk, replace(question, intent="find_clinic"))
    return nearby(desk, replace(question, intent="find_nearby"))


def _kinds(asking: Asking, default: tuple[str, ...]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(KIND_OF_CATEGORY[c] for c in asking.named.get("category", []) if c in KIND_OF_CATEGORY))
    return CLINIC_KINDS if asking.named.get("department") else kinds or default


def _wanted(desk: Desk, asking: Asking, kinds: tuple[str, ...]) -> Wanted:
    districts = tuple(asking.districts())
    categories = desk.places.with_children(asking.named.get("category", []))
    tags = desk.places.with_children(asking.named.get("tag", []))
    return Wanted(
        kinds=_kinds(asking, kinds),
        categories=() if kinds == CLINIC_KINDS else categories,
        tags=tags,
        districts=districts,
        departments=desk.places.with_children(asking.named.get("department", [])),
    )


def _asks_near(asking: Asking) -> bool:
    text = asking.text.lower()
    return any(word in text for word in ("附近", "最近", "周边", "旁边", "离", "near", "close", "around here"))


def _took_nearest_room(asking: Asking) -> bool:
    """Whether the choice offered with the ambulance's number was taken: a choice has its intent's name for words."""
    return asking.text == asking.intent and asking.named.get("department") == [EMERGENCY]


def _ask_where(asking: Asking) -> Answered:
    lang = asking.lang
    unknown = asking.unknown_name()
    headline = t(lang, "unknown-place", name=unknown) if unknown else t(lang, "ask-where")
    reply = Reply(
        code="ask_where",
        lang=lang,
        headline=headline,
        lines=[t(lang, "ask-where-hint", place=asking.city.example_place[lang])],
    )
    return Answered([reply], focus=asking.focus, pending=whereabouts.pending_of(asking))


def _description(desk: Desk, asking: Asking, noun: str = "") -> str:
    """What was asked for, in words: district, tags and kinds, as we understood them. A `noun` stands for the kinds."""
    lang = asking.lang
    place = [desk.places.word(word, lang) for word in asking.named.get("district", [])[:2]]
    kinds = [*asking.named.get("tag", []), *asking.named.get("department", [])]
    kinds += [] if noun else asking.named.get("category", [])
    words = list(dict.fromkeys(desk.places.word(word, lang) for word in kinds))[:3]
    joined = t(lang, "list-join").join(words)
    if lang == "zh":
        return "".join(place) + (f"“{joined}”" if joined else "") + (noun or t(lang, "word-sights"))
    return f"{noun or t(lang, 'word-sights')}{f' ({joined})' if joined else ''}{f' in {place[0]}' if place else ''}"


def _none_near(lang: str) -> Reply:
    return Reply(code="near_none", lang=lang, headline=t(lang, "near-none"), choices=[_everything(lang)])


def _everything(lang: str) -> Choice:
    return Choice(t(lang, "choice-all-sights"), "attraction_search", "attraction_search", {})
