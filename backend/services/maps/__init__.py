"""Maps people can see, drawn by us as SVG from open coordinates."""

from backend.services.maps.draw import PLACE_SIZE, ROUTE_SIZE, Maps, around
from backend.services.maps.tiles import Tiles

__all__ = ["PLACE_SIZE", "ROUTE_SIZE", "Maps", "Tiles", "around"]
