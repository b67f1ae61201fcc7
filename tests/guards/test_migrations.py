"""The migrations are one line: one head, no branch that a deployment could miss."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parent.parent.parent


def test_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "backend" / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
