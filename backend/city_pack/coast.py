"""The sea beside a city, from `coast.geojson`: rings of positions in WGS-84 to draw maps with. Optional in a pack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from backend.geo import Datum, Point

COAST_FILE = "coast.geojson"


@dataclass(frozen=True, slots=True)
class Coast:
    """Rings of sea; `source` and `licence` are those of the coordinates, `accuracy_m` how far off they may be."""

    rings: tuple[tuple[Point, ...], ...] = ()
    source: str = ""
    licence: str = ""
    accuracy_m: int = 0


def load_coast(pack_dir: str | Path) -> Coast:
    """The coast of a pack that was checked before (`load`); an empty one where the pack has none."""
    file = Path(pack_dir) / COAST_FILE
    if not file.exists():
        return Coast()
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    rings = tuple(
        tuple(Point(lat, lon, Datum.WGS84) for lon, lat in ring)
        for feature in features
        for ring in feature["geometry"]["coordinates"]
    )
    about = [feature["properties"] for feature in features]
    return Coast(rings, about[0]["source"], about[0]["licence"], max(one["accuracy_m"] for one in about))
