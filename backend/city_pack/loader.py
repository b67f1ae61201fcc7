"""Reading a whole pack: every file, every check, then the records, or all the problems at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from backend.city_pack import records, symptoms
from backend.city_pack.coast import COAST_FILE
from backend.city_pack.documents import Document, FieldPath, Row, dotted, read_document, read_table
from backend.city_pack.emergency import find_emergencies
from backend.city_pack.errors import InvalidPack, PackError
from backend.city_pack.model import (
    Article,
    BusLine,
    BusNetwork,
    City,
    CityBasics,
    CityPack,
    Division,
    EmergencyGroup,
    EmergencyLexicon,
    Place,
    PlaceKind,
    Station,
    SymptomTable,
    Term,
    TermKind,
    Threshold,
)
from backend.city_pack.plan_rules import PlanRules, plan_rules_of, spans_of, terms_of
from backend.city_pack.references import References
from backend.city_pack.schemas import file_schema
from backend.city_pack.thresholds import thresholds_of
from backend.geo import Bounds, Datum, Point

_PLACE_TABLES: tuple[tuple[PlaceKind, str], ...] = (
    ("attraction", "attractions.csv"),
    ("beach", "beaches.csv"),
    ("clinic", "clinics.csv"),
    ("hub", "hubs.csv"),
)
_TERM_LISTS: tuple[tuple[str, TermKind], ...] = (
    ("categories", "category"),
    ("tags", "tag"),
    ("departments", "department"),
    ("specialties", "specialty"),
)
_CONFIDENCE = ("low", "medium", "high")
Record = TypeVar("Record")


def load(pack_dir: str | Path) -> CityPack:
    """Read, check and normalise the pack in a folder such as `data/qinhuangdao`.

    Touches nothing but the files. Raises InvalidPack with every problem found, each naming file, line and field; then
    nothing is loaded.
    """
    loading = _Loading(Path(pack_dir))
    return loading.finished(loading.run())


def load_basics(pack_dir: str | Path) -> CityBasics:
    """Read and check only what every process needs; a third of the time of `load`. Raises InvalidPack."""
    loading = _Loading(Path(pack_dir))
    return loading.finished(loading.basics() if loading.folder_found() else None)


class _Loading:
    """One reading of one pack; collects the problems on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors: list[PackError] = []
        self.references = References()
        # Rows as they stand, good or bad: a reference to a broken row is not a second error.
        self.rows: dict[str, tuple[Row, ...]] = {}

    def finished(self, result: Record | None) -> Record:
        """What was read. Raises InvalidPack with every problem found on the way."""
        if self.errors or result is None:
            raise InvalidPack(self.errors)
        return result

    def folder_found(self) -> bool:
        if not self.folder.is_dir():
            self.errors.append(
                PackError(str(self.folder), 0, "", "there is no such folder; set CITY_PACK to the folder of a pack")
            )
        return not self.errors

    def basics(self) -> CityBasics | None:
        hotlines = self._table("hotlines.csv", "hotline", "id", records.hotline_of)
        self._know_numbered_hotlines()
        city = self._city()
        emergency = self._emergency()
        thresholds = self._thresholds()
        table = self._symptoms(emergency)
        plans = self._plans()
        if city is None or emergency is None or table is None or plans is None:
            return None
        return CityBasics(city, tuple(hotlines), emergency, tuple(thresholds), table, plans)

    def run(self) -> CityPack | None:
        if not self.folder_found():
            return None
        terms = self._terms()
        divisions = self._table("divisions.csv", "division", "code", records.division_of)
        self._know_divisions()
        self._check_divisions(divisions)
        buses = self._buses()
        likely = {term.id: term.departments for term in terms if term.kind == "specialty"}
        places = [place for kind, file in _PLACE_TABLES for place in self._places(kind, file, likely)]
        self._check_same_as(places)
        articles = self._articles()
        aqi_stations = self._table("aqi_stations.csv", "aqi_station", "code", records.aqi_station_of)
        stations = self._stations()
        basics = self.basics()
        if (self.folder / COAST_FILE).exists():
            self._document(COAST_FILE, "coast")
        if basics is None or buses is None:
            return None
        city = basics.city
        self._check_bounds(city, [(_file_of(place), place.line, place.point) for place in places])
        self._check_bounds(city, [("aqi_stations.csv", station.line, station.point) for station in aqi_stations])
        self._check_bounds(city, [("stations.csv", station.line, station.point) for station in stations])
        return CityPack(
            city=city,
            hotlines=basics.hotlines,
            emergency=basics.emergency,
            thresholds=basics.thresholds,
            symptoms=basics.symptoms,
            plans=basics.plans,
            places=tuple(places),
            divisions=tuple(divisions),
            terms=tuple(terms),
            articles=tuple(articles),
            aqi_stations=tuple(aqi_stations),
            stations=tuple(stations),
            buses=buses,
        )

    # tables

    def _places(self, kind: PlaceKind, file: str, likely: Mapping[str, tuple[str, ...]]) -> list[Place]:
        def build(values: records.Values, line: int) -> Place:
            return records.place_of(kind, values, line, self.references, likely)

        return self._table(file, kind, "id", build)

    def _table(
        self, file: str, schema_name: str, key: str, build: Callable[[records.Values, int], Record]
    ) -> list[Record]:
        """The records of the good rows of a table."""
        schema = file_schema(schema_name)
        table = read_table(self.folder, file, self.errors)
        if table is None or not schema.check_columns(table, self.errors):
            return []
        self.rows[file] = table.rows
        result = []
        seen: dict[str, int] = {}
        for row in table.rows:
            values = schema.check_row(file, row, self.errors)
            if values is None:
                continue
            before = len(self.errors)
            first = seen.setdefault(values[key], row.line)
            if first != row.line:
                self._error(
                    file, row.line, key, f"“{values[key]}” stands in line {first} already; each record needs its own"
                )
            self.references.check_row(file, row.line, schema, values, self.errors)
            self._check_hours_confidence(file, row.line, values)
            if len(self.errors) == before:
                result.append(build(values, row.line))
        return result

    def _stations(self) -> list[Station]:
        """A city that measures nothing has no such file."""
        if not (self.folder / "stations.csv").exists():
            return []
        kinds = ((kind, row) for kind, file in _PLACE_TABLES for row in self.rows.get(file, ()))
        self.references.add_ids("place", (f"{kind}:{row.cells.get('id')}" for kind, row in kinds))
        return self._table("stations.csv", "station", "id", records.station_of)

    # documents

    def _thresholds(self) -> list[Threshold]:
        """A city without limits of its own has no such file."""
        if not (self.folder / "thresholds.yml").exists():
            return []
        document = self._document("thresholds.yml", "thresholds")
        if document is None:
            return []
        return thresholds_of(document, self.errors)

    def _document(self, file: str, schema_name: str) -> Document | None:
        document = read_document(self.folder, file, self.errors)
        if document is None or not file_schema(schema_name).check_document(document, self.errors):
            return None
        return document

    def _city(self) -> City | None:
        document = self._document("city.yml", "city")
        if document is None:
            return None
        value: dict[str, Any] = dict(document.value)
        for field, target, what in (
            ("division", "division", "a code of divisions.csv"),
            ("service_line", "numbered_hotline", "the id of a hotline with a phone number in hotlines.csv"),
            ("medical_line", "numbered_hotline", "the id of a hotline with a phone number in hotlines.csv"),
            ("emergency_lines", "numbered_hotline", "the id of a hotline with a phone number in hotlines.csv"),
        ):
            known = self.references.known.get(target)
            given = value[field] if isinstance(value[field], list) else [value[field]]
            for name in given:
                if known is not None and name not in known:
                    self._error("city.yml", document.line((field,)), field, f"“{name}” is not {what}")
        centre, bounds = value.pop("map_centre"), value.pop("bounds")
        plain: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in value.items()}
        return City(
            map_centre=Point(centre["lat"], centre["lon"], Datum(centre["datum"])),
            bounds=Bounds((bounds["lat"][0], bounds["lat"][1]), (bounds["lon"][0], bounds["lon"][1])),
            **plain,
        )

    def _terms(self) -> list[Term]:
        document = self._document("terms.yml", "terms")
        if document is None:
            return []
        terms = []
        for section, kind in _TERM_LISTS:
            for index, raw in enumerate(document.value[section]):
                line = document.line((section, index))
                terms.append(_term(kind, raw, line))
        self._check_terms(terms)
        self.references.add_terms(terms)
        return terms

    def _articles(self) -> list[Article]:
        document = self._document("articles.yml", "article")
        if document is None:
            return []
        ids: dict[str, int] = {}
        questions: dict[str, int] = {}
        articles = []
        for index, raw in enumerate(document.value["articles"]):
            path = ("articles", index)
            self._check_once(document, (*path, "id"), raw["id"], ids)
            for field in ("questions_zh", "questions_en"):
                for number, question in enumerate(raw[field]):
                    self._check_once(document, (*path, field, number), question.casefold(), questions)
            articles.append(records.article_of(raw, document.line(path)))
        return articles

    def _buses(self) -> BusNetwork | None:
        file = "bus_lines.json"
        document = self._document(file, "bus_lines")
        if document is None:
            return None
        seen: dict[str, int] = {}
        lines = []
        for index, raw in enumerate(document.value["lines"]):
            self._check_once(document, ("lines", index, "id"), raw["id"], seen)
            lines.append(_bus_line(raw, document.line(("lines", index, "id"))))
        self.references.add_ids("bus_line", (line.code for line in lines))
        return BusNetwork(tuple(lines), tuple(map(tuple, document.value["stop_aliases_zh"])), document.value)

    def _emergency(self) -> EmergencyLexicon | None:
        file = "emergency.yml"
        document = self._document(file, "emergency")
        if document is None:
            return None
        known = self.references.known.get("numbered_hotline")
        groups = []
        for index, raw in enumerate(document.value["groups"]):
            for number, hotline in enumerate(raw["hotlines"]):
                if known is not None and hotline.removeprefix("hotline:") not in known:
                    path = ("groups", index, "hotlines", number)
                    message = f"“{hotline}” is not a hotline with a phone number; write an id such as hotline:police"
                    self._error(file, document.line(path), dotted(path), message)
            groups.append(_group(raw, document.line(("groups", index))))
        value = document.value
        lexicon = EmergencyLexicon(
            groups=tuple(groups),
            harmless=_compiled(value["harmless"]),
            must_match=tuple((group, text) for group, texts in value["must_match"].items() for text in texts),
            must_not_match=tuple(value["must_not_match"]),
        )
        self._check_examples(document, lexicon)
        return lexicon

    def _symptoms(self, emergency: EmergencyLexicon | None) -> SymptomTable | None:
        document = self._document("symptoms.yml", "symptoms")
        if document is None:
            return None
        groups = None if emergency is None else {group.id for group in emergency.groups}
        return symptoms.table_of(document, self.references.known.get("department"), groups, self.errors)

    def _plans(self) -> PlanRules | None:
        document = self._document("plans.yml", "plans")
        if document is None:
            return None
        before = len(self.errors)
        for path, span in spans_of(document.value):
            if span["from"] >= span["to"]:
                message = f"{span['from']} is not before {span['to']}; a plan does not go past midnight"
                self._error(document.file, document.line(path), dotted(path), message)
        for path, kind, name in terms_of(document.value):
            if name not in self.references.known.get(kind, {name: ()}):
                message = f"“{name}” is not the id of a {kind} in terms.yml"
                self._error(document.file, document.line(path), dotted(path), message)
        return plan_rules_of(document.value) if len(self.errors) == before else None

    # what may be referred to

    def _know_divisions(self) -> None:
        if (rows := self.rows.get("divisions.csv")) is not None:
            self.references.add_ids("division", (row.cells.get("code", "") for row in rows))

    def _know_numbered_hotlines(self) -> None:
        if (rows := self.rows.get("hotlines.csv")) is not None:
            self.references.add_ids(
                "numbered_hotline", (row.cells["id"] for row in rows if {"id", "phone"} <= row.cells.keys())
            )

    # checks between records

    def _error(self, file: str, line: int, field: str, message: str) -> None:
        self.errors.append(PackError(file, line, field, message))

    def _check_once(self, document: Document, path: FieldPath, key: str, seen: dict[str, int]) -> None:
        """An id of a document is given once; `seen` holds the lines of those before."""
        line = document.line(path)
        if seen.setdefault(key, line) != line:
            self._error(document.file, line, dotted(path), f"“{key}” stands in line {seen[key]} already")

    def _check_hours_confidence(self, file: str, line: int, values: records.Values) -> None:
        """Hours cannot be surer than the record they stand in."""
        hours = values.get("hours_confidence", "low")
        if _CONFIDENCE.index(hours) > _CONFIDENCE.index(values["confidence"]):
            message = f"“{hours}” is more than the confidence of the record, {values['confidence']}; lower it"
            self._error(file, line, "hours_confidence", message)

    def _check_divisions(self, divisions: Iterable[Division]) -> None:
        codes = self.references.known.get("division", {})
        for division in divisions:
            if division.level != "city" and division.parent_code not in codes:
                message = f"“{division.parent_code}” is not the code of a row here; add that row or correct the code"
                self._error("divisions.csv", division.line, "parent_code", message)

    def _check_same_as(self, places: Iterable[Place]) -> None:
        ids = {f"{kind}:{row.cells.get('id')}" for kind, file in _PLACE_TABLES for row in self.rows.get(file, ())}
        for place in places:
            if place.same_as is not None and (place.same_as not in ids or place.same_as == place.id):
                message = f"“{place.same_as}” is not another place of this pack; write an id such as attraction:name"
                self._error(_file_of(place), place.line, "same_as", message)

    def _check_terms(self, terms: Iterable[Term]) -> None:
        """Ids and names stand once among the terms of a kind; parents and departments exist."""
        ids = {(term.kind, term.id) for term in terms}
        seen: dict[tuple[TermKind, str, str], Term] = {}
        for term in terms:
            for field, word in [("id", term.id), *(("aliases", name.casefold()) for name in term.names)]:
                first = seen.setdefault((term.kind, field, word), term)
                if first is not term:
                    owner = f"the {term.kind} “{first.id}” (line {first.line})"
                    message = f"“{word}” belongs to {owner} already; keep it in one of them"
                    self._error("terms.yml", term.line, f"{term.id}.{field}", message)
            if term.parent is not None and ((term.kind, term.parent) not in ids or term.parent == term.id):
                self._error("terms.yml", term.line, f"{term.id}.parent", f"“{term.parent}” is not another {term.kind}")
            for department in term.departments:
                if ("department", department) not in ids:
                    self._error(
                        "terms.yml",
                        term.line,
                        f"{term.id}.departments",
                        f"“{department}” is not the id of a department",
                    )

    def _check_examples(self, document: Document, lexicon: EmergencyLexicon) -> None:
        """The sentences given as examples are recognised as the file says."""
        for group, texts in document.value["must_match"].items():
            for index, text in enumerate(texts):
                found = [match.id for match in find_emergencies(lexicon, text)]
                if group not in found:
                    path: FieldPath = ("must_match", group, index)
                    seen_as = ", ".join(found) or "nothing"
                    message = f"“{text}” is recognised as {seen_as}; add a pattern to the group “{group}”"
                    self._error(document.file, document.line(path), dotted(path), message)
        for index, text in enumerate(lexicon.must_not_match):
            found = [match.id for match in find_emergencies(lexicon, text)]
            if found:
                path = ("must_not_match", index)
                message = f"“{text}” is taken for {', '.join(found)}; narrow a pattern there or add a harmless phrase"
                self._error(document.file, document.line(path), dotted(path), message)

    def _check_bounds(self, city: City, points: Iterable[tuple[str, int, Point | None]]) -> None:
        """Positions lie in the city; the shift between datums is far smaller than the margin a pack leaves."""
        for file, line, point in points:
            if point is None:
                continue
            for field, value, (low, high) in (("lat", point.lat, city.bounds.lat), ("lon", point.lon, city.bounds.lon)):
                if not low <= value <= high:
                    message = f"{value} is outside the city ({low} to {high} in city.yml); check the number"
                    self._error(file, line, field, message)


def _file_of(place: Place) -> str:
    return dict(_PLACE_TABLES)[place.kind]


def _term(kind: TermKind, raw: Mapping[str, Any], line: int) -> Term:
    return Term(
        id=raw["id"],
        kind=kind,
        zh=raw["zh"],
        en=raw["en"],
        aliases=tuple(raw.get("aliases", ())),
        values=tuple(raw.get("values", ())),
        parent=raw.get("parent"),
        departments=tuple(raw.get("departments", ())),
        line=line,
    )


def _bus_line(raw: Mapping[str, Any], line: int) -> BusLine:
    return BusLine(
        id=f"bus_line:{raw['id']}",
        code=raw["id"],
        name_zh=raw["name_zh"],
        name_en=raw["name_en"],
        aliases=tuple(raw["aliases"]),
        confidence=raw["confidence"],
        as_of=raw["as_of"],
        line=line,
        raw=raw,
    )


def _group(raw: Mapping[str, Any], line: int) -> EmergencyGroup:
    return EmergencyGroup(
        id=raw["id"],
        hotlines=tuple(raw["hotlines"]),
        advice_zh=tuple(raw["advice_zh"]),
        advice_en=tuple(raw["advice_en"]),
        patterns=_compiled([*raw["patterns_zh"], *raw["patterns_en"]]),
        line=line,
    )


def _compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
