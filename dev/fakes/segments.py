"""Counts SMS segments as carriers do: GSM 03.38 in 7-bit units, anything else in UTF-16 units.

Written apart from the backend's own counter, so that the two check each other.
Source: 3GPP TS 23.038 section 6.2.1 (alphabets); TS 23.040 section 9.2.3.24.1 (a concatenation header takes 6 octets).
"""

from __future__ import annotations

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class SegmentCount:
    """`encoding` is GSM-7 or UCS-2, `units` septets or UTF-16 code units, `segments` what a carrier bills."""

    encoding: str
    units: int
    segments: int


def count(body: str) -> SegmentCount:
    """Segments of one message body. A character is never split over two segments."""
    gsm = all(c in BASIC or c in EXTENSION for c in body)
    if gsm:
        sizes = [2 if c in EXTENSION else 1 for c in body]
        single, multi = 160, 153
    else:
        sizes = [2 if ord(c) > 0xFFFF else 1 for c in body]
        single, multi = 70, 67
    units = sum(sizes)
    if units <= single:
        segments = 1
    else:
        segments, room = 1, multi
        for size in sizes:
            if size > room:
                segments, room = segments + 1, multi
            room -= size
    return SegmentCount("GSM-7" if gsm else "UCS-2", units, segments)
