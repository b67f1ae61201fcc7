"""Rasa as its documentation sets it up, to measure beside: its REST channel, its suggested pipeline with DIET.

The same training data, domain, rules and action server as ours; none of our code in its process. What is a matter of
choice is chosen in its favour: WhitespaceTokenizer (cheaper than Jieba), no machine-learned policies, one epoch.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from dev.env import PROJECT_ROOT
from dev.stack import BOT_PYTHON, Stack, StackError, answers

# https://legacy-docs-oss.rasa.com/docs/rasa/tuning-your-model/#suggested-config; TEDPolicy and the like left out.
CONFIG = """\
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 1
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: 1
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_fallback
    enable_fallback_prediction: true
"""
_SOURCES = ("bot/domain", "bot/data", "bot/requirements.txt")
_START_SECONDS = 300.0


def model_path(folder: Path) -> Path:
    """Where the model of the present training data is kept."""
    digest = hashlib.sha256(CONFIG.encode())
    for source in _SOURCES:
        top = PROJECT_ROOT / source
        for path in [top] if top.is_file() else sorted(top.rglob("*.yml")):
            digest.update(path.read_bytes())
    return folder / f"stock-{digest.hexdigest()[:16]}.tar.gz"


def train(folder: Path) -> Path:
    """The model; trained where it is not there yet, which takes minutes. Raises StackError."""
    path = model_path(folder)
    if path.is_file():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        config = Path(scratch) / "config.yml"
        config.write_text(CONFIG, encoding="utf-8")
        done = _rasa(
            folder,
            *("train", "--config", str(config), "--domain", "bot/domain", "--data", "bot/data"),
            *("--out", scratch, "--fixed-model-name", "model"),
        )
        done.wait()
        made = Path(scratch) / "model.tar.gz"
        if not made.is_file():
            raise StackError(f"Stock Rasa could not be trained: see {folder / 'stock-train.log'}")
        made.rename(path)
    return path


def _rasa(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder / "stock-cache"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
    python = str(BOT_PYTHON)
    with (folder / f"stock-{arguments[0]}.log").open("wb") as output:
        return subprocess.Popen(
            [python, str(PROJECT_ROOT / "dev" / "guarded.py"), "KILL", python, "-m", "rasa", *arguments],
            cwd=PROJECT_ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


class StockRasa:
    """A running stock Rasa that calls the action server of a copy; use as a context manager."""

    def __init__(self, stack: Stack, folder: Path, port: int) -> None:
        self._stack = stack
        self._folder = folder
        self._port = port
        self.url = f"http://127.0.0.1:{port}/webhooks/rest"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        model = train(self._folder)
        endpoints = self._folder / "stock-endpoints.yml"
        endpoints.write_text(f"action_endpoint:\n  url: {self._stack.env['ACTIONS_URL']}\n", encoding="utf-8")
        credentials = self._folder / "stock-credentials.yml"
        credentials.write_text("rest:\n", encoding="utf-8")
        self._process = _rasa(
            self._folder,
            *("run", "--interface", "127.0.0.1", "--port", str(self._port), "--model", str(model)),
            *("--endpoints", str(endpoints), "--credentials", str(credentials)),
        )
        if not Stack.until(lambda: answers(f"{self.url}/"), _START_SECONDS):
            self.__exit__(None, None, None)
            raise StackError("Stock Rasa did not start.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
