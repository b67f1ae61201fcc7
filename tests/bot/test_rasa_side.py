"""Runs the bot's side of the tests under its own Python, which has no pytest."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("side", ["rasa_side", "understanding_side"])
def test_the_bots_side(side: str) -> None:
    python = ROOT / "bot" / ".venv" / "bin" / "python"
    command = [str(python), "-W", "ignore", "-m", "unittest", f"tests.bot.{side}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
