"""Runs rasa_side.py under the bot's own Python."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_bots_side_of_the_contract() -> None:
    python = ROOT / "bot" / ".venv" / "bin" / "python"
    command = [str(python), "-W", "ignore", "-m", "unittest", "tests.bot.rasa_side"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
