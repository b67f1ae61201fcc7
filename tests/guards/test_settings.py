"""Every setting stands in .env.example, and nothing stands there that nobody reads."""

from __future__ import annotations

import re
from pathlib import Path

from backend.config import Settings
from dev.env import development_env

ROOT = Path(__file__).resolve().parent.parent.parent

# Read by name outside Settings: by the processes' commands and by the bot, which knows no backend.
COMMANDS = (
    "Procfile",
    "Procfile.dev",
    "backend/gunicorn.conf.py",
    "bot/model.py",
    "bot/start.py",
    "actions/server.py",
)
# Given by the shell or set for libraries, not by whoever runs the product.
NOT_OURS = {"PATH", "PWD"}


def names_in_example() -> list[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^([A-Z][A-Z0-9_]*)=", text, re.MULTILINE)


def names_in_commands() -> set[str]:
    found: set[str] = set()
    for name in COMMANDS:
        text = (ROOT / name).read_text(encoding="utf-8")
        found |= set(re.findall(r"\$\{?([A-Z][A-Z0-9_]*)", text))
        found |= set(re.findall(r"environ(?:\.get\(|\[)\s*[\"']([A-Z][A-Z0-9_]*)", text))
    return found - NOT_OURS


def names_in_settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def test_example_names_every_setting_once() -> None:
    names = names_in_example()
    assert len(names) == len(set(names))
    development_only = {"DEV_STAFF_EMAIL", "DEV_STAFF_PASSWORD", "BROKER_PORT", "FAKES_PORT"}
    assert set(names) - development_only == (names_in_settings() | names_in_commands()) - development_only


def test_example_copied_as_it_stands_changes_nothing(tmp_path: Path) -> None:
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    (tmp_path / "with" / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")
    shared = {"VAR_DIR": str(tmp_path / "var")}
    assert development_env(shared, tmp_path / "with") == development_env(shared, tmp_path / "without")


def test_development_environment_is_accepted_by_the_settings(tmp_path: Path) -> None:
    env = development_env({"VAR_DIR": str(tmp_path / "var")}, tmp_path)
    fields = {name: env[name.upper()] for name in Settings.model_fields if name.upper() in env}
    settings = Settings(**fields)
    assert settings.development
    assert settings.var_dir == tmp_path / "var"
