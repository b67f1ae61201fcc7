"""Telling people things unasked: a row for each person, placed on one of their channels, sent in the order of its lane.

    tell → notices → placing (the person's order of channels) → outbound messages → sending

Urgent is always next: both steps take what is due by lane, a slice at a time.
"""

from backend.services.notices.telling import LANES, Urgency, tell, tell_all, withdraw

__all__ = ["LANES", "Urgency", "tell", "tell_all", "withdraw"]
