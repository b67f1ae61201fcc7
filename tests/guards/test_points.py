"""A position is a `backend.geo.Point`: nothing public takes or holds two bare numbers that could be of any datum.

What is read is the source, so nothing has to run: parameters and fields by their names, and pairs by their type. A
class may have `lat` and `lon` where it has `datum` beside them (rows, and what goes over the wire).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("backend", "actions")
LATITUDE = re.compile(r"(?:.+_)?(?:lat|latitude)(?:_.+)?|(?:.+_)?y", re.IGNORECASE)
LONGITUDE = re.compile(r"(?:.+_)?(?:lon|lng|long|longitude)(?:_.+)?|(?:.+_)?x", re.IGNORECASE)
UNMISTAKABLE = re.compile(r"(?:.+_)?(?:lat|latitude|lon|lng|longitude)(?:_.+)?", re.IGNORECASE)
PAIR = re.compile(r"(?:tuple|Tuple)\[float, float\]")
# An extent in degrees, and pixels of a picture: no positions.
ALLOWED = {("backend/geo.py", "Bounds"), ("backend/services/maps/labels.py", "Label")}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def offenders(source: str, path: str) -> list[str]:
    """What a module offers that takes or holds a position without its datum."""
    return list(_in(ast.parse(source).body, path, ""))


def _in(body: list[ast.stmt], path: str, inside: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, Function) and _is_public(node.name):
            yield from (f"{path}:{node.lineno} {inside}{node.name}: {what}" for what in _of_function(node))
        elif isinstance(node, ast.ClassDef) and _is_public(node.name) and (path, node.name) not in ALLOWED:
            yield from (f"{path}:{node.lineno} {inside}{node.name}: {what}" for what in _of_class(node))
            yield from _in(node.body, path, f"{inside}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _in(node.body, path, inside)


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__call__", "__new__")


def _of_function(node: Function) -> Iterator[str]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if arguments.vararg:
        every.append(arguments.vararg)
    names = [argument.arg for argument in every]
    if pair := _pair(names):
        yield f"takes {pair}"
    for argument in every:
        if argument.annotation and PAIR.search(ast.unparse(argument.annotation)):
            yield f"takes {argument.arg}, a pair of numbers"
    if node.returns and PAIR.search(ast.unparse(node.returns)):
        yield "gives a pair of numbers"


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    fields = {
        statement.target.id: ast.unparse(statement.annotation)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    if "datum" not in fields and (pair := _pair(list(fields))):
        yield f"has {pair} and no datum"
    for name, annotation in fields.items():
        if PAIR.search(annotation):
            yield f"has {name}, a pair of numbers"


def _pair(names: list[str]) -> str:
    """The names that are a position in numbers: any that can be nothing else, or an x with its y."""
    plain = [name for name in names if UNMISTAKABLE.fullmatch(name)]
    if plain:
        return " and ".join(plain)
    either = [name for name in names if LATITUDE.fullmatch(name) or LONGITUDE.fullmatch(name)]
    both = any(LATITUDE.fullmatch(name) for name in either) and any(LONGITUDE.fullmatch(name) for name in either)
    return " and ".join(either) if both else ""


def test_nothing_public_takes_or_holds_a_position_without_its_datum() -> None:
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 50
    found = [
        line
        for file in files
        if "migrations" not in file.parts
        for line in offenders(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "def near(lat, lon): ...",
        "def near(origin_lat: float, origin_lng: float): ...",
        "def near(*, latitude: float, longitude: float): ...",
        "async def near(lon): ...",
        "def near(x: float, y: float): ...",
        "def near(origin: tuple[float, float]): ...",
        "def near(points: list[tuple[float, float]]): ...",
        "def near(*points: tuple[float, float] | None): ...",
        "def where() -> tuple[float, float]: ...",
        "class Places:\n    def near(self, lat, lon): ...",
        "class Places:\n    def __init__(self, lat, lon): ...",
        "class Stop:\n    lat: float\n    lon: float",
        "class Stop:\n    position: tuple[float, float]",
        "class Stops:\n    class Stop:\n        latitude: float",
        "if True:\n    def near(lat, lon): ...",
    ],
)
def test_the_guard_sees_what_it_is_for(source: str) -> None:
    assert offenders(source, "backend/made_up.py")


@pytest.mark.parametrize(
    "source",
    [
        "def near(origin: Point, metres: float): ...",
        "def _shift(lat, lon): ...",
        "def template(latest, longest, text, y): ...",
        "class Stop:\n    lat: float\n    lon: float\n    datum: str",
        "class _Cell:\n    lat: float",
        "def ranking(shares: list[tuple[str, float]]): ...",
    ],
)
def test_the_guard_lets_the_rest_be(source: str) -> None:
    assert offenders(source, "backend/made_up.py") == []
