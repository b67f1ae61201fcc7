"""Structured logs: one JSON object a line, with the turn id, and without phone numbers."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONG_NUMBER = re.compile(r"(?<![\w.])\+?\d[\d -]{5,}\d(?![\w.])")
# Values that are numbers of ours, not of people.
_OUR_IDS = frozenset({"turn_id", "outbound_id", "timestamp", "conversation_id"})


def mask_numbers(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces all but the last two digits of anything that looks like a phone number, in every text of a log entry."""
    return {
        key: value if key in _OUR_IDS or not isinstance(value, str) else _masked(value) for key, value in event.items()
    }


def _masked(text: str) -> str:
    return _LONG_NUMBER.sub(lambda found: "…" + re.sub(r"\D", "", found.group())[-2:], text)


def configure(process: str, level: int = logging.INFO) -> None:
    """Sends everything logged by this process to stderr as JSON lines."""

    def add_process(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
        event["process"] = process
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_process,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_numbers,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in (
        "twilio.http_client",
        "urllib3",
        "sanic",
        "sanic.access",
        "celery.app.trace",
        "celery.worker.strategy",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
