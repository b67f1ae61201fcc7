"""`make eval`: reads the whole test set with the trained model and reports accuracy, by language and by tier, under
docs/eval.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from backend.config import Settings
from backend.models import Base
from backend.services.pack_loading import load_pack
from backend.wiring import Container
from dev.eval import report, testset
from dev.eval.testset import Case

ROOT = Path(__file__).resolve().parents[2]
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"


def snapshot(folder: Path) -> dict[str, Any]:
    """The names and articles of the city pack, as the backend gives them to the bot."""
    nothing = "nothing-is-signed-or-sent-by-an-evaluation"
    given = {
        "app_env": "test",
        "public_base_url": "https://city.example.org",
        "database_url": f"sqlite:///{folder / 'eval.db'}",
        "redis_url": "redis://127.0.0.1:1/0",
        "bot_urls": "http://127.0.0.1:1",
        **dict.fromkeys(("secret_key", "address_key", "password_salt", "bot_token"), nothing),
    }
    settings = Settings.model_validate(given)
    parts = Container(settings)
    Base.metadata.create_all(parts.db.engine)
    load_pack(parts.db, parts.pack)
    return parts.gazetteer.snapshot()


def read(folder: Path, cases: list[Case], names: dict[str, Any], embedding: bool) -> list[dict[str, Any]]:
    """What the bot makes of each message."""
    model = subprocess.run(
        [BOT_PYTHON, "-m", "bot.model", "check"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    order, answer = folder / "order.json", folder / "answer.json"
    order.write_text(
        json.dumps(
            {
                "model": model.stdout.strip(),
                "gazetteer": names,
                "texts": [case.text for case in cases],
                "embedding": embedding,
            }
        ),
        encoding="utf-8",
    )
    # As the bot runs (bot/model.py): more threads wait for each other by spinning, ten times as long on a busy machine.
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(
        [BOT_PYTHON, "-W", "ignore", "-m", "bot.read_messages", order, answer], cwd=ROOT, check=True, env=one_thread
    )
    readings: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
    return readings


def main() -> int:
    """Reads, reports, and says with the exit code whether every limit is kept."""
    parser = argparse.ArgumentParser(prog="make eval")
    parser.add_argument("--publish", action="store_true", help="write the results under docs/eval")
    parser.add_argument("--names", action="store_true", help="only how many names are linked, by the form they have")
    given = parser.parse_args()
    if given.names:
        return _names_alone()
    cases = [*testset.utterances("zh"), *testset.utterances("en"), *testset.out_of_scope()]
    cases += [*testset.other_languages(), *testset.names()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = snapshot(folder)
        print(f"reading {len(cases)} messages twice: with the embedding and without", flush=True)
        both = report.Results(cases, read(folder, cases, names, embedding=True))
        alone = report.Results(cases, read(folder, cases, names, embedding=False))
    page = report.page(both, alone, dt.datetime.now(dt.UTC).date())
    print(page.text)
    if given.publish:
        report.publish(page, ROOT / "docs" / "eval", both, alone)
    return 0 if page.kept else 1


def _names_alone() -> int:
    """Says which part of the names is linked, and what was found in their place: a minute instead of ten."""
    cases = testset.names()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        read_so = report.Results(cases, read(folder, cases, snapshot(folder), embedding=False))
    print("\n".join(report.names_by_form(read_so)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
