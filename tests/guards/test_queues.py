"""Every queue that work is put on has a worker in the Procfile, and no worker waits on a queue nobody uses."""

from __future__ import annotations

from pathlib import Path

from honcho.environ import parse_procfile

from backend.celery_app import app

ROOT = Path(__file__).resolve().parent.parent.parent


def queues_with_a_worker() -> set[str]:
    found: set[str] = set()
    for command in parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes.values():
        words = command.split()
        if "worker" in words:
            found |= set(words[words.index("-Q") + 1].split(","))
    return found


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_every_task_goes_to_a_queue_with_a_worker() -> None:
    app.loader.import_default_modules()
    tasks = [name for name in app.tasks if not name.startswith("celery.")]
    assert tasks
    used = {queue_of(task) for task in tasks}
    used |= {
        entry.get("options", {}).get("queue") or queue_of(entry["task"]) for entry in app.conf.beat_schedule.values()
    }
    assert used == queues_with_a_worker()


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_the_scheduler_needs_no_disk() -> None:
    # It wakes the sweeper, which heals everything else: a missing folder or a full disk must not stop it.
    beat = next(
        line for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines() if line.startswith("beat:")
    )
    assert "-S celery.beat:Scheduler" in beat
