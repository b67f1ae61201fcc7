"""One poll at a time over all workers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import redis

from backend.tasks import transit as module


class Polled:
    """A container with a real lock and a poll that is counted."""

    def __init__(self, url: str, addresses: int = 1) -> None:
        self.polls = 0
        self.during: Any = lambda: None
        self.redis = redis.Redis.from_url(url, decode_responses=True)
        self.transit_realtime = SimpleNamespace(addresses=addresses, poll=self.poll)
        self.fetch_realtime = None

    def poll(self, _fetch: object) -> None:
        self.polls += 1
        self.during()


@pytest.fixture
def polled(valkey: str, monkeypatch: pytest.MonkeyPatch) -> Polled:
    made = Polled(valkey)
    made.redis.delete(module.LOCK)
    monkeypatch.setattr(module, "container", lambda: made)
    return made


def test_a_second_poll_leaves_the_first_alone(polled: Polled) -> None:
    polled.during = module.poll_realtime
    module.poll_realtime()
    assert polled.polls == 1
    polled.during = lambda: None
    module.poll_realtime()
    assert polled.polls == 2


def test_one_that_fails_frees_the_way(polled: Polled) -> None:
    def fails() -> None:
        raise OSError("the database is away")

    polled.during = fails
    with pytest.raises(OSError, match="away"):
        module.poll_realtime()
    assert not polled.redis.exists(module.LOCK)


def test_the_lock_of_a_dead_worker_runs_out_and_a_late_one_frees_no_other(polled: Polled) -> None:
    left: list[float] = []

    def lost() -> None:
        left.append(polled.redis.ttl(module.LOCK))
        polled.redis.set(module.LOCK, "another worker's")

    polled.during = lost
    module.poll_realtime()
    assert 20 < left[0] <= 50
    assert polled.redis.get(module.LOCK) == "another worker's"


def test_without_an_address_nothing_is_asked_of_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Polled("redis://127.0.0.1:1/0", addresses=0)
    monkeypatch.setattr(module, "container", lambda: made)
    module.poll_realtime()
    assert made.polls == 0
