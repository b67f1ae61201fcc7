"""The Flask application as tests use it: a new one for each, without doing again what takes long and stays the same."""

from __future__ import annotations

from types import CodeType

from apiflask import APIFlask
from jinja2.bccache import Bucket, BytecodeCache

from backend.app import create_app
from backend.wiring import Container

# The least argon2 can do: no password here is worth a tenth of a second.
QUICK_HASHES = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


class _Compiled(BytecodeCache):
    """Templates compiled in this process."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def web_app(parts: Container) -> APIFlask:
    """The whole application around a container."""
    made = create_app(parts)
    made.jinja_env.bytecode_cache = _COMPILED
    made.extensions["security"].pwd_context.update(**QUICK_HASHES)
    return made
