"""Paying for a booking, as a contract: today people pay at the venue; a payment service would be another of these."""

from __future__ import annotations

from typing import Protocol


class Payments(Protocol):
    """A way of paying."""

    def agree(self, code: str, amount_fen: int, way: str) -> None:
        """Agrees on paying so many fen for a booking in a way that its bookable names, in the transaction that confirms
        it; may be called again for the same. Raises UnknownWay.
        """
        ...


class UnknownWay(ValueError):
    """A bookable wants to be paid in a way nobody implements."""


class AtTheVenue:
    """People pay when they come; there is nothing to do before."""

    def agree(self, code: str, amount_fen: int, way: str) -> None:
        """Raises UnknownWay for any other way."""
        if way != "venue":
            raise UnknownWay(way)
