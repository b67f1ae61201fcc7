"""Lists: sights that fit, what is near, hospitals, and the next page of any of them."""

from __future__ import annotations

from dataclasses import replace

from backend.models import Place
from backend.services.answers import facts, whereabouts
from backend.services.answers.asking import PAGE, PLACE_KINDS, Answered, Asking, Desk
from backend.services.answers.whereabouts import Origin, Question
from backend.services.places import Near, Wanted, position
from backend.services.replies import Choice, Reply
from backend.wording import t

NEARBY_METRES = 5_000.0
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
    return _page(desk, asking, "attraction_search", headline, places, 0, {})


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
    own = origin.place.id if origin.place else ""
    around = [near for near in desk.places.nearest(origin.point, wanted) if near.place.id != own]
    return _near_page(desk, asking, "find_nearby", around, origin)


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
            around = desk.places.nearest(origin.point, wanted)
            answered = _near_page(desk, asking, "find_clinic", around, origin, desk.places.search(wanted))
            return _with_first_lines(answered, first)
        if _asks_near(asking):
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
    answered = _page(desk, asking, "find_clinic", headline, places, 0, {})
    return _with_line(_with_first_lines(answered, first), t(lang, "clinic-emergency", medical=desk.city.medical_number))


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
    return _page(desk, asking, "more", headline, places, asking.offset, {})


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
    districts = tuple(name for name in asking.named.get("district", []) if name.startswith("district:"))
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
    """What was asked for, in words: district, tags and kinds, as we understood them."""
    lang = asking.lang
    place = [desk.places.word(word, lang) for word in asking.named.get("district", [])[:2]]
    kinds = [*asking.named.get("tag", []), *asking.named.get("department", []), *asking.named.get("category", [])]
    words = list(dict.fromkeys(desk.places.word(word, lang) for word in kinds))[:3]
    joined = t(lang, "list-join").join(words)
    if lang == "zh":
        return "".join(place) + (f"“{joined}”" if joined else "") + (noun or t(lang, "word-sights"))
    return f"{noun or t(lang, 'word-sights')}{f' ({joined})' if joined else ''}{f' in {place[0]}' if place else ''}"


def _everything(lang: str) -> Choice:
    return Choice(t(lang, "choice-all-sights"), "attraction_search", "attraction_search", {})


def _page(
    desk: Desk, asking: Asking, code: str, headline: str, places: list[Place], offset: int, metres: dict[str, float]
) -> Answered:
    lang = asking.lang
    shown = places[offset : offset + PAGE]
    lines, cards = [], []
    for number, place in enumerate(shown, start=1):
        far = facts.distance(metres[place.id], lang) if place.id in metres else ""
        lines.append(
            t(
                lang,
                "list-line",
                number=number,
                name=facts.name(place, lang),
                detail=_detail(place, asking, far) or "none",
            )
        )
        cards.append(facts.place_card(place, asking, [far] if far else None))
    choices = [facts.open_place(place, lang) for place in shown]
    if offset + PAGE < len(places):
        choices.append(Choice(t(lang, "choice-more"), "more", "more", {}))
    caution = t(lang, "caution-list") if any(place.confidence == "low" for place in shown) else ""
    reply = Reply(code=code, lang=lang, headline=headline, lines=lines, caution=caution, cards=cards, choices=choices)
    focus = shown[0].id if len(places) == 1 else asking.focus
    return Answered([reply], focus=focus, results=[place.id for place in places], offset=offset + PAGE)


def _detail(place: Place, asking: Asking, far: str) -> str:
    lang = asking.lang
    parts = [far] if far else []
    if facts.is_shut(place, asking):
        parts.append(t(lang, "word-closed"))
    elif place.kind == "clinic":
        parts.extend(part for part in (facts.fact(place, "level", lang), *place.phones[:1]) if part)
    else:
        parts.extend(
            part
            for part in (
                place.rating and t(lang, "rating-a", count=len(place.rating)),
                facts.fact(place, "price_text", lang),
            )
            if part
        )
    return t(lang, "list-join").join(parts)


def _near_page(
    desk: Desk, asking: Asking, code: str, around: list[Near], origin: Origin, unplaced: list[Place] | None = None
) -> Answered:
    """Nearest first, those within reach; where nothing is within reach, the nearest few all the same, with their
    distance. What is shut today comes last: the headline names the first.
    """
    lang = asking.lang
    around = sorted(around, key=lambda near: facts.is_shut(near.place, asking))
    within = [near for near in around if near.metres <= NEARBY_METRES] or around[:PAGE]
    if not within:
        reply = Reply(code="near_none", lang=lang, headline=t(lang, "near-none"), choices=[_everything(lang)])
        return Answered([reply], focus=asking.focus)
    metres = {near.place.id: near.metres for near in within}
    key = "clinic-near-headline" if code == "find_clinic" else "near-headline"
    nearest = within[0]
    headline = t(
        lang,
        key,
        where=origin.label,
        name=facts.name(nearest.place, lang),
        distance=facts.distance(nearest.metres, lang),
    )
    answered = _page(desk, asking, code, headline, [near.place for near in within], 0, metres)
    answered = replace(answered, focus=origin.place.id if origin.place else asking.focus)
    answered = whereabouts.caution(answered, origin, lang)
    if unplaced is None:
        return _with_line(answered, t(lang, "straight-line"))
    nearer, notes = _unplaced_notes(asking, origin.place, unplaced)
    for note in (*notes, t(lang, "straight-line"), t(lang, "clinic-emergency", medical=desk.city.medical_number)):
        answered = _with_line(answered, note)
    reply = answered.replies[0]
    return replace(answered, replies=[replace(reply, lines=[*nearer, *reply.lines])])


def _unplaced_notes(asking: Asking, where: Place | None, fitting: list[Place]) -> tuple[list[str], list[str]]:
    """Hospitals whose position is not verified: `(what comes right after the headline, further notes)`.

    One in the same district may well be nearer than the nearest we can measure, so it is named first.
    """
    lang = asking.lang
    hidden = [place for place in fitting if position(place) is None]
    same = [place for place in hidden if where is not None and where.district and place.district == where.district]
    named = [" ".join([facts.name(place, lang), *place.phones[:1]]) for place in same[:3]]
    nearer = [t(lang, "clinic-may-be-nearer", name=name) for name in named[:1]]
    notes = [t(lang, "clinic-same-district", names=t(lang, "list-join").join(named[1:]))] if named[1:] else []
    rest = len(hidden) - len(named)
    if rest:
        notes.append(t(lang, "clinic-unplaced", count=rest))
    return nearer, notes


def _with_first_lines(answered: Answered, lines: list[str]) -> Answered:
    reply = answered.replies[0]
    return replace(answered, replies=[replace(reply, lines=[*lines, *reply.lines]), *answered.replies[1:]])


def _with_line(answered: Answered, line: str) -> Answered:
    reply = answered.replies[0]
    return replace(answered, replies=[replace(reply, lines=[*reply.lines, line]), *answered.replies[1:]])
