"""The few words about the city that the pages need, read from the city pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from backend.geo import Datum, Point


@dataclass(frozen=True)
class CityWords:
    """Names by language (`zh`, `en`) and the middle of the map with its datum."""

    names: dict[str, str]
    centre: Point


def load(pack_dir: Path) -> CityWords:
    """Reads `city.yml` of a pack. Raises OSError when it is not there and KeyError when a name is missing."""
    raw = yaml.safe_load((pack_dir / "city.yml").read_text(encoding="utf-8"))
    centre = raw["map_centre"]
    return CityWords(
        names={"zh": raw["name_zh"], "en": raw["name_en"]},
        centre=Point(lat=centre["lat"], lon=centre["lon"], datum=Datum(centre["datum"])),
    )
