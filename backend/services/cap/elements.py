"""The element table of CAP 1.2 (section 3.2) with its schema's order, multiplicity and value domains (section 3.4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from backend.geo import Datum, Point
from backend.services.cap import message as cap
from backend.services.cap.message import Circle, Polygon, Reference

Value = Callable[[str], object]
# The pattern of the schema. "Alphabetic timezone designators such as Z MUST NOT be used" (3.3.2); UTC is -00:00.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# RFC 3066, section 2.1.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Element:
    """One row of the table: how often the element may stand (`most` None: any number) and what it holds, a value or
    elements.
    """

    name: str
    least: int
    most: int | None
    holds: Value | tuple[Element, ...]


def text(raw: str) -> str:
    """Any text."""
    return raw.strip()


def some_text(raw: str) -> str:
    """Text that is not empty. Raises ValueError."""
    if not raw.strip():
        raise ValueError("is empty")
    return raw.strip()


def identity(raw: str) -> str:
    """An identifier or a sender: no spaces, commas or restricted characters. Raises ValueError."""
    found = some_text(raw)
    if re.search(r"[\s,<&]", found):
        raise ValueError(f"{found[:60]!r} holds a space, a comma, < or &, which the standard does not allow here")
    return found


def one_of(*values: str) -> Value:
    """A value of a list, written exactly so."""

    def check(raw: str) -> str:
        if raw not in values:
            raise ValueError(f"{raw[:40]!r} is none of {', '.join(values)}")
        return raw

    return check


def date_time(raw: str) -> dt.datetime:
    """An aware time: `2003-04-02T14:39:01-05:00`, without fractions and never with Z. Raises ValueError."""
    found = raw.strip()
    if not _DATE_TIME.fullmatch(found):
        raise ValueError(f"{found[:40]!r} is no time as 2003-04-02T14:39:01-05:00; UTC is written -00:00, not Z")
    try:
        moment = dt.datetime.fromisoformat(found)
        moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{found} is no moment there is") from error
    if abs(moment.utcoffset() or dt.timedelta()) > dt.timedelta(hours=14) or not 1970 <= moment.year <= 3000:
        raise ValueError(f"{found} is not of this age, or its offset is beyond 14 hours")
    return moment


def language(raw: str) -> str:
    """A language tag; empty is the standard's default. Raises ValueError."""
    found = raw.strip() or cap.DEFAULT_LANGUAGE
    if not _LANGUAGE.fullmatch(found):
        raise ValueError(f"{found[:40]!r} is no language as zh-CN or en")
    return found


def uri(raw: str) -> str:
    """An address without blanks. Raises ValueError."""
    if re.search(r"\s", raw.strip()):
        raise ValueError("holds a blank")
    return raw.strip()


def decimal(raw: str) -> str:
    """A decimal number, as written. Raises ValueError."""
    if not _DECIMAL.fullmatch(raw.strip()):
        raise ValueError(f"{raw.strip()[:40]!r} is no number")
    return raw.strip()


def whole_number(raw: str) -> str:
    """A whole number, as written. Raises ValueError."""
    if not re.fullmatch(r"[+-]?[0-9]+", raw.strip()):
        raise ValueError(f"{raw.strip()[:40]!r} is no whole number")
    return raw.strip()


def references(raw: str) -> tuple[Reference, ...]:
    """`sender,identifier,sent`, divided by blanks. Raises ValueError."""
    found = []
    for one in raw.split():
        parts = one.split(",")
        if len(parts) != 3:
            raise ValueError(f"{one[:80]!r} is not sender,identifier,sent")
        found.append(Reference(identity(parts[0]), identity(parts[1]), date_time(parts[2])))
    return tuple(found)


def polygon(raw: str) -> Polygon:
    """`lat,lon` pairs divided by blanks, in WGS-84. Raises ValueError where it has less than four or is not closed."""
    points = tuple(_point(pair) for pair in raw.split())
    if len(points) < 4:
        raise ValueError("a polygon has at least four points, the last of them the first")
    if points[0] != points[-1]:
        raise ValueError("the polygon is not closed: its last point must be its first")
    return Polygon(points)


def circle(raw: str) -> Circle:
    """`lat,lon radius`, in WGS-84 and kilometres. Raises ValueError."""
    parts = raw.split()
    if len(parts) != 2:
        raise ValueError("a circle is a point, a blank and a radius in kilometres")
    radius = float(decimal(parts[1]))
    # Half the way around the Earth covers all of it.
    if not 0 <= radius <= 20_040:
        raise ValueError(f"a radius of {parts[1][:20]} km cannot be")
    return Circle(_point(parts[0]), radius)


def _point(pair: str) -> Point:
    numbers = pair.split(",")
    if len(numbers) != 2 or not all(_DECIMAL.fullmatch(number) for number in numbers):
        raise ValueError(f"{pair[:40]!r} is no point as 38.47,-120.14")
    return Point(float(numbers[0]), float(numbers[1]), Datum.WGS84)


_NAMED = (Element("valueName", 1, 1, text), Element("value", 1, 1, text))
_RESOURCE = (
    Element("resourceDesc", 1, 1, text),
    Element("mimeType", 1, 1, some_text),
    Element("size", 0, 1, whole_number),
    Element("uri", 0, 1, uri),
    Element("derefUri", 0, 1, text),
    Element("digest", 0, 1, text),
)
_AREA = (
    Element("areaDesc", 1, 1, text),
    Element("polygon", 0, None, polygon),
    Element("circle", 0, None, circle),
    Element("geocode", 0, None, _NAMED),
    Element("altitude", 0, 1, decimal),
    Element("ceiling", 0, 1, decimal),
)
_INFO = (
    Element("language", 0, 1, language),
    Element("category", 1, None, one_of(*cap.CATEGORY)),
    Element("event", 1, 1, some_text),
    Element("responseType", 0, None, one_of(*cap.RESPONSE_TYPE)),
    Element("urgency", 1, 1, one_of(*cap.URGENCY)),
    Element("severity", 1, 1, one_of(*cap.SEVERITY)),
    Element("certainty", 1, 1, one_of(*cap.CERTAINTY)),
    Element("audience", 0, 1, text),
    Element("eventCode", 0, None, _NAMED),
    Element("effective", 0, 1, date_time),
    Element("onset", 0, 1, date_time),
    Element("expires", 0, 1, date_time),
    Element("senderName", 0, 1, text),
    Element("headline", 0, 1, text),
    Element("description", 0, 1, text),
    Element("instruction", 0, 1, text),
    Element("web", 0, 1, uri),
    Element("contact", 0, 1, text),
    Element("parameter", 0, None, _NAMED),
    Element("resource", 0, None, _RESOURCE),
    Element("area", 0, None, _AREA),
)
ALERT = (
    Element("identifier", 1, 1, identity),
    Element("sender", 1, 1, identity),
    Element("sent", 1, 1, date_time),
    Element("status", 1, 1, one_of(*cap.STATUS)),
    Element("msgType", 1, 1, one_of(*cap.MSG_TYPE)),
    Element("source", 0, 1, text),
    Element("scope", 1, 1, one_of(*cap.SCOPE)),
    Element("restriction", 0, 1, text),
    Element("addresses", 0, 1, text),
    Element("code", 0, None, text),
    Element("note", 0, 1, text),
    Element("references", 0, 1, references),
    Element("incidents", 0, 1, text),
    Element("info", 0, None, _INFO),
)
