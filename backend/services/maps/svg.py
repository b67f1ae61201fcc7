"""The SVG that maps are made of: elements, colours, and what a screen reader says."""

from __future__ import annotations

import base64
import hashlib
import re
from xml.etree import ElementTree

from backend.services.maps.labels import Label
from backend.services.maps.view import Size

_NAMESPACE = "http://www.w3.org/2000/svg"
# What XML 1.0 has no way to write, not even escaped.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONTS = 'system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif'
STYLE = (
    "svg{--land:#eef2ee;--sea:#c9e2ec;--shore:#8fbccb;--ink:#16292f;--soft:#52676d;--pin:#c2410c;--on-pin:#fff;"
    "--way:#0d6680;--dot:#7d9298}"
    "@media(prefers-color-scheme:dark){svg{--land:#24353d;--sea:#0f3a4e;--shore:#3f7186;--ink:#e6eff1;--soft:#a0b4ba;"
    "--pin:#f59e6c;--on-pin:#1b120c;--way:#6fc3d8;--dot:#8ba0a7}}"
    f"text{{font-family:{_FONTS};paint-order:stroke;stroke:var(--land);stroke-linejoin:round;fill:var(--ink)}}"
    ".land{fill:var(--land)}.sea{fill:var(--sea);stroke:var(--shore);stroke-width:.8}"
    ".name{font-size:12px;font-weight:650;stroke-width:3px}.near{font-size:10px;fill:var(--soft);stroke-width:2.5px}"
    ".note{font-size:8.5px;fill:var(--soft);stroke-width:2px}.mid{text-anchor:middle}"
    ".number{font-size:11px;font-weight:700;text-anchor:middle;fill:var(--on-pin);stroke:none}"
    ".pin{fill:var(--pin);stroke:var(--land);stroke-width:1.5}.hole{fill:var(--on-pin)}.at{fill:var(--pin)}"
    ".rough{fill:var(--pin);fill-opacity:.12;stroke:var(--pin);stroke-dasharray:3 3}"
    ".dot{fill:var(--dot);stroke:var(--land);stroke-width:1}.leader{stroke:var(--pin);stroke-width:1}"
    ".halo{fill:none;stroke:var(--land);stroke-width:5;stroke-linejoin:round}"
    ".way{fill:none;stroke:var(--way);stroke-width:2.2;stroke-dasharray:5 4;stroke-linejoin:round}"
    ".scale{fill:none;stroke:var(--soft);stroke-width:1.2}.north{fill:var(--soft)}"
)
# What a content security policy needs to let exactly this style be applied.
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


class Picture:
    """An SVG picture of a size in pixels with a title; `finished` gives its text."""

    def __init__(self, size: Size, title: str) -> None:
        width, height = size
        self.root = ElementTree.Element(
            "svg",
            {
                "xmlns": _NAMESPACE,
                "viewBox": f"0 0 {width} {height}",
                "role": "img",
                "aria-labelledby": "t d",
            },
        )
        self.add("title", id="t").text = title
        self._desc = self.add("desc", id="d")
        self.add("style").text = STYLE

    def add(self, tag: str, **attributes: str) -> ElementTree.Element:
        """An element at the end: what comes later lies on top."""
        return child(self.root, tag, **attributes)

    def finished(self, description: str) -> str:
        """The picture as XML text, all of it escaped."""
        self._desc.text = description
        for element in self.root.iter():
            element.text = _NOT_XML.sub("", element.text) if element.text else element.text
        return ElementTree.tostring(self.root, encoding="unicode")


def child(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    """A new element at the end of another."""
    return ElementTree.SubElement(parent, tag, attributes)


def group(parent: ElementTree.Element) -> ElementTree.Element:
    """A group that keeps its place in the order of drawing."""
    return child(parent, "g")


def text(parent: ElementTree.Element, label: Label, kind: str) -> None:
    """A placed name."""
    written = child(parent, "text", x=px(label.x), y=px(label.y), **{"class": kind, "text-anchor": label.anchor})
    written.text = label.text


def px(value: float) -> str:
    """A length in pixels, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
