"""The JSON schemas of the pack's files, and their verdicts put into sentences.

A table's schema describes one row. Its properties are the file's columns: exactly these must stand in the header. The
type of a property tells how a cell is read (`array`: parted by `;`, `number`, `boolean`: yes/no, else text); an empty
cell is an absent property. `x-ref` on a property names what its values must refer to (see `references.py`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import opening_hours
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry, Resource

from backend.city_pack.documents import Document, FieldPath, Row, Table, dotted
from backend.city_pack.errors import PackError

SCHEMA_DIR = Path(__file__).resolve().parents[2] / "data" / "schemas"
COMMON = "common.schema.json"
Schema = Mapping[str, Any]

formats = FormatChecker(formats=())  # only the formats below are judged


@formats.checks("opening-hours")
def _is_opening_hours(value: object) -> bool:
    """OSM opening_hours syntax, as the library that evaluates it understands it."""
    return not isinstance(value, str) or bool(opening_hours.validate(value))


@formats.checks("regex", raises=re.error)
def _is_regex(value: object) -> bool:
    """A regular expression as Python's `re` reads it."""
    if isinstance(value, str):
        re.compile(value)
    return True


class FileSchema:
    """The schema `data/schemas/<name>.schema.json`, ready to judge rows or documents."""

    def __init__(self, name: str) -> None:
        self.schema: Schema = _load(f"{name}.schema.json")
        registry = Registry().with_resource(COMMON, Resource.from_contents(_load(COMMON)))
        resolver = registry.resolver(f"{name}.schema.json")
        self._validator = Draft202012Validator(self.schema, registry=registry, format_checker=formats)
        self._properties: dict[str, Schema] = {
            column: {**(resolver.lookup(found["$ref"]).contents if "$ref" in found else {}), **found}
            for column, found in self.schema["properties"].items()
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns a table of this schema has."""
        return tuple(self._properties)

    def property(self, name: str) -> Schema:
        """The schema of one property, a reference followed."""
        return self._properties[name]

    def check_columns(self, table: Table, errors: list[PackError]) -> bool:
        """Whether the header has exactly the columns of the schema."""
        missing = [column for column in self.columns if column not in table.columns]
        extra = [column for column in table.columns if column not in self.columns]
        errors.extend(
            PackError(table.file, 1, column, "the column is missing; add it to the header, its cells may be empty")
            for column in missing
        )
        errors.extend(
            PackError(table.file, 1, column, "the column is not known; remove it or correct its name")
            for column in extra
        )
        return not (missing or extra)

    def check_row(self, file: str, row: Row, errors: list[PackError]) -> dict[str, Any] | None:
        """The row with its cells read by type, or None if there is a problem (added to `errors`)."""
        before = len(errors)
        values: dict[str, Any] = {}
        for column, cell in row.cells.items():
            try:
                values[column] = _read_cell(self.property(column), cell)
            except ValueError as problem:
                errors.append(PackError(file, row.line, column, str(problem)))
        unread = row.cells.keys() - values.keys()
        for path, message in self._problems(values):
            if path[:1] and path[0] in unread:
                continue  # absent only because it could not be read, which is reported already
            errors.append(PackError(file, row.line, str(path[0]) if path else "", message))
        return values if len(errors) == before else None

    def check_document(self, document: Document, errors: list[PackError]) -> bool:
        """Whether the document fits the schema."""
        before = len(errors)
        for path, message in self._problems(document.value):
            errors.append(PackError(document.file, document.line(path), dotted(path), message))
        return len(errors) == before

    def _problems(self, value: Any) -> Iterator[tuple[FieldPath, str]]:
        for error in self._validator.iter_errors(value):
            yield from _sentences(error)


@cache
def file_schema(name: str) -> FileSchema:
    """The schema of one kind of file, read once."""
    return FileSchema(name)


def _load(file: str) -> Schema:
    schema: Schema = json.loads((SCHEMA_DIR / file).read_text(encoding="utf-8"))
    return schema


def _read_cell(schema: Schema, cell: str) -> Any:
    """A cell as its column's type says. Raises ValueError with the sentence to show."""
    kind = schema.get("type")
    if kind == "array":
        return [part.strip() for part in cell.split(";")]
    if kind == "number":
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"“{cell}” is not a number; write digits with a point, as in 39.82")
        return number
    if kind == "boolean":
        if cell not in ("yes", "no"):
            raise ValueError(f"“{cell}” is neither yes nor no")
        return cell == "yes"
    return cell


def _sentences(error: ValidationError) -> Iterator[tuple[FieldPath, str]]:
    """One sentence for each thing wrong, with the path of the field it is about."""
    path: FieldPath = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    hint = schema.get("description", "")
    match error.validator:
        case "required":
            for name in rule:
                if name not in value:
                    yield (*path, name), "this is required and must not be empty"
        case "dependentRequired":
            for present, needed in rule.items():
                for name in needed:
                    if present in value and name not in value:
                        yield (*path, name), f"this must be filled in too, because “{present}” is"
        case "additionalProperties":
            known = set(schema.get("properties", ()))
            for name in value:
                if name not in known:
                    yield (*path, name), "this name is not known here; remove or correct it"
        case "enum":
            yield path, f"“{value}” is not allowed; use one of: {', '.join(str(item) for item in rule)}"
        case "const":
            yield path, f"“{value}” is not allowed here; it must be {rule}"
        case "pattern":
            yield path, f"“{value}” does not have the right form; {hint or rule}"
        case "format":
            yield path, f"“{value}” cannot be read as {rule}; {hint}"
        case "minimum" | "maximum":
            bound = "least" if error.validator == "minimum" else "most"
            yield path, f"{value} is out of range; it must be at {bound} {rule}. {hint}".rstrip()
        case "minLength" | "maxLength":
            yield path, f"“{value}” is too {'short' if error.validator == 'minLength' else 'long'}; {hint or rule}"
        case "minItems":
            yield path, f"too few entries; at least {rule} are needed"
        case "uniqueItems":
            yield path, f"an entry stands twice in “{'; '.join(str(item) for item in value)}”; remove one"
        case "type":
            message = f"“{value}” is of the wrong type; {rule} is needed"
            yield path, f"{message}. Put text that looks like something else in quotation marks"
        case _:
            yield path, f"{error.message}. {hint}".rstrip()
