"""Reading a whole pack: every file, every check, then the records, or all the problems at once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from backend.city_pack import (
    articles,
    bookables,
    buses,
    city,
    emergency_lexicon,
    plans,
    records,
    symptoms,
    terms,
    thresholds,
)
from backend.city_pack.coast import COAST_FILE
from backend.city_pack.documents import Document, read_document
from backend.city_pack.errors import InvalidPack, PackError
from backend.city_pack.model import (
    Article,
    Bookable,
    BusNetwork,
    City,
    CityBasics,
    CityPack,
    EmergencyLexicon,
    Place,
    PlaceKind,
    Station,
    SymptomTable,
    Term,
    Threshold,
)
from backend.city_pack.plan_rules import PlanRules
from backend.city_pack.references import References
from backend.city_pack.schemas import file_schema
from backend.city_pack.tables import PLACE_TABLES, Tables

Result = TypeVar("Result")


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
        self.tables = Tables(folder, self.references, self.errors)

    def finished(self, result: Result | None) -> Result:
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
        hotlines = self.tables.read("hotlines.csv", "hotline", "id", records.hotline_of)
        self.tables.know_numbered_hotlines()
        here = self._city()
        emergency = self._emergency()
        limits = self._thresholds()
        complaints = self._symptoms(emergency)
        rules = self._plans()
        if here is None or emergency is None or complaints is None or rules is None:
            return None
        return CityBasics(here, tuple(hotlines), emergency, tuple(limits), complaints, rules)

    def run(self) -> CityPack | None:
        if not self.folder_found():
            return None
        vocabulary = self._terms()
        divisions = self.tables.read("divisions.csv", "division", "code", records.division_of)
        self.tables.know_divisions()
        self.tables.check_divisions(divisions)
        network = self._buses()
        places = self._places(vocabulary)
        self.tables.know_places()
        self.tables.check_same_as(places)
        rules_and_services = self._articles()
        aqi_stations = self.tables.read("aqi_stations.csv", "aqi_station", "code", records.aqi_station_of)
        stations = self._stations()
        to_book = self._bookables()
        basics = self.basics()
        if (self.folder / COAST_FILE).exists():
            self._document(COAST_FILE, "coast")
        if basics is None or network is None:
            return None
        for kind, file in PLACE_TABLES.items():
            city.check_bounds(basics.city, file, (place for place in places if place.kind == kind), self.errors)
        city.check_bounds(basics.city, "aqi_stations.csv", aqi_stations, self.errors)
        city.check_bounds(basics.city, "stations.csv", stations, self.errors)
        return CityPack(
            city=basics.city,
            hotlines=basics.hotlines,
            emergency=basics.emergency,
            thresholds=basics.thresholds,
            symptoms=basics.symptoms,
            plans=basics.plans,
            places=tuple(places),
            divisions=tuple(divisions),
            terms=tuple(vocabulary),
            articles=tuple(rules_and_services),
            aqi_stations=tuple(aqi_stations),
            stations=tuple(stations),
            buses=network,
            bookables=tuple(to_book),
        )

    # tables

    def _places(self, vocabulary: list[Term]) -> list[Place]:
        likely = {term.id: term.departments for term in vocabulary if term.kind == "specialty"}
        places = []
        for kind, file in PLACE_TABLES.items():

            def build(values: records.Values, line: int, kind: PlaceKind = kind) -> Place:
                return records.place_of(kind, values, line, self.references, likely)

            places += self.tables.read(file, kind, "id", build)
        return places

    def _stations(self) -> list[Station]:
        """A city that measures nothing has no such file."""
        if not (self.folder / "stations.csv").exists():
            return []
        return self.tables.read("stations.csv", "station", "id", records.station_of)

    # documents

    def _document(self, file: str, schema_name: str) -> Document | None:
        document = read_document(self.folder, file, self.errors)
        if document is None or not file_schema(schema_name).check_document(document, self.errors):
            return None
        return document

    def _city(self) -> City | None:
        document = self._document("city.yml", "city")
        if document is None:
            return None
        known = self.references.known
        return city.city_of(document, known.get("division"), known.get("numbered_hotline"), self.errors)

    def _terms(self) -> list[Term]:
        document = self._document("terms.yml", "terms")
        if document is None:
            return []
        found = terms.terms_of(document, self.errors)
        self.references.add_terms(found)
        return found

    def _articles(self) -> list[Article]:
        document = self._document("articles.yml", "article")
        return articles.articles_of(document, self.errors) if document is not None else []

    def _buses(self) -> BusNetwork | None:
        document = self._document("bus_lines.json", "bus_lines")
        if document is None:
            return None
        network = buses.network_of(document, self.errors)
        self.references.add_ids("bus_line", (line.code for line in network.lines))
        return network

    def _emergency(self) -> EmergencyLexicon | None:
        document = self._document("emergency.yml", "emergency")
        if document is None:
            return None
        return emergency_lexicon.lexicon_of(document, self.references.known.get("numbered_hotline"), self.errors)

    def _bookables(self) -> list[Bookable]:
        """A city where nothing can be booked has no such file."""
        if not (self.folder / "bookables.yml").exists():
            return []
        document = self._document("bookables.yml", "bookables")
        if document is None:
            return []
        known = self.references.known
        return bookables.bookables_of(document, known.get("place"), known.get("department"), self.errors)

    def _thresholds(self) -> list[Threshold]:
        """A city without limits of its own has no such file."""
        if not (self.folder / "thresholds.yml").exists():
            return []
        document = self._document("thresholds.yml", "thresholds")
        return thresholds.thresholds_of(document, self.errors) if document is not None else []

    def _symptoms(self, emergency: EmergencyLexicon | None) -> SymptomTable | None:
        document = self._document("symptoms.yml", "symptoms")
        if document is None:
            return None
        groups = None if emergency is None else {group.id for group in emergency.groups}
        return symptoms.table_of(document, self.references.known.get("department"), groups, self.errors)

    def _plans(self) -> PlanRules | None:
        document = self._document("plans.yml", "plans")
        return plans.rules_of(document, self.references.known, self.errors) if document is not None else None
