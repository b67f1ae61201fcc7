"""The trained model as a file: which sources it belongs to, training it when they changed, checking it before use.

Whoever can write a model file owns the process that loads it (Rasa unpickles parts of it). So only its owner may write
the folder, and the checksum is compared before every start; BOT_MODEL_SHA256 pins it from outside the folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("bot/config.yml", "bot/domain", "bot/data", "bot/components", "bot/requirements.txt")
KEPT_MODELS = 3


class ModelError(Exception):
    """No model may be used; the message is one sentence with the remedy."""


def source_hash(root: Path = ROOT) -> str:
    """Sixteen hex digits over names and contents of everything training reads."""
    digest = hashlib.sha256()
    for source in SOURCES:
        top = root / source
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" in path.parts or path.name.startswith("."):
                continue
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _var_dir(root: Path) -> Path:
    return Path(os.environ.get("VAR_DIR") or root / "var")


def model_path(root: Path = ROOT) -> Path:
    """Where the model of the present sources is or will be: VAR_DIR/models/<hash>.tar.gz."""
    return _var_dir(root) / "models" / f"{source_hash(root)}.tar.gz"


def file_checksum(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _checksum_file(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def verified_model(root: Path = ROOT) -> Path:
    """The model of the present sources, its checksum compared. Raises ModelError when it is missing or was changed."""
    path = model_path(root)
    recorded = _checksum_file(path)
    if not path.is_file() or not recorded.is_file():
        raise ModelError(f"There is no trained model for the present sources ({path}): run `make train`.")
    expected = os.environ.get("BOT_MODEL_SHA256") or recorded.read_text(encoding="ascii").split()[0]
    if file_checksum(path) != expected:
        raise ModelError(f"{path} is not the file that was trained here: delete it and run `make train`.")
    return path


def train(root: Path = ROOT) -> Path:
    """Trains the model of the present sources and records its checksum. Raises ModelError when Rasa cannot."""
    path = model_path(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o755)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=path.parent) as folder:
        command = [sys.executable, "-m", "bot.lean_rasa", "train", "--config", "bot/config.yml"]
        command += ["--domain", "bot/domain", "--data", "bot/data", "--out", folder, "--fixed-model-name", "model"]
        # Reading all examples once more only to validate them takes as long as learning from them; tests/guards does.
        command += ["--skip-validation"]
        done = subprocess.run(
            command, cwd=root, env=rasa_environment(root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        output = done.stdout.decode("utf-8", "replace")
        print(output, flush=True)
        trained = Path(folder) / "model.tar.gz"
        if not trained.is_file():
            raise ModelError(f"Rasa could not train the model: {_last_line(output)}")
        trained.chmod(0o444)
        _checksum_file(path).write_text(f"{file_checksum(trained)}  {path.name}\n", encoding="ascii")
        shutil.move(trained, path)
    _forget_old_models(path)
    return path


def _last_line(output: str) -> str:
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _forget_old_models(current: Path) -> None:
    models = sorted(current.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[KEPT_MODELS:]:
        if path != current:
            path.unlink()
            _checksum_file(path).unlink(missing_ok=True)


def rasa_environment(root: Path = ROOT) -> dict[str, str]:
    """The environment of a Rasa process: our components importable, no telemetry, few threads."""
    environ = dict(os.environ)
    environ.update(
        PYTHONPATH=str(root),
        RASA_CACHE_DIRECTORY=str(_var_dir(root) / "rasa-cache"),
        RASA_TELEMETRY_ENABLED="false",
        SANIC_WORKERS="1",
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        PYTHONWARNINGS="ignore",
    )
    environ.setdefault("ACTIONS_URL", f"http://127.0.0.1:{environ.get('ACTIONS_PORT') or 8002}/webhook")
    return environ


def main(arguments: list[str]) -> int:
    """`check`: exit code 0 when a verified model is there; `train`: train it, whatever is there."""
    try:
        print(train() if arguments == ["train"] else verified_model())
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
