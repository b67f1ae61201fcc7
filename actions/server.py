"""The action server: `python -m actions.server`. rasa-sdk's own application, served by one process on loopback.

rasa-sdk's command line would bind every interface and keep a second process; this keeps neither.
"""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.answering import ACTIONS
from backend import logs
from backend.wiring import container


class Executor(ActionExecutor):
    """Runs actions without the bot's domain: ours do not read it, and Rasa 3.6 sends none (`enable_selective_domain`).

    rasa-sdk 3.21 would otherwise answer 449 and wait for a domain that Rasa 3.6 does not know to send again.
    """

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """An empty domain."""
        return {}


def build() -> Sanic:
    """The application with our actions registered and what they need already loaded."""
    executor = Executor()
    for action in ACTIONS:
        executor.register_action(action)
    parts = container()
    _ = parts.desk, parts.time_zone
    app: Sanic = create_app(executor, cors_origins=[])
    app.config.ACCESS_LOG = False
    return app


def main() -> None:
    """Serves until it is told to stop."""
    logs.configure("actions")
    # It warns with every call that Rasa 3.6 is not its own release; that the two fit is what our contract tests show.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)
    app = build()
    app.prepare(
        host=os.environ.get("ACTIONS_HOST", "127.0.0.1"),
        port=int(os.environ.get("ACTIONS_PORT", "8002")),
        single_process=True,
        access_log=False,
        motd=False,
    )
    Sanic.serve_single(primary=app)


if __name__ == "__main__":
    main()
