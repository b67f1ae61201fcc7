"""What speaks for a place in somebody's plan, and what rules it out; each point has a reason to be said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from backend.city_pack.plan_rules import PlanRules
from backend.models import Place
from backend.services.plans.prices import ticket_yuan
from backend.services.plans.wishes import Wishes

ReasonCode = Literal["asked", "like", "suits", "evening", "rating", "free", "near", "open"]
Narrower = Callable[[Sequence[str]], tuple[str, ...]]

# The weights say what goes before what; their sum means nothing. A wish outweighs any rating, and half an hour on a bus
# (see planner) outweighs one step of confidence.
_ASKED, _KEPT, _LIKE, _SUITS, _EVENING = 50.0, 3.0, 6.0, 2.5, 3.0
_RATING_STEP = 0.7
_CONFIDENCE = {"high": 1.0, "medium": 0.5, "low": -1.5}
_HOURS_NOT_KNOWN = -2.0
_PRICE_NOT_KNOWN = -1.0
_OUT_OF_SEASON = -5.0
_SHOWN_BEFORE = -4.5  # where there is little to choose from, better again than nothing
_NEVER = ("closed", "suspended")


@dataclass(frozen=True)
class Reason:
    """Why a place is in a plan; `term` is the tag or category it is about, `count` the stars of its rating."""

    code: ReasonCode
    term: str = ""
    count: int = 0


@dataclass(frozen=True)
class Judgement:
    """What a place is worth in a plan, and why."""

    worth: float
    reasons: tuple[Reason, ...]


class Judge:
    """Judges places for wishes on a day. `narrower` gives terms together with those below them."""

    def __init__(
        self, wishes: Wishes, rules: PlanRules, day: dt.date, evening: bool, keep: Sequence[str], narrower: Narrower
    ) -> None:
        self._wishes, self._rules, self._day, self._evening = wishes, rules, day, evening
        self._keep = frozenset(keep)
        self._likes = {like: frozenset(narrower([like])) for like in wishes.likes}
        denied = set(narrower(wishes.dislikes))
        for company in wishes.company:
            denied.update(rules.company[company].dislikes)
        if wishes.gentle:
            denied |= rules.strenuous
        # Somebody who asks for hiking with the children gets it.
        liked = {term for terms in self._likes.values() for term in terms}
        self._denied = (denied - liked) | set(narrower(wishes.dislikes))

    def fits(self, place: Place) -> bool:
        """Whether the place may be in the plan at all, by what it is. What was asked for by name fits unless it is out
        of service.
        """
        wishes = self._wishes
        if place.status in _NEVER or place.id in wishes.without:
            return False
        if place.id in wishes.must:
            return True
        return (
            place.status != "unknown"
            and (not wishes.area or place.district == wishes.area)
            and self._denied.isdisjoint(terms_of(place))
        )

    def judge(self, place: Place, hours_known: bool) -> Judgement:
        """What speaks for and against a place that fits."""
        terms = terms_of(place)
        worth = _CONFIDENCE.get(place.confidence, -1.5) + (0 if hours_known else _HOURS_NOT_KNOWN)
        reasons: list[Reason] = []
        if place.id in self._wishes.must:
            worth += _ASKED
            reasons.append(Reason("asked"))
        elif place.id in self._keep and place.id not in self._wishes.skip:
            worth += _KEPT
        liked = [like for like, below in self._likes.items() if not below.isdisjoint(terms)]
        worth += _LIKE * min(2, len(liked))
        reasons += [Reason("like", like) for like in liked[:2]]
        suiting = [
            tag for company in self._wishes.company for tag in self._rules.company[company].likes if tag in terms
        ]
        worth += _SUITS * min(2, len(suiting))
        reasons += [Reason("suits", tag) for tag in suiting[:1] if tag not in liked]
        if self._evening:
            tonight = [tag for tag in place.tags if tag in self._rules.evening]
            worth += _EVENING * min(1, len(tonight))
            reasons += [Reason("evening", tag) for tag in tonight[:1]]
        if place.rating:
            worth += _RATING_STEP * len(place.rating)
            reasons.append(Reason("rating", count=len(place.rating)))
        price = ticket_yuan(place)
        if price is None and self._wishes.budget is not None:
            worth += _PRICE_NOT_KNOWN
        if price == 0:
            worth += 0.3
            reasons.append(Reason("free"))
        if place.id in self._wishes.skip:
            worth += _SHOWN_BEFORE
        if self._out_of_season(place):
            worth += _OUT_OF_SEASON
        return Judgement(worth, tuple(reasons))

    def _out_of_season(self, place: Place) -> bool:
        """Whether all that a place is known for, or the first thing of it, is for other months."""
        seasonal = [tag for tag in place.tags if tag in self._rules.seasons]
        return bool(seasonal) and all(self._day.month not in self._rules.seasons[tag] for tag in seasonal)


def terms_of(place: Place) -> frozenset[str]:
    """The category and the tags of a place, as gazetteer ids."""
    return frozenset((place.category, *place.tags))


def visit_minutes(place: Place, rules: PlanRules) -> int:
    """How long people stay: the longest of its tags, else its category, else the usual."""
    by_tag = [rules.visits[tag] for tag in place.tags if tag in rules.visits]
    return max(by_tag) if by_tag else rules.visits.get(place.category, rules.default_visit)
