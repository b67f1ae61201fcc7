"""The action server: `python -m actions`. ACTIONS_HOST (127.0.0.1) and ACTIONS_PORT (8002) say where.

rasa-sdk's own command starts a second process, which costs its memory twice, cannot hand our actions over, and outlives
a killed parent. Its application is served here by one process instead.
"""

from __future__ import annotations

import logging
import os

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from backend import logs

KEEP_ALIVE_SECONDS = 120


def build() -> Sanic:
    """rasa-sdk's application with every action of this package."""
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=None)
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_SECONDS
    return app


def main() -> None:
    """Serves until it is told to stop."""
    logs.configure("actions")
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    host, port = os.environ.get("ACTIONS_HOST") or "127.0.0.1", int(os.environ.get("ACTIONS_PORT") or 8002)
    build().run(host=host, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
