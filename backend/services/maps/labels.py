"""Where names stand on a map, so that they cover neither pins nor each other."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.services.maps.view import Pixel, Size

Anchor = Literal["start", "middle", "end"]
_LINE = 1.25
_BOLD_FROM = 12
# In square pixels covered: a name upon a line is a blemish, one far from its point is a mistake waiting to happen.
_RATHER_NOT, _FARTHER = 0.05, 14.0


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area both cover, in square pixels."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def inside(self, size: Size) -> bool:
        """Whether all of it can be seen."""
        return self.left >= 1 and self.top >= 1 and self.right <= size[0] - 1 and self.bottom <= size[1] - 1


@dataclass(frozen=True)
class Label:
    """A placed name: where its baseline begins, how it is anchored, what it covers, whether it is far off."""

    text: str
    x: float
    y: float
    anchor: Anchor
    box: Box
    far: bool = False


def text_width(text: str, font: float) -> float:
    """How wide a text is at most, in pixels: a Chinese character is as wide as the font is high, a Latin one up to 0.66
    of that where letters are bold (12 px and more), else 0.58 (DejaVu Sans; the fonts of phones are narrower).
    """
    wide = sum(1 for char in text if unicodedata.east_asian_width(char) in "WFA")
    return font * (wide + (0.66 if font >= _BOLD_FROM else 0.58) * (len(text) - wide))


def shortened(text: str, font: float, room: float) -> str:
    """The text, without what stands in brackets if that makes it fit, else cut between words with an ellipsis."""
    if text_width(text, font) <= room:
        return text
    bare = text.replace("（", "(").partition("(")[0].strip() or text
    if text_width(bare, font) <= room:
        return bare
    kept = bare
    while len(kept) > 1 and text_width(f"{kept}…", font) > room:
        kept = kept[:-1].rstrip()
    words, _, rest = kept.rpartition(" ")
    if rest and words and len(words) > len(kept) // 2 and not bare.startswith(f"{kept} "):
        kept = words
    return f"{kept.rstrip(' -·')}…"


def place_label(
    text: str,
    at: Pixel,
    gap: float,
    font: float,
    taken: Sequence[Box],
    size: Size,
    *,
    needed: bool,
    rather_not: Sequence[Box] = (),
) -> Label | None:
    """The label of a point where there is room for it: to the right, left, below, above, at the corners, farther off.

    Where there is none, the place that covers least if it is `needed`, else None. `rather_not` may be covered if that
    keeps the name near its point: a name far from it is taken for another's.
    """
    width, height = text_width(text, font) + 2, font * _LINE
    best: tuple[float, Label] | None = None
    for (centre_x, centre_y, anchor), steps in _tries(at, gap, height, far=needed):
        left = centre_x if anchor == "start" else centre_x - width if anchor == "end" else centre_x - width / 2
        box = Box(left, centre_y - height / 2, left + width, centre_y + height / 2)
        if needed and not box.inside(size):
            # A name that must be there is moved in from the edge.
            shift = max(0.0, 2 - box.left) - max(0.0, box.right - size[0] + 2)
            drop = max(0.0, 2 - box.top) - max(0.0, box.bottom - size[1] + 2)
            box = Box(box.left + shift, box.top + drop, box.right + shift, box.bottom + drop)
        covered = sum(box.overlap(other) for other in taken)
        bad = covered + _RATHER_NOT * sum(box.overlap(other) for other in rather_not) + _FARTHER * steps
        baseline = (box.top + box.bottom) / 2 + font * 0.36
        middle = (box.left + box.right) / 2
        anchored = box.left + 1 if anchor == "start" else box.right - 1 if anchor == "end" else middle
        label = Label(text, anchored, baseline, anchor, box, steps > 0)
        if bad == 0 and box.inside(size):
            return label
        if best is None or bad < best[0]:
            best = bad, label
    return best[1] if needed and best is not None else None


def _tries(at: Pixel, gap: float, height: float, far: bool) -> list[tuple[tuple[float, float, Anchor], int]]:
    """Where a name may stand, best first: the middle of its line, how it is anchored, and how many steps off it is."""
    x, y = at
    near = gap * 0.75
    tries: list[tuple[tuple[float, float, Anchor], int]] = [
        ((x + gap, y, "start"), 0),
        ((x - gap, y, "end"), 0),
        ((x, y + gap + height / 2, "middle"), 0),
        ((x, y - gap - height / 2, "middle"), 0),
        ((x + near, y + near + height / 4, "start"), 0),
        ((x + near, y - near - height / 4, "start"), 0),
        ((x - near, y + near + height / 4, "end"), 0),
        ((x - near, y - near - height / 4, "end"), 0),
    ]
    for steps in (1, 2, 3) if far else ():
        away = gap + height * steps
        tries += [((x, y + away + height / 2, "middle"), steps), ((x, y - away - height / 2, "middle"), steps)]
        tries += [((x + gap, y + away, "start"), steps), ((x + gap, y - away, "start"), steps)]
        tries += [((x - gap, y + away, "end"), steps), ((x - gap, y - away, "end"), steps)]
    return tries


def apart(points: Sequence[Pixel], distance: float, size: Size, margin: float) -> list[Pixel]:
    """The points moved as little as it takes that no two are nearer than `distance` pixels, all within the margin."""
    moved = list(points)
    for _ in range(80):
        still = True
        for one in range(len(moved)):
            for other in range(one):
                gap = math.dist(moved[one], moved[other])
                if gap >= distance - 0.01:
                    continue
                still = False
                # Points upon each other part along a direction of their own, always the same.
                angle = (
                    math.atan2(moved[one][1] - moved[other][1], moved[one][0] - moved[other][0])
                    if gap > 0.01
                    else 2.4 * one
                )
                push = (distance - gap) / 2
                dx, dy = math.cos(angle) * push, math.sin(angle) * push
                moved[one] = _within(moved[one][0] + dx, moved[one][1] + dy, size, margin)
                moved[other] = _within(moved[other][0] - dx, moved[other][1] - dy, size, margin)
        if still:
            break
    return moved


def _within(x: float, y: float, size: Size, margin: float) -> Pixel:
    return min(max(x, margin), size[0] - margin), min(max(y, margin), size[1] - margin)
