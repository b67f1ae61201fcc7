"""The papers people name when they book: each kind by its own rule.

* Identity card of residents: 18 signs, GB 11643-1999 (birth date and check sign, checked by python-stdnum).
* Passport: ICAO Doc 9303 has up to nine letters and digits in the machine-readable zone; some states print longer ones.
* Mainland travel permit of Hong Kong and Macau residents (回乡证): H or M and eight digits, older cards ten.
* Mainland travel permit of Taiwan residents (台胞证): eight digits, older cards ten with a letter or two in brackets.
* Foreign permanent resident card: 18 digits since 2023 (first digit 9, GB 11643's check sign), fifteen signs before.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import ric

KINDS = ("id_card", "passport", "hk_macau_permit", "taiwan_permit", "residence_card")
_NOISE = re.compile(r"[\s\-–·.]+")
_RULES = {
    "passport": re.compile(r"(?=.*\d)[A-Z0-9]{6,12}"),
    "hk_macau_permit": re.compile(r"[HM]\d{8}(?:\d{2})?"),
    "taiwan_permit": re.compile(r"\d{8}|\d{10}(?:\(?[A-Z]{1,2}\)?)?"),
    "residence_card": re.compile(r"9\d{16}[\dX]|[A-Z]{3}\d{12}"),
}


class InvalidDocument(ValueError):
    """A number that is none of its kind. `kind` is what it should be."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"not a number of a {kind}")
        self.kind = kind


@dataclass(frozen=True)
class Document:
    """A paper: its kind and its number as it stands on it."""

    kind: str
    number: str

    @property
    def hint(self) -> str:
        """What may be shown: the last four signs."""
        return f"…{self.number[-4:]}"


def read_document(kind: str, typed: str) -> Document:
    """A paper as typed, with spaces, small letters or full-width signs. Raises InvalidDocument."""
    number = _NOISE.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if kind == "id_card":
        good = len(number) == 18 and ric.is_valid(number)
    elif kind in _RULES:
        good = _RULES[kind].fullmatch(number) is not None
    else:
        good = False
    if good and kind == "residence_card" and len(number) == 18:
        good = ric.calc_check_digit(number) == number[-1]
    if not good:
        raise InvalidDocument(kind)
    return Document(kind, number)


def guess_kind(typed: str) -> str | None:
    """Which kind a number can only be, for people who give nothing but the number; None where it may be several or
    none.
    """
    fitting = [kind for kind in KINDS if _fits(kind, typed)]
    # Most that is anything else could be some passport, too.
    others = [kind for kind in fitting if kind != "passport"]
    if len(others) > 1:
        return None
    return next(iter(others or fitting), None)


def _fits(kind: str, typed: str) -> bool:
    try:
        read_document(kind, typed)
    except InvalidDocument:
        return False
    return True
