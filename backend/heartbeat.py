"""The signs of life that `/readyz` looks for.

`HEARTBEAT_KEY` is given by scheduler, broker and worker together: the sweeper sets it. `SENDER_KEY` is set by the
sender's event loop, since its queue may be long while all is well.
"""

HEARTBEAT_KEY = "concierge:heartbeat"
SENDER_KEY = "concierge:heartbeat:sender"
HEARTBEAT_SECONDS = 15
