"""Starts the bot on loopback with a model whose checksum was compared. BOT_PORT (8001) is its port."""

from __future__ import annotations

import importlib.util
import os
import sys

from bot.model import ROOT, ModelError, rasa_environment, verified_model


def main() -> int:
    """Becomes the Rasa server. Returns 1 with one sentence on stderr when that cannot be."""
    if importlib.util.find_spec("rasa") is None:
        print(
            "This Python has no Rasa: make bot/.venv with `make setup`, or install bot/requirements.txt.",
            file=sys.stderr,
        )
        return 1
    try:
        model = verified_model()
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    command = [
        sys.executable,
        "-m",
        "bot.lean_rasa",
        "run",
        "--interface",
        "127.0.0.1",
        "--port",
        os.environ.get("BOT_PORT") or "8001",
    ]
    command += ["--credentials", "bot/credentials.yml", "--endpoints", "bot/endpoints.yml", "--model", str(model)]
    os.chdir(ROOT)
    os.execve(sys.executable, command, rasa_environment())  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main())
