"""The tables of a pack: from CSV files to the records of their good rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from backend.city_pack.documents import Row, read_table
from backend.city_pack.errors import PackError
from backend.city_pack.model import Division, Place, PlaceKind
from backend.city_pack.records import Values
from backend.city_pack.references import References
from backend.city_pack.schemas import file_schema

PLACE_TABLES: dict[PlaceKind, str] = {
    "attraction": "attractions.csv",
    "beach": "beaches.csv",
    "clinic": "clinics.csv",
    "hub": "hubs.csv",
}
_CONFIDENCE = ("low", "medium", "high")
Record = TypeVar("Record")


class Tables:
    """The tables of one pack as they are read; problems are added to `errors`."""

    def __init__(self, folder: Path, references: References, errors: list[PackError]) -> None:
        self._folder = folder
        self._references = references
        self._errors = errors
        # Rows as they stand, good or bad: a reference to a broken row is not a second error.
        self._rows: dict[str, tuple[Row, ...]] = {}

    def read(self, file: str, schema_name: str, key: str, build: Callable[[Values, int], Record]) -> list[Record]:
        """The records of the good rows of a table; `key` is the column that tells them apart."""
        schema = file_schema(schema_name)
        table = read_table(self._folder, file, self._errors)
        if table is None or not schema.check_columns(table, self._errors):
            return []
        self._rows[file] = table.rows
        result = []
        seen: dict[str, int] = {}
        for row in table.rows:
            values = schema.check_row(file, row, self._errors)
            if values is None:
                continue
            before = len(self._errors)
            first = seen.setdefault(values[key], row.line)
            if first != row.line:
                self._error(
                    file, row.line, key, f"“{values[key]}” stands in line {first} already; each record needs its own"
                )
            self._references.check_row(file, row.line, schema, values, self._errors)
            self._check_hours_confidence(file, row.line, values)
            if len(self._errors) == before:
                result.append(build(values, row.line))
        return result

    # what may be referred to

    def know_divisions(self) -> None:
        if (rows := self._rows.get("divisions.csv")) is not None:
            self._references.add_ids("division", (row.cells.get("code", "") for row in rows))

    def know_numbered_hotlines(self) -> None:
        if (rows := self._rows.get("hotlines.csv")) is not None:
            self._references.add_ids(
                "numbered_hotline", (row.cells["id"] for row in rows if {"id", "phone"} <= row.cells.keys())
            )

    def know_places(self) -> None:
        ids = (f"{kind}:{row.cells.get('id')}" for kind, file in PLACE_TABLES.items() for row in self._of(file))
        self._references.add_ids("place", ids)

    # checks between rows

    def check_divisions(self, divisions: Iterable[Division]) -> None:
        codes = self._references.known.get("division", {})
        for division in divisions:
            if division.level != "city" and division.parent_code not in codes:
                message = f"“{division.parent_code}” is not the code of a row here; add that row or correct the code"
                self._error("divisions.csv", division.line, "parent_code", message)

    def check_same_as(self, places: Iterable[Place]) -> None:
        ids = self._references.known["place"]
        for place in places:
            if place.same_as is not None and (place.same_as not in ids or place.same_as == place.id):
                message = f"“{place.same_as}” is not another place of this pack; write an id such as attraction:name"
                self._error(PLACE_TABLES[place.kind], place.line, "same_as", message)

    def _check_hours_confidence(self, file: str, line: int, values: Values) -> None:
        """Hours cannot be surer than the record they stand in."""
        hours = values.get("hours_confidence", "low")
        if _CONFIDENCE.index(hours) > _CONFIDENCE.index(values["confidence"]):
            message = f"“{hours}” is more than the confidence of the record, {values['confidence']}; lower it"
            self._error(file, line, "hours_confidence", message)

    def _of(self, file: str) -> tuple[Row, ...]:
        return self._rows.get(file, ())

    def _error(self, file: str, line: int, field: str, message: str) -> None:
        self._errors.append(PackError(file, line, field, message))
