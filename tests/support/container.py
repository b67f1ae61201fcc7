"""The product's own container, the outside replaced: a scripted bot, recording channels, jobs that are collected."""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

import backend.services.alert_notices
import backend.services.alerts
import backend.services.audit
import backend.services.bookings
import backend.services.broadcasts.life
import backend.services.broadcasts.preparing
import backend.services.due
import backend.services.editing
import backend.services.followers
import backend.services.idempotency
import backend.services.inbound
import backend.services.inventory
import backend.services.notices.fallback
import backend.services.notices.feed
import backend.services.notices.placing
import backend.services.notices.sending
import backend.services.notices.telling
import backend.services.outbound
import backend.services.outcomes
import backend.services.party_changes
import backend.services.readings
import backend.services.receipts
import backend.services.shared_positions
import backend.services.slot_keeping
import backend.services.subscriptions
import backend.services.topic_notices
import backend.services.turns
import backend.services.waiting
import backend.services.webhooks
from backend.config import Settings
from backend.database import Database
from backend.limits import limiter
from backend.models import Base, Event
from backend.notifier import Notifier
from backend.services.pack_loading import load_pack
from backend.services.ports import Channel, Outgoing, Turn, TurnResult
from backend.services.replies import Choice, Reply
from backend.wiring import Container
from tests.support.database import POSTGRESQL, Databases

PUBLIC_URL = "https://city.example.org"
TWILIO_SID = "AC0123456789abcdef0123456789abcdef"
TWILIO_TOKEN = "twilio-token-of-the-tests"
WECHAT_TOKEN = "wechat-token-of-the-tests"
NOWHERE = "redis://127.0.0.1:1/0"


def settings(database_url: str, **changed: Any) -> Settings:
    """Settings of a copy that reaches nobody: every other server is a closed port."""
    values: dict[str, Any] = {
        "app_env": "test",
        "public_base_url": PUBLIC_URL,
        "database_url": database_url,
        "redis_url": NOWHERE,
        "secret_key": "s" * 32,
        "address_key": "a" * 32,
        "password_salt": "p" * 16,
        "bot_urls": "http://127.0.0.1:1",
        "bot_token": "t" * 16,
        "twilio_account_sid": TWILIO_SID,
        "twilio_auth_token": TWILIO_TOKEN,
        "twilio_from": "+15005550006",
        "twilio_api_base_url": "http://127.0.0.1:1",
        "wechat_app_id": "wx0123456789abcdef",
        "wechat_app_secret": "wechat-secret",
        "wechat_token": WECHAT_TOKEN,
        "wechat_api_base_url": "http://127.0.0.1:1",
        "wechat_window_seconds": 0.5,
        "notice_quiet_hours": "",  # the tests run at any hour
    }
    return Settings(**{**values, **changed})


def reply(headline: str = "鸽子窝公园开放时间：05:30-18:30", lang: str = "zh", **fields: Any) -> Reply:
    """A reply as an action gives it."""
    return Reply(code=fields.pop("code", "place_hours"), lang=lang, headline=headline, **fields)


class ScriptedDialogue:
    """A bot that says what the test wants: `script` holds replies or exceptions in order; then it is an echo."""

    def __init__(self) -> None:
        self.script: deque[TurnResult | Reply | Exception] = deque()
        self.turns: list[Turn] = []
        self.during: Callable[[Turn], None] = lambda turn: None
        self.alive = True
        self._lock = threading.Lock()

    def answer(self, turn: Turn) -> TurnResult:
        with self._lock:
            self.turns.append(turn)
            step = self.script.popleft() if self.script else None
        self.during(turn)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, TurnResult):
            return step
        said = step or reply(f"echo {turn.text or (turn.intent or {}).get('name')}", lang=turn.lang)
        return TurnResult([said], {"slots": {"turns": len(self.turns)}, "loop": None}, "place_hours", 0.9)

    def probe(self) -> bool:
        return self.alive

    def push_gazetteer(self) -> None:
        """Nothing to push to."""


class RecordingChannel:
    """A channel that keeps what it is given to send; `script` holds exceptions to raise first, None for a good send."""

    sends = True

    def __init__(self, name: str = "sms", consent_words: bool = True) -> None:
        self.name = name
        self.consent_words = consent_words
        self.script: deque[Exception | None] = deque()
        self.lookups: deque[Exception | str | None] = deque()
        self.sent: list[Outgoing] = []
        self.asked: list[Outgoing] = []
        self.during: Callable[[Outgoing], None] = lambda message: None
        self._lock = threading.Lock()

    def render(self, reply: Reply) -> str:
        return reply.plain_text()

    def send(self, message: Outgoing) -> str:
        with self._lock:
            step = self.script.popleft() if self.script else None
        self.during(message)
        if step is not None:
            raise step
        with self._lock:
            self.sent.append(message)
        return f"{self.name}-{message.id}"

    def find_sent(self, message: Outgoing) -> str | None:
        with self._lock:
            self.asked.append(message)
            step = self.lookups.popleft() if self.lookups else None
        if isinstance(step, Exception):
            raise step
        return step

    def texts(self) -> list[str]:
        return [message.text for message in self.sent]


class CollectedJobs:
    """Keeps the events that would have woken jobs; a failing one stands for a broker that is away."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.sent: list[tuple[str, tuple[object, ...]]] = []
        self.publish: Callable[[int], None] = lambda conversation_id: None

    def after_commit(self, events: list[Event]) -> None:
        self.events.extend(events)
        for event in events:
            if event.type in ("turn.answered", "turn.held"):
                self.publish(int(event.subject.removeprefix("conversation/")))

    def send(self, task: str, *args: object, countdown: float | None = None) -> None:
        self.sent.append((task, args))

    def types(self) -> list[str]:
        return [event.type for event in self.events]


class LocalNotifier(Notifier):
    """Wakes waiting requests of this process without a broker."""

    def __init__(self) -> None:
        super().__init__(client=None)  # type: ignore[arg-type]
        self._listening = True

    def publish(self, conversation_id: int) -> None:
        self._wake(conversation_id)

    def _ensure_listening(self) -> None:
        """Nothing to listen to."""


class Clock:
    """The time of the services, which a test may move forward."""

    def __init__(self) -> None:
        self.offset = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.offset

    def advance(self, **by: float) -> None:
        self.offset += dt.timedelta(**by)


CLOCKED = (
    backend.services.alert_notices,
    backend.services.alerts,
    backend.services.audit,
    backend.services.bookings,
    backend.services.broadcasts.life,
    backend.services.broadcasts.preparing,
    backend.services.due,
    backend.services.editing,
    backend.services.followers,
    backend.services.idempotency,
    backend.services.inbound,
    backend.services.inventory,
    backend.services.notices.fallback,
    backend.services.notices.feed,
    backend.services.notices.placing,
    backend.services.notices.sending,
    backend.services.notices.telling,
    backend.services.outbound,
    backend.services.outcomes,
    backend.services.party_changes,
    backend.services.readings,
    backend.services.receipts,
    backend.services.shared_positions,
    backend.services.slot_keeping,
    backend.services.subscriptions,
    backend.services.topic_notices,
    backend.services.turns,
    backend.services.waiting,
    backend.services.webhooks,
)


class Parts(Container):
    """A container whose outside is the test's."""

    dialogue: ScriptedDialogue
    jobs: CollectedJobs  # type: ignore[assignment]

    def rows[Row: Base](self, model: type[Row], **where: Any) -> list[Row]:
        """Every row of a table, by id."""
        with self.db.read() as session:
            return list(session.scalars(select(model).filter_by(**where).order_by(model.id)))  # type: ignore[attr-defined]

    def row[Row: Base](self, model: type[Row], **where: Any) -> Row:
        """The one row there is."""
        found = self.rows(model, **where)
        assert len(found) == 1, found
        return found[0]

    def run(self, conversation_id: int) -> None:
        """What the workers would do now."""
        self.turns.drain(conversation_id)
        self.outbound.deliver(conversation_id)

    def sweep(self) -> None:
        """One round of the sweeper, with the jobs it wakes run at once."""
        for conversation_id in self.turns.sweep():
            self.turns.drain(conversation_id)
        for conversation_id in self.outbound.sweep():
            self.outbound.deliver(conversation_id)
        self.notice_sender.run()


def build(database_url: str, **changed: Any) -> Parts:
    """A container on this database: scripted bot, collected jobs, local notifier, real channels."""
    parts = Parts(settings(database_url, **changed))
    parts.__dict__["dialogue"] = ScriptedDialogue()
    parts.__dict__["jobs"] = CollectedJobs()
    parts.__dict__["notifier"] = LocalNotifier()
    parts.jobs.publish = parts.notifier.publish
    return parts


def with_recording_channels(parts: Parts, *names: str) -> dict[str, RecordingChannel]:
    """Puts recording channels in the place of the real ones; consent words count on `sms` alone."""
    recording = {name: RecordingChannel(name, consent_words=name == "sms") for name in names}
    channels: dict[str, Channel] = {**parts.channels, **recording}
    parts.__dict__["channels"] = channels
    return recording


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the services' time."""
    made = Clock()
    for module in CLOCKED:
        monkeypatch.setattr(module, "utcnow", made.now)
    return made


@pytest.fixture
def parts(engine: Engine, database_url: str) -> Parts:
    """A container on an empty database, the real city pack beside it."""
    made = build(database_url)
    made.__dict__["db"] = Database(engine, after_commit=made.jobs.after_commit)
    made.__dict__["pack"] = made.__dict__["basics"] = city_pack_once()
    return made


@pytest.fixture
def sms(parts: Parts) -> RecordingChannel:
    """The SMS channel of `parts`, recording; take it before the services are used."""
    return with_recording_channels(parts, "sms", "wechat")["sms"]


@pytest.fixture(scope="session")
def city_url(databases: Databases) -> str:
    """The URL of a database with the city pack loaded. Not to be written to."""
    url = databases.fresh()
    made = build(url)
    load_pack(made.db, city_pack_once())
    made.db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def city(city_url: str) -> Iterator[Parts]:
    """A container on the loaded city, for questions that write nothing."""
    made = build(city_url)
    made.__dict__["pack"] = made.__dict__["basics"] = city_pack_once()
    yield made
    made.db.engine.dispose()


@pytest.fixture
def own_city(databases: Databases, city_url: str, engine: Engine, database_url: str) -> Iterator[Parts]:
    """A container on a loaded city that a test may change."""
    made = build(database_url if POSTGRESQL else databases.copy(city_url))
    made.__dict__["pack"] = made.__dict__["basics"] = city_pack_once()
    if POSTGRESQL:
        databases.load(engine, lambda: load_pack(made.db, made.pack))
    made.jobs.events.clear()
    yield made
    made.db.engine.dispose()


@pytest.fixture
def app(parts: Parts) -> Iterator[Any]:
    """The Flask application around `parts`; nobody is limited."""
    from tests.support.web import web_app  # here, so that tests of services need not import Flask

    made = web_app(parts)
    limiter.enabled = False
    yield made
    limiter.enabled = True


_PACK: list[Any] = []


def city_pack_once() -> Any:
    """The real pack, read once in a run."""
    if not _PACK:
        _PACK.append(Container(settings("sqlite://")).pack)
    return _PACK[0]


def tiny_choice(title: str = "门票", payload: str = "place_price:attraction:geziwo") -> Choice:
    """A choice to offer."""
    return Choice(title, payload, payload.partition(":")[0], {"attraction": "attraction:geziwo"})


def broken_database(parts: Parts, folder: Path) -> None:
    """Takes the database away: from now on every connection fails."""
    from backend.database import make_engine

    parts.db.engine.dispose()
    url = "postgresql+psycopg://127.0.0.1:1/nowhere" if POSTGRESQL else f"sqlite:///{folder}"
    broken = Database(make_engine(url), after_commit=parts.jobs.after_commit)
    parts.db.engine = broken.engine
    parts.db._read_sessions = broken._read_sessions
    parts.db._write_sessions = broken._write_sessions
