"""The environment of a development copy: ports, folders, addresses of its parts, secrets made at first run.

Standard library only, any Python from 3.8 on: the set-up reads it before anything is installed.

Who wins, strongest first: the process environment, `.env` in the project, `VAR_DIR/dev.env` (made here), the defaults.
An empty value means "not given", so a copied `.env.example` changes nothing.
"""

import base64
import os
import re
import secrets
import socket
from pathlib import Path
from typing import Callable, Dict, Mapping

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# The web's port is PORT; every other part listens on the next ones.
PORT_OFFSETS = {"BOT_PORT": 1, "ACTIONS_PORT": 2, "BROKER_PORT": 3, "FAKES_PORT": 4}

# Made once per copy, kept in VAR_DIR/dev.env, never in the tree. The account's address is the fake provider's.
_GENERATED: Dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "ADDRESS_KEY": lambda: secrets.token_urlsafe(48),
    "PASSWORD_SALT": lambda: secrets.token_urlsafe(24),
    "BOT_TOKEN": lambda: secrets.token_urlsafe(32),
    "TWILIO_ACCOUNT_SID": lambda: "AC" + secrets.token_hex(16),
    "TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
    "TWILIO_FROM": lambda: "+15005550006",  # Twilio's own test number
    "WECHAT_APP_ID": lambda: "wx" + secrets.token_hex(8),
    "WECHAT_APP_SECRET": lambda: secrets.token_hex(16),
    "WECHAT_TOKEN": lambda: secrets.token_hex(12),
    "VAPID_PRIVATE_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "DEV_STAFF_EMAIL": lambda: "staff@example.com",
    "DEV_STAFF_PASSWORD": lambda: secrets.token_urlsafe(12),
}

_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


class EnvError(Exception):
    """A setting that cannot be used; the message is one sentence with the remedy."""


def read_env_file(path: Path) -> Dict[str, str]:
    """Reads KEY=value lines; comments, blank lines and empty values are left out. A missing file is an empty one."""
    values: Dict[str, str] = {}
    if not path.is_file():
        return values
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _LINE.match(line)
        if not match or line.lstrip().startswith("#"):
            continue
        name, value = match.groups()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = re.split(r"\s+#", value, maxsplit=1)[0]
        if value and not value.startswith("#"):
            values[name] = value
    return values


def _port(name: str, value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise EnvError(f"{name}={value} is not a port: give a number from 1 to 65535, such as {name}=8000.")
    return int(value)


def development_env(environ: Mapping[str, str] = os.environ, root: Path = PROJECT_ROOT) -> Dict[str, str]:
    """The environment every process of a development copy gets.

    Creates VAR_DIR and its secrets file (mode 600) where they are missing. Paths are absolute, URLs are on loopback.
    Raises EnvError for a port that is none.
    """
    given = {key: value for key, value in environ.items() if value}
    given = {**read_env_file(root / ".env"), **given}
    var_dir = (root / Path(given.get("VAR_DIR", "var")).expanduser()).resolve()
    env = {**_secrets(var_dir / "dev.env"), **given, "VAR_DIR": str(var_dir)}

    port = _port("PORT", env.setdefault("PORT", "8000"))
    for name, offset in PORT_OFFSETS.items():
        _port(name, env.setdefault(name, str(port + offset)))
    fakes = f"http://127.0.0.1:{env['FAKES_PORT']}"
    defaults = {
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{var_dir}/concierge.sqlite3",
        "REDIS_URL": f"redis://127.0.0.1:{env['BROKER_PORT']}/0",
        "BOT_URLS": f"http://127.0.0.1:{env['BOT_PORT']}",
        "ACTIONS_URL": f"http://127.0.0.1:{env['ACTIONS_PORT']}/webhook",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "FAKES_URL": fakes,
        "TWILIO_API_BASE_URL": f"{fakes}/twilio",
        "WECHAT_API_BASE_URL": f"{fakes}/wechat",
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **env}


def taken_port(env: Mapping[str, str]) -> str:
    """One sentence about the first port of this copy that is taken, or an empty string when all are free."""
    for name in ("PORT", *PORT_OFFSETS):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(env[name])))
            except OSError:
                return (
                    f"Port {env[name]} ({name}) is taken: stop the program that has it (a copy still running?), "
                    f"or take other ports with `PORT={int(env['PORT']) + 100} make run`."
                )
    return ""


def _secrets(path: Path) -> Dict[str, str]:
    """The copy's own secrets; adds the ones that are missing, so a newer version of the project finds its own."""
    values = read_env_file(path)
    missing = {name: make() for name, make in _GENERATED.items() if name not in values}
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        with os.fdopen(
            os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
        ) as file:
            if new:
                file.write("# Secrets of this development copy, made at first run. Delete the file for new ones.\n")
            file.writelines(f"{name}={value}\n" for name, value in missing.items())
    return {**values, **missing}
