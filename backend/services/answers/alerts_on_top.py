"""An alert that holds where a question is about stands above its answer, in one line."""

from __future__ import annotations

from dataclasses import replace

from backend.services.alert_notices import headline
from backend.services.alerts_here import AlertHere, Spot
from backend.services.answers.asking import Answered, Asking, Desk
from backend.services.templates import say_moment
from backend.wording import t

# Answers about the city or a place of it; the rest is talk, and nothing stands above what comes first in an emergency.
_ABOUT_NOWHERE = frozenset(
    {
        "greet", "help", "thanks", "goodbye", "switch_language", "emergency", "human", "hotline", "cancel",
        "memory_show", "memory_forget", "out_of_scope", "fallback", "ask_article",
    }
)  # fmt: skip
_FIRST_OF_ALL = "emergency"
# A headline of an alert may have 160 characters; a longer one than this is said by its event.
MAX_HEADLINE = 40


def on_top(desk: Desk, asking: Asking, answered: Answered) -> Answered:
    """The answer with the gravest alert that touches what it is about above it; as it was where there is none."""
    first, *others = answered.replies
    if asking.intent in _ABOUT_NOWHERE or first.code == _FIRST_OF_ALL:
        return answered
    here = desk.alerts.at(_spot(desk, asking, answered), asking.now, asking.lang)
    if not here:
        return answered
    # In the headline, so that no channel leaves it out; and the answer stays whole below it.
    said = replace(first, headline=f"{_line(here, asking)}\n{first.headline}")
    return replace(answered, replies=[said, *others])


def _spot(desk: Desk, asking: Asking, answered: Answered) -> Spot:
    """What the answer is about: the places it names, the districts asked about, and where the person is."""
    named = dict.fromkeys(
        [
            *asking.places(),
            *([answered.focus] if answered.focus else []),
            *(card.place.id for reply in answered.replies for card in reply.cards if card.place),
        ]
    )
    near_me = asking.location is not None and asking.intent in ("find_nearby", "find_clinic", "share_location")
    return Spot(
        tuple(desk.places.by_ids(list(named))),
        frozenset(asking.districts()),
        asking.location if near_me else None,
    )


def _line(here: list[AlertHere], asking: Asking) -> str:
    first, count = here[0], len({one.alert.thread_id for one in here})
    said = first.info if len(first.info.headline) <= MAX_HEADLINE else replace(first.info, headline="")
    expires = (first.info.expires or first.alert.expires_at).astimezone(asking.now.tzinfo)
    until = say_moment(expires, asking.lang, asking.now.date())
    values = {"headline": headline(said, asking.lang), "until": until}
    if count > 1:
        return t(asking.lang, "alerts-top-more", count=count - 1, **values)
    return t(asking.lang, "alerts-top", **values)
