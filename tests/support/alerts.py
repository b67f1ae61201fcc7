"""CAP messages as a weather service sends them, and the system that sends them."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

from backend.models import Alert
from backend.services.cap import Area, Info, Message, Named, Reference, write
from backend.services.clients import Client
from tests.support.container import Clock, Parts

SENDER = "weather@city.example.org"
BEIDAIHE = Named("GB/T 2260", "130304")
CITY = Named("GB/T 2260", "130300")
_NUMBERS = itertools.count(1)
HERE = dt.timezone(dt.timedelta(hours=8))


def info(lang: str = "zh-CN", **changed: Any) -> Info:
    """A severe gale in Beidaihe, in one language."""
    given: dict[str, Any] = {
        "language": lang,
        "categories": ("Met",),
        "event": "大风" if lang.startswith("zh") else "Gale",
        "headline": "北戴河区大风橙色预警" if lang.startswith("zh") else "Orange gale warning for Beidaihe",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "areas": (Area("北戴河区", geocodes=(BEIDAIHE,)),),
    }
    return Info(**{**given, **changed})


class WeatherService:
    """Sends messages; times are told from the tests' clock."""

    def __init__(self, parts: Parts, clock: Clock, name: str = "weather", senders: tuple[str, ...] = ()) -> None:
        self.parts, self.clock = parts, clock
        self.token = parts.clients.issue_token(name, ["alerts.write", "events.read"], senders)
        found = parts.clients.of_token(self.token)
        assert found is not None
        self.client: Client = found

    def at(self, hours: float = 0) -> dt.datetime:
        return (self.clock.now() + dt.timedelta(hours=hours)).astimezone(HERE).replace(microsecond=0)

    def message(self, *infos: Info, hours: float = 6, about: Alert | Message | None = None, **changed: Any) -> Message:
        """A message that holds for some hours; `about` is the one it updates or cancels."""
        given: dict[str, Any] = {
            "identifier": f"QHD-{next(_NUMBERS)}",
            "sender": SENDER,
            "sent": self.at(),
            "status": "Actual",
            "msg_type": "Alert" if about is None else "Update",
            "scope": "Public",
            "infos": tuple(replace(one, expires=one.expires or self.at(hours)) for one in infos or (info(),)),
        }
        if about is not None:
            given["references"] = (Reference(about.sender, about.identifier, about.sent.astimezone(HERE)),)
        return Message(**{**given, **changed})

    def send(self, *infos: Info, **changed: Any) -> Alert:
        """Sends a message made as `message` does; the row it became."""
        return self.parts.alerts.take_in(write(self.message(*infos, **changed)), self.client).alert
