"""The one object behind the fake app: configuration, what was received, and the faults switched on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import urllib3
from flask import current_app

from dev.fakes.config import FakesConfig
from dev.fakes.faults import Faults
from dev.fakes.feed import Feed
from dev.fakes.scheduler import Scheduler

WECHAT_ERROR_MODES = frozenset({"40001", "42001", "45009", "45015", "45047", "48002"})
STATUSES = ("queued", "sent", "delivered")


@dataclass
class TwilioState:
    """Twilio's side: messages by sid, and how deliveries end."""

    faults: Faults = field(default_factory=Faults)
    messages: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)
    opted_out: set[str] = field(default_factory=set)
    undelivered: dict[str, int] = field(default_factory=dict)
    statuses: tuple[str, ...] = STATUSES
    drop_status: bool = False
    carrier_opt_out: bool = False


@dataclass
class WeChatWindow:
    """How many customer-service messages a person may still get, and until when (monotonic seconds)."""

    left: int
    until: float


@dataclass
class WeChatState:
    """WeChat's side: the token in force, each person's window, and who refuses messages."""

    faults: Faults = field(default_factory=lambda: Faults(WECHAT_ERROR_MODES))
    token: str = ""
    token_until: float = 0.0
    tokens_issued: int = 0
    expired_tokens: set[str] = field(default_factory=set)
    windows: OrderedDict[str, WeChatWindow] = field(default_factory=OrderedDict)
    refused: set[str] = field(default_factory=set)


class State:
    """Shared by all request threads; `lock` guards the Twilio and WeChat parts (feed and faults guard themselves)."""

    def __init__(self, config: FakesConfig) -> None:
        self.config = config
        self.feed = Feed(config.feed_size)
        self.scheduler = Scheduler()
        self.lock = RLock()
        self.twilio = TwilioState()
        self.wechat = WeChatState()
        # Providers keep their connections to a webhook open, and opening one anew costs more than the request.
        # Not through `requests`: on a machine that also runs what is measured, half of a fake's time went there.
        self.http = urllib3.PoolManager(maxsize=64, retries=False)

    def reset(self) -> None:
        """Forget all messages, tokens, windows and faults."""
        with self.lock:
            self.scheduler.clear()
            self.feed.clear()
            self.twilio.faults.reset()
            self.wechat.faults.reset()
            self.twilio = TwilioState(faults=self.twilio.faults)
            self.wechat = WeChatState(faults=self.wechat.faults)


def state() -> State:
    """The state of the app that serves this request."""
    current: State = current_app.extensions["fakes"]
    return current
