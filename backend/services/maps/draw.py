"""Draws maps as SVG: one place with what is near, or the stops of a plan in their order.

No script, nothing loaded from elsewhere unless tiles are set up, light and dark by the reader's own setting. The same
input gives the same bytes. What is not known is said: a position that is only roughly known, a line that is no road.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree

from backend.city_pack.coast import Coast
from backend.geo import Point
from backend.models import Place
from backend.services.maps import svg
from backend.services.maps.labels import Box, Label, apart, place_label, shortened, text_width
from backend.services.maps.tiles import Tiles
from backend.services.maps.view import Pixel, Size, View, clipped, thinned, view_of
from backend.services.places import Places, Wanted, position
from backend.wording import t

Element = ElementTree.Element

PLACE_SIZE: Size = (320, 180)
ROUTE_SIZE: Size = (320, 240)
# Half the width of a place's map, in metres: near enough to find the way, far enough to know a place or two.
_NEAREST, _FARTHEST = 800.0, 4_000.0
_WANTED_NEAR = 3
_FINEST_ROUTE = 6.0  # metres per pixel
_MAX_NEAR = 16
_FONT, _SMALL, _NOTE = 12.0, 10.0, 8.5
_NUMBERED_R = 9.0
_RANK = {"high": 0, "medium": 1, "low": 2}


def around(places: Places, origin: Point) -> list[Place]:
    """The places people may know near a point, nearest first: what a map shows faintly besides its subject."""
    near = places.nearest(origin, Wanted(kinds=("attraction", "beach", "hub")), limit=60)
    return [found.place for found in near[:40] if not found.place.extra.get("same_as")]


class Maps:
    """Draws maps of places over the coast of the city, with tiles behind them where the operator has set them up."""

    def __init__(self, coast: Coast, tiles: Tiles | None = None) -> None:
        self._coast = coast
        self.tiles = tiles

    def place_map(self, place: Place, near: Sequence[Place], lang: str, size: Size = PLACE_SIZE) -> str:
        """A map of a place and its neighbours, as SVG in pixels of `size`. `near` may hold the place itself.

        Raises ValueError where the position of the place is not known.
        """
        at = _known(place)
        neighbours = [other for other in near if other.id != place.id and position(other) is not None]
        half = _half_width(at, neighbours)
        view = view_of([at], size, 0, 2 * half / size[0])
        picture = self._picture(view, t(lang, "maps-place-title", name=_name(place, lang)))
        taken = self._furniture(picture, view, lang, [place])
        x, y = view.pixel(at)
        rough = place.coord_confidence == "low"
        if rough:
            picture.add("circle", cx=svg.px(x), cy=svg.px(y), r="22", **{"class": "rough"})
        taken.append(Box(x - 9, y - 24, x + 9, y + 4))
        texts = svg.group(picture.root)
        shown = _name(place, lang) + (f" ({t(lang, 'maps-approximate')})" if rough else "")
        label = place_label(shortened(shown, _FONT, size[0] * 0.8), (x, y - 10), 13, _FONT, taken, size, needed=True)
        assert label is not None  # it is needed
        taken.append(label.box)
        named = self._neighbours(picture, view, lang, neighbours, taken)
        picture.add("path", d=f"M{svg.px(x)} {svg.px(y)}l-7.4-11.2a9 9 0 1 1 14.8 0z", **{"class": "pin"})
        picture.add("circle", cx=svg.px(x), cy=svg.px(y - 16), r="3", **{"class": "hole"})
        picture.add("circle", cx=svg.px(x), cy=svg.px(y), r="1.2", **{"class": "at"})
        svg.text(texts, label, "name")
        picture.root.remove(texts)
        picture.root.append(texts)
        desc = t(lang, "maps-around", names=t(lang, "list-join").join(named)) if named else shown
        return picture.finished(desc)

    def route_map(
        self, stops: Sequence[Place], lang: str, size: Size = ROUTE_SIZE, near: Sequence[Place] = (), first: int = 1
    ) -> str:
        """A map of stops in their order, numbered from `first`, as SVG in pixels of `size`.

        Raises ValueError without stops, or where the position of one is not known.
        """
        points = [_known(place) for place in stops]
        view = view_of(points, size, 34, _FINEST_ROUTE)
        picture = self._picture(view, t(lang, "maps-route-title", count=len(stops)))
        taken = self._furniture(picture, view, lang, stops)
        true = [view.pixel(point) for point in points]
        pins = apart(true, 2 * _NUMBERED_R + 2, size, _NUMBERED_R + 4)
        taken += [Box(x - _NUMBERED_R, y - _NUMBERED_R, x + _NUMBERED_R, y + _NUMBERED_R) for x, y in pins]
        lines = svg.group(picture.root)
        labels: list[Label] = []
        way_boxes = _along(pins)
        for place, pin in zip(stops, pins, strict=True):
            text = shortened(_name(place, lang), _FONT, size[0] * 0.66)
            label = place_label(text, pin, _NUMBERED_R + 4, _FONT, taken, size, needed=True, rather_not=way_boxes)
            if label is not None and label.far:
                text = f"{first + len(labels)}. {text}"
                label = place_label(text, pin, _NUMBERED_R + 4, _FONT, taken, size, needed=True, rather_not=way_boxes)
            assert label is not None  # it is needed
            taken.append(label.box)
            labels.append(label)
        ids = {place.id for place in stops}
        others = [place for place in near if place.id not in ids and position(place) is not None]
        self._neighbours(picture, view, lang, others, [*taken, *way_boxes])
        way = " ".join(f"{svg.px(x)},{svg.px(y)}" for x, y in pins)
        if len(pins) > 1:
            svg.child(lines, "polyline", points=way, **{"class": "halo"})
            svg.child(lines, "polyline", points=way, **{"class": "way"})
        for (x, y), (pin_x, pin_y), number in zip(true, pins, range(first, first + len(pins)), strict=True):
            if math.dist((x, y), (pin_x, pin_y)) > 2:
                picture.add(
                    "path", d=f"M{svg.px(x)} {svg.px(y)}L{svg.px(pin_x)} {svg.px(pin_y)}", **{"class": "leader"}
                )
            picture.add("circle", cx=svg.px(x), cy=svg.px(y), r="1.8", **{"class": "at"})
            picture.add("circle", cx=svg.px(pin_x), cy=svg.px(pin_y), r=svg.px(_NUMBERED_R), **{"class": "pin"})
            written = picture.add("text", x=svg.px(pin_x), y=svg.px(pin_y + 4), **{"class": "number"})
            written.text = str(number)
        for label in labels:
            svg.text(picture.root, label, "name")
        names = t(lang, "list-join").join(_name(place, lang) for place in stops)
        return picture.finished(t(lang, "maps-route-desc", names=names))

    def _picture(self, view: View, title: str) -> svg.Picture:
        """The ground: land, tiles where there are some, and the sea."""
        picture = svg.Picture(view.size, title)
        wide, high = str(view.size[0]), str(view.size[1])
        # A picture in the picture: what reaches over its edge is cut off, however large it is shown.
        ground = picture.add("svg", width=wide, height=high)
        svg.child(ground, "rect", width=wide, height=high, **{"class": "land"})
        if self.tiles is not None:
            for url, x, y, side in self.tiles.under(view):
                at = {"x": svg.px(x), "y": svg.px(y), "width": svg.px(side + 0.5), "height": svg.px(side + 0.5)}
                svg.child(ground, "image", href=url, **at)
            return picture
        for ring in self._coast.rings:
            shore = thinned(clipped([view.pixel(point) for point in ring], view.size))
            if len(shore) > 2:
                path = "M" + "L".join(f"{svg.px(x)} {svg.px(y)}" for x, y in shore) + "Z"
                svg.child(ground, "path", d=path, **{"class": "sea"})
        return picture

    def _furniture(self, picture: svg.Picture, view: View, lang: str, places: Sequence[Place]) -> list[Box]:
        """Scale, north, and what the positions are worth; gives the room it takes."""
        width, height = view.size
        metres, length = _scale_bar(view.scale, width * 0.28)
        bar_y = height - 20.0
        said = (
            t(lang, "maps-metres", metres=str(metres))
            if metres < 1000
            else t(lang, "maps-kilometres", kilometres=f"{metres / 1000:g}")
        )
        picture.add("path", d=f"M8 {bar_y - 4:g}v4h{svg.px(length)}v-4", **{"class": "scale"})
        written = picture.add("text", x=svg.px(12 + length), y=svg.px(bar_y), **{"class": "note"})
        written.text = said
        picture.add("path", d=f"M{width - 14} 8l5 14-5-3-5 3z", **{"class": "north"})
        written = picture.add("text", x=str(width - 14), y="31", **{"class": "note mid"})
        written.text = t(lang, "maps-north")
        note = self._note(lang, places)
        written = picture.add("text", x="8", y=svg.px(height - 6), **{"class": "note"})
        written.text = shortened(note, _NOTE, width - 16)
        return [
            Box(0, bar_y - 12, 16 + length + text_width(said, _NOTE), bar_y + 3),
            Box(0, height - 16, 10 + text_width(note, _NOTE), height),
            Box(width - 26, 0, width, 34),
        ]

    def _note(self, lang: str, places: Sequence[Place]) -> str:
        worst = max((place.coord_confidence or "low" for place in places), key=lambda one: _RANK.get(one, 2))
        ages = sorted(place.as_of for place in places if place.as_of)
        note = t(
            lang,
            "maps-note",
            datum="WGS-84",
            source=t(lang, f"maps-source-{worst}"),
            date=ages[0] if ages else t(lang, "date-unknown"),
        )
        if self.tiles is not None:
            return f"{note} · {self.tiles.attribution}" if self.tiles.attribution else note
        return f"{note} · {t(lang, 'maps-coast')}" if self._coast.rings else note

    def _neighbours(
        self, picture: svg.Picture, view: View, lang: str, places: Sequence[Place], taken: Sequence[Box]
    ) -> list[str]:
        """Faint dots, and their names where there is room; gives the names that are shown."""
        taken = list(taken)
        dots: list[tuple[Place, Pixel]] = []
        for place in places:
            point = position(place)
            assert point is not None  # the caller left out the others
            x, y = view.pixel(point)
            dot = Box(x - 3, y - 3, x + 3, y + 3)
            if dot.inside(view.size) and not any(dot.overlap(box) for box in taken) and len(dots) < _MAX_NEAR:
                dots.append((place, (x, y)))
                taken.append(dot)
        shown = []
        for place, at in dots:
            picture.add("circle", cx=svg.px(at[0]), cy=svg.px(at[1]), r="2.4", **{"class": "dot"})
            text = shortened(_name(place, lang), _SMALL, view.size[0] * 0.5)
            label = place_label(text, at, 6, _SMALL, taken, view.size, needed=False)
            if label is not None:
                taken.append(label.box)
                svg.text(picture.root, label, "near")
                shown.append(_name(place, lang))
        return shown


def _known(place: Place) -> Point:
    point = position(place)
    if point is None:
        raise ValueError(f"the position of {place.id} is not known, so it cannot be drawn")
    return point


def _name(place: Place, lang: str) -> str:
    return place.name_zh if lang == "zh" else place.name_en or place.name_zh


def _half_width(at: Point, neighbours: Sequence[Place]) -> float:
    """Metres from the middle to the side, so that some neighbours can be seen."""
    metre = View(at, 1.0, (0, 0))
    centre = metre.pixel(at)
    reach = sorted(
        math.dist(centre, metre.pixel(point)) for other in neighbours if (point := position(other)) is not None
    )
    wanted = reach[min(len(reach), _WANTED_NEAR) - 1] if reach else _NEAREST
    return min(max(wanted * 1.25, _NEAREST), _FARTHEST)


def _scale_bar(scale: float, room: float) -> tuple[int, float]:
    """The roundest length in metres that fits into `room` pixels, and how long it is there."""
    metres = 1
    for power in range(7):
        for step in (1, 2, 5):
            if step * 10**power / scale <= room:
                metres = step * 10**power
    return metres, metres / scale


def _along(pins: Sequence[Pixel]) -> list[Box]:
    """Small boxes along the way, so that no faint name stands on it."""
    boxes = []
    for a, b in pairwise(pins):
        steps = max(1, int(math.dist(a, b) / 8))
        for step in range(steps + 1):
            x, y = a[0] + (b[0] - a[0]) * step / steps, a[1] + (b[1] - a[1]) * step / steps
            boxes.append(Box(x - 3, y - 3, x + 3, y + 3))
    return boxes
