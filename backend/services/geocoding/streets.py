"""Streets and house numbers in addresses, Chinese and English: 文化路258号, "258 Wenhua Road"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What precedes a street in an address: the district, the town, the quarter.
_BEFORE = re.compile(r"^.*(?:[市区县镇乡村园]|片区|古城|老城)(?=.{2})")
_PIECES = re.compile(r"[\s,，、;；/（）()与和及至到—–-]+|^近|(?<=[（(])近")
_ZH = re.compile(
    r"^(?P<street>[\u4e00-\u9fff]{1,9}?(?:大街|大道|大路|胡同|(?<![公铁])路|街|(?<![国省县乡隧])道))"
    r"(?P<stretch>[东南西北中](?:段|路|街)?|[^\d\u4e00-\u9fff]*)?(?P<number>\d{1,5}(?:-\d+)?)?(?P<sign>号)?"
)
_EN = re.compile(
    r"(?:(?P<number>\d{1,5}(?:[-–]\d+)?)\s+)?"
    r"(?P<street>(?:[A-Z][\w'’ü]*\s+){1,3}(?:Road|Street|Avenue|Boulevard|Lane|Rd|St|Ave)\b(?:\s+(?:North|South|East|West))?)"
)
_NOT_STREETS = re.compile(r"^(?:the|near|around|crossing of|corner of|end of|section of)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Door:
    """A street, with a house number where one is given."""

    street: str
    number: str = ""


def doors_in(address: str) -> list[Door]:
    """The streets an address or a message names, in order, each once."""
    found = []
    for piece in filter(None, _PIECES.split(address)):
        match = _ZH.match(_BEFORE.sub("", piece)) or _ZH.match(piece)
        if match and len(match["street"]) > 2:
            found.append(Door(match["street"], (match["number"] or "") if match["sign"] else ""))
    for match in _EN.finditer(address if any(map(str.isupper, address)) else address.title()):
        street = _NOT_STREETS.sub("", match["street"])
        found.append(Door(street, match["number"] or ""))
    return list(dict.fromkeys(found))
