"""City packs: a city is a folder of data. `load` reads one, checks all of it and gives plain values."""

from backend.city_pack.coast import Coast, load_coast
from backend.city_pack.emergency import find_emergencies
from backend.city_pack.errors import InvalidPack, PackError
from backend.city_pack.loader import load, load_basics
from backend.city_pack.model import (
    AqiStation,
    Article,
    BusLine,
    BusNetwork,
    City,
    CityBasics,
    CityPack,
    Division,
    EmergencyGroup,
    EmergencyLexicon,
    Hotline,
    Place,
    Station,
    Symptom,
    SymptomTable,
    Term,
    Threshold,
)

__all__ = [
    "AqiStation",
    "Article",
    "BusLine",
    "BusNetwork",
    "City",
    "CityBasics",
    "CityPack",
    "Coast",
    "Division",
    "EmergencyGroup",
    "EmergencyLexicon",
    "Hotline",
    "InvalidPack",
    "PackError",
    "Place",
    "Station",
    "Symptom",
    "SymptomTable",
    "Term",
    "Threshold",
    "find_emergencies",
    "load",
    "load_basics",
    "load_coast",
]
