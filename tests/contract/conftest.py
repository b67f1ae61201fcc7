"""The contracts between backend and bot, as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).resolve().parents[2] / "data" / "schemas"
Check = Callable[[Any], list[str]]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def problems() -> Callable[[str, Any], list[str]]:
    """What is wrong with a value under a schema, by the schema's file name."""

    def check(name: str, value: Any) -> list[str]:
        return [f"{found.json_path}: {found.message}" for found in validator(name).iter_errors(value)]

    return check
