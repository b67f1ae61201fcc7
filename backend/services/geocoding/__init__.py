"""Finding a place from the words people say where they are by: our own places first, an outside geocoder after."""

from backend.services.geocoding.finder import Found, NotFound, Outside, PlaceFinder, Unsure
from backend.services.geocoding.landmarks import CityLandmarks, Landmark, Landmarks
from backend.services.geocoding.phrases import place_words

__all__ = [
    "CityLandmarks",
    "Found",
    "Landmark",
    "Landmarks",
    "NotFound",
    "Outside",
    "PlaceFinder",
    "Unsure",
    "place_words",
]
