"""Both languages say the same things: the same message ids with the same variables, each id once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

WORDING = Path(__file__).resolve().parent.parent.parent / "backend" / "wording"


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.names.add(node.id.name)


def entries(lang: str) -> list[tuple[str, ast.Message | ast.Term]]:
    found = []
    for file in sorted((WORDING / lang).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{file}: {entry.content}"
            if isinstance(entry, ast.Message | ast.Term):
                found.append((f"{file.name}: {entry.id.name}", entry))
    return found


def variables(lang: str) -> dict[str, set[str]]:
    found = {}
    for name, entry in entries(lang):
        visitor = _Variables()
        visitor.visit(entry)
        found[name] = visitor.names
    return found


def test_both_languages_have_the_same_messages_and_variables() -> None:
    zh, en = variables("zh"), variables("en")
    assert zh
    assert zh.keys() == en.keys()
    assert {name: names for name, names in zh.items() if names != en[name]} == {}


def test_no_message_stands_twice() -> None:
    for lang in ("zh", "en"):
        counted = Counter(name.partition(": ")[2] for name, _ in entries(lang))
        assert [name for name, times in counted.items() if times > 1] == []
