"""Booking codes that survive a telephone: no two signs that look or sound alike, and the last one checks the others."""

from __future__ import annotations

import re
import secrets

# A part of `values.CODE_ALPHABET` without B (8), S (5), Z (2), L, N (M), U (V): 23 signs, a prime number, so that the
# check sign finds every single wrong sign and every two that changed places.
ALPHABET = "34679ACDEFGHJKMPQRTVWXY"
LENGTH = 6
_NOISE = re.compile(r"[\s\-–—_.·]+")
# What people write for a sign that no code has.
_MEANT = str.maketrans({"N": "M", "U": "V", "I": "J"})


def new_code() -> str:
    """A random code with a letter and a digit in it, as people expect of one. Unlikely, not sure, to be new."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = body + _check(body)
        if any(sign.isdigit() for sign in code) and any(sign.isalpha() for sign in code):
            return code


def read_code(typed: str) -> str | None:
    """The code somebody typed or read out, in small letters, in groups, with a slip of a look-alike; None where it is
    none.
    """
    code = _NOISE.sub("", typed).upper()
    if len(code) != LENGTH:
        return None
    for candidate in (code, code.translate(_MEANT)):
        if all(sign in ALPHABET for sign in candidate) and _check(candidate[:-1]) == candidate[-1]:
            return candidate
    return None


def grouped(code: str) -> str:
    """The code as it is shown: K7M-4RX."""
    return f"{code[:3]}-{code[3:]}"


def _check(body: str) -> str:
    """The sign that makes the sum of all, each times its place, a multiple of 23."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=1))
    # The last place is `LENGTH`; its inverse modulo a prime.
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]
