"""The application as the guards look at it: built, never asked, so nothing is connected."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from backend.app import create_app
from backend.config import Settings
from backend.wiring import Container
from dev.env import development_env


def build(production: bool = False) -> Flask:
    """The app of a development copy, or the same set up as for production."""
    with tempfile.TemporaryDirectory() as folder:
        env = development_env({"VAR_DIR": folder}, Path(folder))
    if production:
        env |= {"APP_ENV": "production", "FAKES_URL": "", "DATABASE_URL": "postgresql+psycopg://localhost/nowhere"}
    fields = {name: env[name.upper()] for name in Settings.model_fields if env.get(name.upper())}
    return create_app(Container(Settings(**fields)))
