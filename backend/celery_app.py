"""The Celery application: `celery -A backend.celery_app worker`.

The settings are those that survived broker and worker kills; see docs/adr and the comments here.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

from backend import broker, logs
from backend.heartbeat import LoopHeartbeat

SWEEP_SECONDS = 2.0
# Operators publish every half a minute or so.
POLL_SECONDS = 30.0
_process = {"name": "beat"}
broker.install()

app = Celery("concierge", broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:8003/0"), include=["backend.tasks"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    # Nobody keeps results; without this every thread that sends a task looks through all installed packages for the
    # back end it does not need.
    result_backend_thread_safe=True,
    task_store_errors_even_if_ignored=False,
    worker_soft_shutdown_timeout=20,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_pool_limit=20,
    # A task that runs longer than visibility_timeout is given out twice, which leases and claims make harmless. Time
    # limits do nothing to threads: what a task waits for has a limit of its own (bot, provider, database).
    # max_retries bounds only how long a *publisher* looks for the broker: a webhook must not wait for it.
    broker_transport_options={
        "visibility_timeout": 120,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "max_retries": 0,
        "interval_start": 0,
        "interval_max": 0.1,
    },
    task_default_queue="housekeeping",
    task_routes={
        "turns.*": "turns",
        "outbound.*": "outbound",
        "notices.*": "notices",
        "sweep": "housekeeping",
        "content.*": "housekeeping",
        "due.*": "housekeeping",
        "events.*": "housekeeping",
        "webhooks.*": "outbound",
        "transit.*": "housekeeping",
    },
    beat_schedule={
        "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "due": {"task": "due.run", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "events": {"task": "events.follow", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "webhooks": {"task": "webhooks.deliver", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
        "transit": {"task": "transit.poll_realtime", "schedule": POLL_SECONDS, "options": {"expires": POLL_SECONDS}},
    },
    timezone="UTC",
)


@signals.celeryd_init.connect
def _say_who_logs(sender: str, **_: Any) -> None:
    _process["name"] = sender.partition("@")[0]


@signals.setup_logging.connect
def _log_as_the_others(**_: Any) -> None:
    """Workers and beat log as the web process does: JSON lines, numbers masked."""
    logs.configure(_process["name"])


app.steps["consumer"].add(LoopHeartbeat)


@signals.worker_init.connect
def _build_what_tasks_share(**_: Any) -> None:
    from backend.wiring import container  # it imports this module

    container().build()
