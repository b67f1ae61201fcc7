"""Reading pack files so that an error can still name its line: CSV tables, YAML and JSON documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from backend.city_pack.errors import PackError

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: its line in the file and its cells by column, stripped, empty cells left out."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns and rows."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML or JSON file: its value, and the line of each path in it."""

    file: str
    value: Any
    lines: Mapping[FieldPath, int]

    def line(self, path: FieldPath) -> int:
        """Line of the path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_table(folder: Path, file: str, errors: list[PackError]) -> Table | None:
    """Read a UTF-8 CSV file with a header line; a byte order mark is accepted.

    Problems are added to `errors`. None if there is nothing to go on with; rows with too many or too few cells are
    left out.
    """
    text = _read_text(folder, file, errors)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: tuple[str, ...] = ()
    rows = []
    first_line = 1
    try:
        for cells in reader:
            line, first_line = first_line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = tuple(cell.strip() for cell in cells)
                if _header_broken(file, columns, errors):
                    return None
            elif line != reader.line_num:
                errors.append(
                    PackError(file, line, columns[0], "a record runs over several lines; put each on one line")
                )
            elif len(cells) != len(columns):
                errors.append(_wrong_width(file, line, columns, cells))
            else:
                pairs = zip(columns, (cell.strip() for cell in cells), strict=True)
                rows.append(Row(line, {column: cell for column, cell in pairs if cell}))
    except csv.Error as error:
        field = columns[0] if columns else ""
        errors.append(
            PackError(file, first_line, field, f"cannot read the line as CSV ({error}); check its quotation marks")
        )
        return None
    if not columns:
        errors.append(PackError(file, 1, "", "the file is empty; it needs a header line with the column names"))
        return None
    return Table(file, columns, tuple(rows))


def read_document(folder: Path, file: str, errors: list[PackError]) -> Document | None:
    """Read a UTF-8 YAML or JSON file (JSON is read as YAML, which keeps the lines). Problems are added to `errors`."""
    text = _read_text(folder, file, errors)
    if text is None:
        return None
    try:
        return _parse(text, file, errors)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        errors.append(PackError(file, line, "", f"cannot read the file: {error.problem or error.context}"))
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1  # libyaml counts bytes
        errors.append(PackError(file, line, "", f"the character U+{error.character:04X} is not allowed; remove it"))
    except (yaml.YAMLError, ValueError) as error:
        errors.append(PackError(file, 1, "", f"cannot read the file: {error}"))
    return None


def _parse(text: str, file: str, errors: list[PackError]) -> Document | None:
    loader = yaml.CSafeLoader(text)
    lines: dict[FieldPath, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            errors.append(PackError(file, 1, "", "the file is empty"))
            return None
        return Document(file, _build(loader, node, (), lines, file, errors), lines)
    finally:
        loader.dispose()


def dotted(path: FieldPath) -> str:
    """A path as people write it: `tags.3.aliases.0`."""
    return ".".join(str(part) for part in path)


def _read_text(folder: Path, file: str, errors: list[PackError]) -> str | None:
    try:
        raw = (folder / file).read_bytes()
    except FileNotFoundError:
        errors.append(PackError(file, 0, "", "the file is missing; every pack needs it"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        field = _column_at(raw, error.start) if file.endswith(".csv") else ""
        errors.append(
            PackError(file, line, field, f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8")
        )
        return None


def _column_at(raw: bytes, position: int) -> str:
    """Name of the column a byte stands in, as well as a file that cannot be decoded allows."""
    start = raw.rfind(b"\n", 0, position) + 1
    header = next(csv.reader([raw.split(b"\n", 1)[0].decode("utf-8-sig", "replace")]), [])
    before = next(csv.reader([raw[start:position].decode("utf-8", "replace") + "x"]), [""])
    index = len(before) - 1
    return header[index].strip() if start and index < len(header) else ""


def _header_broken(file: str, columns: tuple[str, ...], errors: list[PackError]) -> bool:
    problems = [
        PackError(
            file, 1, column or f"column {index}", "a column needs a name" if not column else "the column stands twice"
        )
        for index, column in enumerate(columns, start=1)
        if not column or columns.index(column) != index - 1
    ]
    errors.extend(problems)
    return bool(problems)


def _wrong_width(file: str, line: int, columns: tuple[str, ...], cells: list[str]) -> PackError:
    field = columns[len(cells)] if len(cells) < len(columns) else columns[-1]
    message = (
        f"the line has {len(cells)} cells, the header {len(columns)}; put a cell that holds a comma in quotation marks"
    )
    return PackError(file, line, field, message)


def _build(
    loader: yaml.CSafeLoader,
    node: yaml.Node,
    path: FieldPath,
    lines: dict[FieldPath, int],
    file: str,
    errors: list[PackError],
) -> Any:
    """Turn a node into plain values, noting the line of each path.

    YAML itself lets a repeated key win silently: here it is an error.
    """
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*path, index), lines, file, errors) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node))
            line = key_node.start_mark.line + 1
            if key in result:
                errors.append(PackError(file, line, dotted((*path, key)), "the key stands twice; keep one"))
            result[key] = _build(loader, value_node, (*path, key), lines, file, errors)
            lines[(*path, key)] = line
        return result
    return loader.construct_object(node)
