"""What a city pack holds, as plain values.

Field names are the column names of the pack's files. Texts come in pairs `*_zh`, `*_en`; an empty cell is None (or an
empty tuple). `notes_zh`/`notes_en` are for visitors, `notes` is for editors and never shown. `line` is the line in
the file the record came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backend.city_pack.plan_rules import PlanRules
from backend.geo import Bounds, Point

Confidence = Literal["high", "medium", "low"]
SourceKind = Literal["government", "public", "recalled"]
PlaceKind = Literal["attraction", "beach", "clinic", "hub"]
PlaceStatus = Literal["open", "seasonal", "suspended", "closed", "unknown"]
DatumBasis = Literal["published", "inferred", "inferred_rounded", "unknown"]
TermKind = Literal["category", "tag", "department", "specialty"]


@dataclass(frozen=True, slots=True)
class City:
    """The city itself, from `city.yml`.

    `division` is the code of the city in divisions.csv, `service_line` the slug of the hotline people are sent to when
    nothing else helps.
    """

    id: str
    name_zh: str
    name_en: str
    country: str
    time_zone: str
    area_code: str
    calling_code: str
    languages: tuple[str, ...]
    division: str
    map_centre: Point
    bounds: Bounds
    service_line: str
    medical_line: str
    emergency_lines: tuple[str, ...]
    example_place_zh: str
    example_place_en: str
    example_questions_zh: tuple[str, ...]
    example_questions_en: tuple[str, ...]
    compiled_on: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary: category, tag, medical department or specialty of a hospital.

    `id` is the short id (`beach`); the gazetteer's id puts the kind before it (`category:beach`). `values` are the
    strings that stand for this term in the pack's tables; `aliases` are what people type. `parent` names a broader
    term of the same kind. `departments` (specialties only) are the departments such a hospital can be expected to
    have.
    """

    id: str
    kind: TermKind
    zh: str
    en: str
    aliases: tuple[str, ...]
    values: tuple[str, ...]
    parent: str | None
    departments: tuple[str, ...]
    line: int

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a person may type, without repeats."""
        return tuple(dict.fromkeys((self.zh, self.en, *self.aliases)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every row of a table has: its names, and where it is from."""

    name_zh: str
    name_en: str
    source: str
    source_kind: SourceKind
    confidence: Confidence
    as_of: str | None = None
    notes: str | None = None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Record):
    """A record of something that stands somewhere. `point` may have an unknown datum; `coord_confidence` says how far
    to trust it.
    """

    point: Point | None = None
    datum_basis: DatumBasis | None = None
    coord_confidence: Confidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Division(Record):
    """An administrative or statistical division; `id` is `division:130304`."""

    id: str
    code: str
    level: Literal["city", "county", "township"]
    type: str
    aliases: tuple[str, ...]
    parent_code: str
    parent_zh: str
    en_basis: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a person may type, without repeats."""
        return tuple(dict.fromkeys((self.name_zh, self.name_en, *self.aliases)))

    @property
    def is_district(self) -> bool:
        """Whether visitors know it as a district: counties, districts and the zones that work like one."""
        return self.level == "county"

    @property
    def district_id(self) -> str:
        """The id under which a district stands in the gazetteer."""
        return f"district:{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Located):
    """A place one can go to: attraction, beach, clinic or transport hub, by `kind`.

    `id` is `attraction:geziwo`. `district` is a division code. `tags` and `departments` are term ids, `tags_text` and
    `departments_text` the words of the file. `departments_likely` follow from the specialty of the hospital and are a
    guess, as `er_24h` is. `opening_hours` is in OSM syntax in the city's time zone, `hours_text_*` is the original
    text and its translation. `hours_confidence` is never above `confidence`. `bus_lines` are ids of
    `CityPack.bus_lines`. `same_as` is the id of another record of the same real place.
    """

    id: str
    kind: PlaceKind
    slug: str
    aliases: tuple[str, ...]
    category: str
    district: str | None
    status: PlaceStatus
    tags: tuple[str, ...] = ()
    tags_text: tuple[str, ...] = ()
    rating: str | None = None
    summary_zh: str | None = None
    summary_en: str | None = None
    address_zh: str | None = None
    address_en: str | None = None
    phones: tuple[str, ...] = ()
    website: str | None = None
    hours_text_zh: str | None = None
    hours_text_en: str | None = None
    opening_hours: str | None = None
    hours_confidence: Confidence | None = None
    last_entry_zh: str | None = None
    last_entry_en: str | None = None
    price_text_zh: str | None = None
    price_text_en: str | None = None
    price_notes_zh: str | None = None
    price_notes_en: str | None = None
    bus_lines: tuple[str, ...] = ()
    notes_zh: str | None = None
    notes_en: str | None = None
    same_as: str | None = None
    officially_monitored: bool | None = None
    specialty: str | None = None
    level_zh: str | None = None
    level_en: str | None = None
    departments: tuple[str, ...] = ()
    departments_text: tuple[str, ...] = ()
    departments_likely: tuple[str, ...] = ()
    er_24h: Literal["likely"] | None = None
    er_basis: str | None = None
    recalled_fields: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a person may type, without repeats."""
        return tuple(dict.fromkeys((self.name_zh, self.name_en, *self.aliases)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotline(Record):
    """A number to call, an office, or a piece of dialling information; `id` is `hotline:ambulance`."""

    id: str
    slug: str
    aliases: tuple[str, ...]
    kind: Literal["hotline", "office", "info"]
    category: str
    district: str | None
    phone: str | None = None
    hours_text_zh: str | None = None
    hours_text_en: str | None = None
    opening_hours: str | None = None
    hours_confidence: Confidence | None = None
    website: str | None = None
    notes_zh: str | None = None
    notes_en: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a person may type, without repeats."""
        return tuple(dict.fromkeys((self.name_zh, self.name_en, *self.aliases)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AqiStation(Located):
    """A state air-quality monitoring point; `id` is `aqi_station:1042A`."""

    id: str
    code: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Station(Located):
    """Something that reports readings, as the lifeguards of a beach; `id` is `station:laohushi`, `place` the id of the
    place its readings speak of.
    """

    id: str
    slug: str
    quantities: tuple[str, ...]
    place: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookable:
    """Something that can be booked; `id` is `bookable:geziwo_entry`. Prices are fen by kind of person, minutes count
    back from the start of a slot.
    """

    id: str
    kind: Literal["entry", "appointment", "service", "tour"]
    name_zh: str
    name_en: str
    prices: Mapping[str, int]
    schedules: tuple[Mapping[str, Any], ...]
    ahead_days: int
    lead_minutes: int
    cancel_minutes: int
    most_people: int
    source: str
    confidence: Confidence
    line: int
    hold_minutes: int = 15
    aliases: tuple[str, ...] = ()
    place_id: str | None = None
    department: str | None = None
    bring_zh: str = ""
    bring_en: str = ""
    documents: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit of a quantity, in its canonical unit, and what to say when a reading passes it.

    Exactly one of `above`, `below` (both reached at the limit itself) and `one_of` (declared values) is given. A passed
    limit is over when the value is back at `clears_at`. `basis` says where the limit comes from.
    """

    id: str
    quantity: str
    severity: Literal["notice", "warning", "danger"]
    text_zh: str
    text_en: str
    basis: str
    line: int
    above: float | None = None
    below: float | None = None
    clears_at: float | None = None
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BusLine:
    """A bus line as the file gives it; `id` is `bus_line:34`, `raw` the validated object, unread further."""

    id: str
    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]
    confidence: Confidence
    as_of: str
    line: int
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EmergencyGroup:
    """One kind of emergency: what people cry, which numbers answer it, and what to do first."""

    id: str
    hotlines: tuple[str, ...]
    advice_zh: tuple[str, ...]
    advice_en: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    line: int


@dataclass(frozen=True, slots=True)
class EmergencyLexicon:
    """All groups, most urgent first, and the harmless phrases that are taken out of a text before it is searched."""

    groups: tuple[EmergencyGroup, ...]
    harmless: tuple[re.Pattern[str], ...]
    must_match: tuple[tuple[str, str], ...]
    must_not_match: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A rule or a service of the city, answered from a document; `id` is `article:visa_extension`.

    `title_*` is what a button says, `questions_*` are ways to ask, `answer_*` is the whole answer.
    """

    id: str
    topic: str
    title_zh: str
    title_en: str
    questions_zh: tuple[str, ...]
    questions_en: tuple[str, ...]
    answer_zh: str
    answer_en: str
    source: str
    confidence: Confidence
    as_of: str
    line: int
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class Symptom:
    """A complaint in plain words and the department that sees it; `id` is `symptom:toothache`.

    `patterns` find what the names do not. `departments` are ids such as `department:dentistry`, the first choice first;
    `child` says that children see the table's department for children instead. `emergency` is the group of the
    emergency lexicon that answers before anything else, or None. `warnings_*` are signs that call for the ambulance.
    `first_aid_*` is one sentence or None.
    """

    id: str
    zh: str
    en: str
    names: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    departments: tuple[str, ...]
    child: bool
    emergency: str | None
    warnings_zh: tuple[str, ...]
    warnings_en: tuple[str, ...]
    first_aid_zh: str | None
    first_aid_en: str | None
    source: str
    confidence: Confidence
    line: int


@dataclass(frozen=True, slots=True)
class SymptomTable:
    """Everything of `symptoms.yml`. `child_words` say in either language that a child is ill, `child_department` is
    where it is seen.
    """

    symptoms: tuple[Symptom, ...]
    child_words: tuple[str, ...]
    child_department: str
    reviewed_by: str
    as_of: str


@dataclass(frozen=True, slots=True)
class BusNetwork:
    """Everything of `bus_lines.json`: the lines, spellings of one stop, and the remarks on fares as they stand."""

    lines: tuple[BusLine, ...]
    stop_aliases_zh: tuple[tuple[str, ...], ...]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CityBasics:
    """What every process needs of a pack while it runs; all else is read from the database."""

    city: City
    hotlines: tuple[Hotline, ...]
    emergency: EmergencyLexicon
    thresholds: tuple[Threshold, ...]
    symptoms: SymptomTable
    plans: PlanRules


@dataclass(frozen=True, slots=True)
class CityPack(CityBasics):
    """A whole validated pack. Records stand in the order of their files."""

    places: tuple[Place, ...]
    divisions: tuple[Division, ...]
    terms: tuple[Term, ...]
    articles: tuple[Article, ...]
    aqi_stations: tuple[AqiStation, ...]
    stations: tuple[Station, ...]
    buses: BusNetwork
    bookables: tuple[Bookable, ...] = ()

    @property
    def districts(self) -> tuple[Division, ...]:
        """The divisions that visitors know as districts."""
        return tuple(division for division in self.divisions if division.is_district)
