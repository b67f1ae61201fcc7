"""From a message to XML, in the order of the standard. What is written is read again before it is given out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import SubElement, indent, tostring

from backend.geo import Datum, Point, convert
from backend.services.cap.message import Area, Info, Message, Named, Resource
from backend.services.cap.reading import NAMESPACE, read


def write(message: Message) -> bytes:
    """The message as a document in UTF-8. Raises InvalidCap for one that the standard does not allow."""
    root = Node("alert", {"xmlns": NAMESPACE})
    _text(root, "identifier", message.identifier)
    _text(root, "sender", message.sender)
    _text(root, "sent", date_time(message.sent))
    _text(root, "status", message.status)
    _text(root, "msgType", message.msg_type)
    _optional(root, "source", message.source)
    _text(root, "scope", message.scope)
    _optional(root, "restriction", message.restriction)
    _optional(root, "addresses", message.addresses)
    for code in message.codes:
        _text(root, "code", code)
    _optional(root, "note", message.note)
    named = [f"{one.sender},{one.identifier},{date_time(one.sent)}" for one in message.references]
    _optional(root, "references", " ".join(named))
    _optional(root, "incidents", message.incidents)
    for info in message.infos:
        _info(SubElement(root, "info"), info)
    indent(root)
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    read(document)
    return document


def date_time(moment: dt.datetime) -> str:
    """An aware time as the standard writes it: to the second, UTC as -00:00. Raises ValueError for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time of a message needs its zone")
    written = moment.isoformat(timespec="seconds")
    return f"{written[:19]}-00:00" if not offset else written


def _info(node: Node, info: Info) -> None:
    _text(node, "language", info.language)
    for category in info.categories:
        _text(node, "category", category)
    _text(node, "event", info.event)
    for response in info.response_types:
        _text(node, "responseType", response)
    _text(node, "urgency", info.urgency)
    _text(node, "severity", info.severity)
    _text(node, "certainty", info.certainty)
    _optional(node, "audience", info.audience)
    _named(node, "eventCode", info.event_codes)
    for name, moment in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        if moment is not None:
            _text(node, name, date_time(moment))
    _optional(node, "senderName", info.sender_name)
    _optional(node, "headline", info.headline)
    _optional(node, "description", info.description)
    _optional(node, "instruction", info.instruction)
    _optional(node, "web", info.web)
    _optional(node, "contact", info.contact)
    _named(node, "parameter", info.parameters)
    for resource in info.resources:
        _resource(SubElement(node, "resource"), resource)
    for area in info.areas:
        _area(SubElement(node, "area"), area)


def _resource(node: Node, resource: Resource) -> None:
    _text(node, "resourceDesc", resource.description)
    _text(node, "mimeType", resource.mime_type)
    _optional(node, "size", resource.size)
    _optional(node, "uri", resource.uri)
    _optional(node, "derefUri", resource.deref_uri)
    _optional(node, "digest", resource.digest)


def _area(node: Node, area: Area) -> None:
    _text(node, "areaDesc", area.description)
    for polygon in area.polygons:
        _text(node, "polygon", " ".join(_point(point) for point in polygon.points))
    for circle in area.circles:
        _text(node, "circle", f"{_point(circle.centre)} {_decimal(circle.radius_km)}")
    _named(node, "geocode", area.geocodes)
    _optional(node, "altitude", area.altitude)
    _optional(node, "ceiling", area.ceiling)


def _named(node: Node, name: str, values: Iterable[Named]) -> None:
    for one in values:
        below = SubElement(node, name)
        _text(below, "valueName", one.name)
        _text(below, "value", one.value)


def _point(point: Point) -> str:
    there = convert(point, Datum.WGS84)
    return f"{_decimal(there.lat)},{_decimal(there.lon)}"


def _decimal(number: float) -> str:
    """All digits, never with an exponent."""
    return f"{Decimal(repr(number)):f}"


def _text(node: Node, name: str, text: str) -> None:
    SubElement(node, name).text = text


def _optional(node: Node, name: str, text: str) -> None:
    if text:
        _text(node, name, text)
