"""How Rasa calls the action server, put right in three places. Written for Rasa 3.6.21 and refusing any other.

1. `RemoteAction._validate_action_result` lets jsonschema check its own schema again for every single answer: three
   quarters of the time of an action-backed turn. Here the validator is built once, by a faster library.
2. Rasa swallows every failure of an action and goes on without an answer. Here the failure is noted, so that the
channel can tell
   "no action server" (try again later) from "this turn fails".
3. For each event of an answer Rasa walks through all classes of events to find its own. Here it is found once.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Dict, List

import aiohttp
import rasa
from jsonschema_rs import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException

WRITTEN_FOR = "3.6.21"


class ActionFailures:
    """What went wrong while actions of one turn ran."""

    def __init__(self) -> None:
        self.unreachable = False
        self.reasons: List[str] = []


current_failures: ContextVar[ActionFailures] = ContextVar("current_failures")


def install() -> None:
    """Puts these changes in place, once. Raises RasaException under another Rasa version."""
    if rasa.__version__ != WRITTEN_FOR:
        raise RasaException(
            f"bot/action_client.py was written for Rasa {WRITTEN_FOR}, this is {rasa.__version__}: look at it again"
        )
    if getattr(RemoteAction, "concierge_installed", False):
        return
    validator = Draft202012Validator(RemoteAction.action_response_format_spec(), mask="it")
    original_run = RemoteAction.run

    def validate_once(self: RemoteAction, result: Dict[str, Any]) -> bool:
        problem = next(validator.iter_errors(result), None)
        if problem is not None:
            raise RasaException(f"action server response: {problem.message}")
        return True

    async def run_noting_failures(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await original_run(self, *args, **kwargs)
        except Exception as error:
            failures = current_failures.get(None)
            if failures is not None:
                cause = error.__cause__ or error.__context__ or error
                failures.unreachable |= isinstance(cause, (aiohttp.ClientConnectionError, TimeoutError))
                failures.reasons.append(f"{self.name()}: {type(cause).__name__}")
            raise

    RemoteAction._validate_action_result = validate_once
    RemoteAction.run = run_noting_failures
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    RemoteAction.concierge_installed = True
