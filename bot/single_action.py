"""One action answers a turn. Written for Rasa 3.6.21, like bot/action_client.py.

Every rule of ours is an intent and one action (tests/guards holds them to it). Rasa asks its policies after that action
what to do next, and they always say "listen": a tenth of the bot's time. Here nobody asks.
"""

from __future__ import annotations

from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, DEFAULT_ACTION_NAMES
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

_ASKS_NO_MORE = {ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME}


def install() -> None:
    """Every processor made by Rasa ends the turn after an action of ours from now on."""
    MessageProcessor.should_predict_another_action = staticmethod(goes_on_after)


def goes_on_after(action_name: str) -> bool:
    """Whether the policies choose another action after this one: only after those Rasa itself brings."""
    return action_name in DEFAULT_ACTION_NAMES and action_name not in _ASKS_NO_MORE


def listen(tracker: DialogueStateTracker) -> None:
    """What the policies would have said: the tracker is ready for the next message of its turn."""
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
