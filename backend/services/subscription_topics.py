"""What people may subscribe to, with the parameters of each topic and the key its subscriptions are found by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Air quality is told when it is worse than one of these, in the words of HJ 633: an index above 100, 150, 200, 300.
AIR_LEVELS = ("light", "moderate", "heavy", "severe")
ANYWHERE = "*"


class InvalidSubscription(ValueError):
    """Nothing one can subscribe to: `field` is what is wrong, the message says what would be right."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Param:
    """A parameter: the kinds of record it may name, or the values it may have. `otherwise` stands where it is left
    out; None: it must be given.
    """

    kinds: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    otherwise: str | None = None


@dataclass(frozen=True)
class Topic:
    """A topic. `about` makes the key of a subscription from its parameters."""

    params: Mapping[str, Param]
    about: Callable[[Mapping[str, str]], str]


_DISTRICT = {"district": Param(("district",), otherwise=ANYWHERE)}
_PLACES = ("attraction", "beach", "clinic", "hub")

TOPICS: Mapping[str, Topic] = {
    "alerts": Topic(_DISTRICT, lambda given: given["district"]),
    "wind": Topic(_DISTRICT, lambda given: given["district"]),
    "sea": Topic({"place": Param(("beach",), otherwise=ANYWHERE)}, lambda given: given["place"]),
    "beach_flag": Topic({"place": Param(("beach",), otherwise=ANYWHERE)}, lambda given: given["place"]),
    "air_quality": Topic(
        {"level": Param(values=AIR_LEVELS, otherwise="moderate"), **_DISTRICT},
        lambda given: f"{given['level']}@{given['district']}",
    ),
    "closure": Topic({"place": Param(_PLACES)}, lambda given: given["place"]),
    "bus_line": Topic({"line": Param(("bus_line",))}, lambda given: given["line"]),
}


def checked(topic: str, params: Mapping[str, Any], exists: Callable[[str], bool]) -> tuple[dict[str, str], str]:
    """The parameters in full and the key of the subscription. `exists` says whether there is a record of an id.

    Raises InvalidSubscription.
    """
    if topic not in TOPICS:
        raise InvalidSubscription("topic", f"{topic[:40]!r} is no topic; topics are {', '.join(TOPICS)}")
    known = TOPICS[topic].params
    for name in params:
        if name not in known:
            raise InvalidSubscription(f"params.{name}"[:60], f"{topic} takes {', '.join(known)}")
    full = {name: _value(name, param, params.get(name), exists) for name, param in known.items()}
    return full, TOPICS[topic].about(full)


def _value(name: str, param: Param, given: Any, exists: Callable[[str], bool]) -> str:
    if given is None or given == param.otherwise:
        if param.otherwise is None:
            raise InvalidSubscription(f"params.{name}", f"must name {_or(param.kinds or param.values)}")
        return param.otherwise
    if not isinstance(given, str):
        raise InvalidSubscription(f"params.{name}", "is text")
    if param.values and given not in param.values:
        raise InvalidSubscription(f"params.{name}", f"is {_or(param.values)}")
    if param.kinds and (given.partition(":")[0] not in param.kinds or not exists(given)):
        raise InvalidSubscription(f"params.{name}", f"there is no {_or(param.kinds)} {given[:60]!r}")
    return given


def _or(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else words)
