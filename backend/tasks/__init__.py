"""Celery tasks: each looks up its service and calls it. Imported by the worker only."""

from backend.tasks import content, due, events, notices, outbound, sweep, transit, turns, webhooks

__all__ = ["content", "due", "events", "notices", "outbound", "sweep", "transit", "turns", "webhooks"]
