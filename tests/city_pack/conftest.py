"""A copy of the small pack that a test may break, and a way to break it."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from backend.city_pack import InvalidPack, PackError, load

PACKS = Path(__file__).parent / "packs"
BAYTOWN = PACKS / "baytown"
QINHUANGDAO = Path(__file__).resolve().parents[2] / "data" / "qinhuangdao"


class Draft:
    """A pack on its way to being broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def set_cell(self, file: str, record: str, column: str, value: str) -> int:
        """Write one cell of the row whose first cell is `record`; gives the row's line."""
        path = self.folder / file
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        index = next(i for i, row in enumerate(rows) if row[0] == record)
        rows[index][rows[0].index(column)] = value
        self._write(path, rows)
        return index + 1

    def drop_column(self, file: str, column: str) -> None:
        path = self.folder / file
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        at = rows[0].index(column)
        self._write(path, [row[:at] + row[at + 1 :] for row in rows])

    def replace(self, file: str, old: str, new: str) -> int:
        """Replace a text that stands once; gives its line."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def errors(self) -> tuple[PackError, ...]:
        with pytest.raises(InvalidPack) as caught:
            load(self.folder)
        return caught.value.errors

    def only_error(self) -> PackError:
        errors = self.errors()
        assert len(errors) == 1, "\n".join(map(str, errors))
        return errors[0]

    @staticmethod
    def _write(path: Path, rows: list[list[str]]) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8")


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    folder = tmp_path / "baytown"
    shutil.copytree(BAYTOWN, folder)
    return Draft(folder)
