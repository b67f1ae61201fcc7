"""A tracker store that stores nothing: the dialogue state comes in with the turn and goes out with its answer.

So the bot may be killed at any moment, any bot can serve any conversation, and a turn costs the same however long the
conversation has been (docs/adr/0002).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Dict, Optional

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.single_action import listen


class TurnMemory:
    """The state a turn starts from, and the tracker it ends with."""

    def __init__(self, state: Optional[Dict[str, Any]]) -> None:
        self.state = state or {}
        self.tracker: Optional[DialogueStateTracker] = None

    def next_state(self) -> Dict[str, Any]:
        """What the next turn needs: the slots that are set and the form that is open, nothing else."""
        if self.tracker is None:
            return self.state
        slots = {
            name: slot.value
            for name, slot in self.tracker.slots.items()
            if slot.value is not None and not name.startswith("session_started")
        }
        return {"slots": slots, "loop": self.tracker.active_loop_name}


# Set by the channel before the turn is handed to Rasa, in the same task.
current_turn: ContextVar[TurnMemory] = ContextVar("current_turn")


class TurnTrackerStore(TrackerStore):
    """Builds the tracker from the turn's state and hands the finished one back to the channel."""

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker of the running turn."""
        memory = current_turn.get()
        if memory.tracker is not None:
            listen(memory.tracker)
            return memory.tracker
        tracker = self.init_tracker(sender_id)
        known = set(tracker.slots)
        events = [SlotSet(name, value) for name, value in memory.state.get("slots", {}).items() if name in known]
        if memory.state.get("loop"):
            events.append(ActiveLoop(memory.state["loop"]))
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        tracker.update_with_events(events, self.domain)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker for the channel to read."""
        current_turn.get().tracker = tracker
