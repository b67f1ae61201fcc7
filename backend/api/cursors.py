"""Cursors: where a list goes on, in a form that clients only hand back."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any


class BadCursor(ValueError):
    """What was given is no cursor of this list."""


def encode(kind: str, at: list[Any], question: str) -> str:
    """A cursor of the list `kind` that stands at `at` and belongs to this question."""
    data = json.dumps([kind, zlib.crc32(question.encode()), *at], separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def decode(kind: str, cursor: str, question: str, types: tuple[type, ...]) -> list[Any]:
    """What `encode` was given as `at`, whose parts have these types. Raises BadCursor for anything else."""
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(data, list) or len(data) != 2 + len(types) or data[0] != kind:
        raise BadCursor
    if data[1] != zlib.crc32(question.encode()) or [type(part) for part in data[2:]] != list(types):
        raise BadCursor
    if any(isinstance(part, int) and not 0 <= part < 2**63 for part in data[2:]):
        raise BadCursor
    return data[2:]


def kind_of(cursor: str) -> str:
    """The kind a cursor says it is of; empty for what is none."""
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(data[0])
    except (binascii.Error, ValueError, RecursionError, LookupError, TypeError):
        return ""
