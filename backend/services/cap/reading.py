"""From XML to a message. What is no CAP 1.2, or is made to harm, is refused with everything that is wrong with it."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from backend.services.cap.elements import ALERT, Element
from backend.services.cap.message import Area, Info, Message, Named, Resource

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
# Where the schema lets other elements stand: signatures at the end of the message. They are not looked into.
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# A message of a weather service in twenty languages has a tenth of this.
MAX_BYTES = 512 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 24
# So many things that are wrong are named.
MAX_PROBLEMS = 20


class InvalidCap(ValueError):
    """What was given is no CAP 1.2 message; `problems` says where and how, for who made it."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems[:MAX_PROBLEMS]
        super().__init__("; ".join(self.problems))


class _Bounded(TreeBuilder):
    """Builds a tree of bounded depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: Any) -> Any:
        self._depth, self._count = self._depth + 1, self._count + 1
        if self._depth > MAX_DEPTH:
            raise InvalidCap(f"elements stand more than {MAX_DEPTH} deep")
        if self._count > MAX_ELEMENTS:
            raise InvalidCap(f"there are more than {MAX_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Any:
        self._depth -= 1
        return super().end(tag)


def read(xml: bytes) -> Message:
    """The message in a document of XML. Raises InvalidCap."""
    root = _tree(xml)
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise InvalidCap(f"the document is <{_shown(root.tag)}>, not <alert> in the namespace {NAMESPACE}")
    problems: list[str] = []
    values = _values(root, ALERT, "alert", problems, signed=True)
    if problems:
        raise InvalidCap(*problems)
    message = _message(values)
    if problems := rules(message):
        raise InvalidCap(*problems)
    return message


def rules(message: Message) -> list[str]:
    """What is wrong with a message whose elements are right one by one (section 3.2)."""
    found = []
    if message.msg_type != "Alert" and not message.references:
        found.append(f"alert/references: a message of type {message.msg_type} names the messages it is about")
    if message.scope == "Restricted" and not message.restriction:
        found.append("alert/restriction: must stand where the scope is Restricted")
    if message.scope == "Private" and not message.addresses:
        found.append("alert/addresses: must stand where the scope is Private")
    for number, info in enumerate(message.infos, start=1):
        for at, area in enumerate(info.areas, start=1):
            if area.ceiling and not area.altitude:
                found.append(f"alert/info[{number}]/area[{at}]/ceiling: stands only beside an altitude")
    return found


def _tree(xml: bytes) -> Node:
    if len(xml) > MAX_BYTES:
        raise InvalidCap(f"the message is larger than {MAX_BYTES // 1024} KiB")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(xml)
        root: Node = parser.close()
    except DefusedXmlException as error:
        raise InvalidCap("a document type or an entity is declared, which no message needs: leave it out") from error
    except ParseError as error:
        raise InvalidCap(f"the XML is not well formed: {error}") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, InvalidCap):
            raise
        raise InvalidCap("the XML cannot be read: write it in UTF-8") from error
    return root


def _values(
    node: Node, rows: tuple[Element, ...], path: str, problems: list[str], signed: bool = False
) -> dict[str, list[Any]]:
    """What the elements below a node hold, by name; adds to `problems` what the table does not allow."""
    _check_plain(node, path, problems)
    found: dict[str, list[Any]] = {row.name: [] for row in rows}
    order = {row.name: at for at, row in enumerate(rows)}
    reached = 0
    for child in node:
        space, _, name = child.tag.rpartition("}")
        if signed and space == f"{{{SIGNATURES}":
            reached = len(rows)
            continue
        if space != f"{{{NAMESPACE}" or name not in order:
            problems.append(f"{path}: <{_shown(child.tag)}> may not stand here")
            continue
        if order[name] < reached:
            problems.append(f"{path}: <{name}> stands too late; the order is {', '.join(order)}")
        reached = max(reached, order[name])
        row = rows[order[name]]
        where = f"{path}/{name}" + (f"[{len(found[name]) + 1}]" if row.most is None else "")
        found[name].append(_value(child, row, where, problems))
    for row in rows:
        count = len(found[row.name])
        if count < row.least:
            problems.append(f"{path}: <{row.name}> is missing")
        if row.most is not None and count > row.most:
            problems.append(f"{path}: <{row.name}> stands {count} times; once is allowed")
    return found


def _value(node: Node, row: Element, path: str, problems: list[str]) -> Any:
    if isinstance(row.holds, tuple):
        return _values(node, row.holds, path, problems)
    if len(node):
        problems.append(f"{path}: holds elements where text is expected")
        return None
    _check_plain(node, path, problems, text=True)
    try:
        return row.holds(node.text or "")
    except ValueError as error:
        problems.append(f"{path}: {error}")
        return None


def _check_plain(node: Node, path: str, problems: list[str], text: bool = False) -> None:
    """No attribute but those of schemas, and between elements nothing but blanks."""
    for name in node.attrib:
        if not name.startswith(f"{{{SCHEMA_INSTANCE}}}"):
            problems.append(f"{path}: the attribute {_shown(name)} may not stand here")
    between = [child.tail or "" for child in node] + ([] if text else [node.text or ""])
    if any(part.strip() for part in between):
        problems.append(f"{path}: text stands between the elements")


def _shown(tag: str) -> str:
    return tag.rpartition("}")[2][:40]


def _message(values: dict[str, list[Any]]) -> Message:
    return Message(
        identifier=_one(values, "identifier"),
        sender=_one(values, "sender"),
        sent=_one(values, "sent"),
        status=_one(values, "status"),
        msg_type=_one(values, "msgType"),
        scope=_one(values, "scope"),
        source=_one(values, "source"),
        restriction=_one(values, "restriction"),
        addresses=_one(values, "addresses"),
        codes=tuple(values["code"]),
        note=_one(values, "note"),
        references=_one(values, "references", ()),
        incidents=_one(values, "incidents"),
        infos=tuple(_info(info) for info in values["info"]),
    )


def _info(values: dict[str, list[Any]]) -> Info:
    given = {"language": values["language"][0]} if values["language"] else {}
    return Info(
        **given,
        categories=tuple(values["category"]),
        event=_one(values, "event"),
        response_types=tuple(values["responseType"]),
        urgency=_one(values, "urgency"),
        severity=_one(values, "severity"),
        certainty=_one(values, "certainty"),
        audience=_one(values, "audience"),
        event_codes=_named(values["eventCode"]),
        effective=_one(values, "effective", None),
        onset=_one(values, "onset", None),
        expires=_one(values, "expires", None),
        sender_name=_one(values, "senderName"),
        headline=_one(values, "headline"),
        description=_one(values, "description"),
        instruction=_one(values, "instruction"),
        web=_one(values, "web"),
        contact=_one(values, "contact"),
        parameters=_named(values["parameter"]),
        resources=tuple(_resource(resource) for resource in values["resource"]),
        areas=tuple(_area(area) for area in values["area"]),
    )


def _resource(values: dict[str, list[Any]]) -> Resource:
    return Resource(
        description=_one(values, "resourceDesc"),
        mime_type=_one(values, "mimeType"),
        size=_one(values, "size"),
        uri=_one(values, "uri"),
        deref_uri=_one(values, "derefUri"),
        digest=_one(values, "digest"),
    )


def _area(values: dict[str, list[Any]]) -> Area:
    return Area(
        description=_one(values, "areaDesc"),
        polygons=tuple(values["polygon"]),
        circles=tuple(values["circle"]),
        geocodes=_named(values["geocode"]),
        altitude=_one(values, "altitude"),
        ceiling=_one(values, "ceiling"),
    )


def _named(found: list[dict[str, list[Any]]]) -> tuple[Named, ...]:
    return tuple(Named(_one(one, "valueName"), _one(one, "value")) for one in found)


def _one(values: dict[str, list[Any]], name: str, otherwise: Any = "") -> Any:
    return values[name][0] if values[name] else otherwise
