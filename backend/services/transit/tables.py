"""Rows of a feed's files and the kinds of their fields (GTFS reference, "Field Types")."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Collection, Iterator, Sequence

from backend.services.transit.reading import Source
from backend.services.transit.validation import Report

# A week: longer trips exist nowhere; a time beyond is a slip.
MAX_SECONDS = 7 * 86_400
_TIME = re.compile(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$", re.ASCII)


class Table:
    """One file: iterating gives `(line, cells)`, the cells in the order of `columns`; an absent column is empty.

    Columns nobody asked for are allowed. Problems go to the report; a row with the wrong number of cells is left out.
    """

    def __init__(
        self, source: Source, name: str, report: Report, required: Sequence[str], optional: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.report = report
        self.columns = (*required, *optional)
        self._required = required
        self._source = source

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._source.lines(self.name), strict=True)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            if not self._check_header(header):
                return
            at = [header.index(column) if column in header else -1 for column in self.columns]
            width = len(header)
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue  # a blank line, or what a spreadsheet makes of one
                if len(row) != width:
                    self.error(reader.line_num, "", f"has {len(row)} cells, the header {width}: add or remove commas")
                    continue
                yield reader.line_num, [row[i].strip() if i >= 0 else "" for i in at]
        except csv.Error as error:
            self.error(reader.line_num, "", f"is not a row of a CSV file ({error}): check the quotation marks")

    def _check_header(self, header: list[str]) -> bool:
        if not any(header):
            self.error(1, "", "is empty: the first line names the columns")
            return False
        twice = {column for column in header if column and header.count(column) > 1}
        for column in sorted(twice):
            self.error(1, column, "stands twice in the header: remove one of the columns")
        missing = [column for column in self._required if column not in header]
        for column in missing:
            self.error(1, column, "the column is missing: every feed needs it")
        return not missing and not twice

    def error(self, line: int, field: str, message: str) -> None:
        """A finding in this file for which the feed is refused."""
        self.report.error(self.name, line, field, message)

    def warning(self, line: int, field: str, message: str) -> None:
        """A finding in this file with which the feed is taken in."""
        self.report.warning(self.name, line, field, message)

    def needs(self, line: int, field: str, value: str) -> bool:
        """Whether a cell is filled that must be; else a finding."""
        if not value:
            self.error(line, field, "is empty: it has to be given")
        return bool(value)

    def date(self, line: int, field: str, value: str) -> dt.date | None:
        """A date as YYYYMMDD."""
        try:
            if len(value) != 8 or not value.isascii() or not value.isdigit():
                raise ValueError
            return dt.date(int(value[:4]), int(value[4:6]), int(value[6:]))
        except ValueError:
            self.error(line, field, f"“{value}” is not a date: write YYYYMMDD, such as 20260501")
            return None

    def choice(self, line: int, field: str, value: str, allowed: Collection[int], default: int | None) -> int:
        """A number of a list; `default` for an empty cell, which must be filled when it is None."""
        if not value and default is not None:
            return default
        if value.isascii() and value.isdigit() and int(value[:6]) in allowed:
            return int(value)
        some = sorted(allowed)
        listed = (
            ", ".join(map(str, some)) if len(some) < 12 else f"one of {some[0]} to {some[-1]} in the GTFS reference"
        )
        self.error(line, field, f"“{value}” is not allowed: write {listed}")
        return default or 0

    def whole(self, line: int, field: str, value: str, least: int = 0) -> int | None:
        """A whole number of at least `least` and at most nine digits."""
        if value.isascii() and value.isdigit() and len(value) <= 9 and int(value) >= least:
            return int(value)
        self.error(line, field, f"“{value}” is not a whole number of {least} or more")
        return None

    def degrees(self, line: int, field: str, value: str, limit: int) -> float | None:
        """A latitude or longitude on WGS-84."""
        try:
            number = float(value)
            if math.isfinite(number) and -limit <= number <= limit:
                return number
        except ValueError:
            pass
        self.error(line, field, f"“{value}” is not within -{limit} to {limit} degrees (WGS-84)")
        return None

    def price(self, line: int, field: str, value: str) -> float | None:
        """An amount of money, not negative."""
        if re.fullmatch(r"\d{1,9}(\.\d{1,4})?", value, re.ASCII):
            return float(value)
        self.error(line, field, f"“{value}” is not an amount: write 2 or 2.50")
        return None

    def time(self, line: int, field: str, value: str) -> int | None:
        """A time as H:MM:SS or HH:MM:SS in seconds; beyond 24 hours is the night after the service day."""
        seconds = parse_time(value)
        if seconds is None:
            self.error(
                line, field, f"“{value}” is not a time: write HH:MM:SS, such as 08:05:00 or 25:10:00 after midnight"
            )
        return seconds


def parse_time(value: str) -> int | None:
    """Seconds of a service day; None where it is not a time, or beyond a week."""
    found = _TIME.match(value)
    if not found:
        return None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])
    return seconds if seconds <= MAX_SECONDS else None
