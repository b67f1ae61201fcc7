"""The sign of life that scheduler, broker and worker give together: the sweeper sets it, `/readyz` looks for it."""

HEARTBEAT_KEY = "concierge:heartbeat"
HEARTBEAT_SECONDS = 15
