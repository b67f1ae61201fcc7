"""Scripted dialogues, several turns each, as people have them with the whole product.

A dialogue expects what is true at any hour of any day: never what is open now, nor the hours of a day that a season
decides.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from limits.storage import storage_from_string

from tests.support.phones import WebPhone
from tests.support.stack import Stack
from tests.support.waiting import wait_for

# For some 1,500 questions on a busy machine with nothing kept from before.
READ_SECONDS = 240
SCRIPTS = Path(__file__).resolve().parents[1] / "understanding"
DIALOGUES = [
    pytest.param(lang, dialogue, id=f"{lang}-{dialogue['name']}")
    for lang in ("zh", "en")
    for dialogue in yaml.safe_load((SCRIPTS / f"dialogues.{lang}.yml").read_text(encoding="utf-8"))["dialogues"]
]


@pytest.fixture(autouse=True)
def _nobody_before(stack: Stack) -> None:
    """The API counts new sessions by address, and every dialogue has one of its own from the same."""
    storage_from_string(stack.env["REDIS_URL"]).reset()


@pytest.fixture(autouse=True)
def _articles_known(stack: Stack) -> None:
    """A bot gets names and articles with its first turn, and reads the articles' questions beside the answering."""

    def known() -> bool:
        health = requests.get(f"http://127.0.0.1:{stack.env['BOT_PORT']}/webhooks/concierge/", timeout=5).json()
        return bool(health["gazetteer_version"] and health["articles_version"] == health["gazetteer_version"])

    if not known():
        stack.web("zh").ask("你好")
        wait_for(known, READ_SECONDS, "the bot knows the articles")


@pytest.mark.parametrize(("lang", "dialogue"), DIALOGUES)
def test_dialogue(stack: Stack, lang: str, dialogue: dict[str, Any]) -> None:
    phone = stack.web(lang)
    for number, turn in enumerate(dialogue["turns"], 1):
        replies = replies_to(phone, turn["say"])
        said = "\n".join(replies)
        where = f"{lang}, {dialogue['name']}, turn {number}, {turn['say']}:\n{said}"
        assert replies, where
        for wanted in turn.get("text", []):
            assert wanted in said, f"{wanted!r} is missing in {where}"
        for unwanted in turn.get("not", []):
            assert unwanted not in said, f"{unwanted!r} is in {where}"
        assert len(replies) == turn.get("replies", len(replies)), f"{len(replies)} replies in {where}"


def replies_to(phone: WebPhone, text: str) -> list[str]:
    """The texts of all replies to a message; one that merely says that they are late is passed over."""
    own = secrets.token_hex(8)
    sent = phone.send(text, client_message_id=own)
    assert sent.status_code in (200, 202), sent.text
    phone.answer_to(own)
    mine = [reply for reply in phone.replies() if reply["in_reply_to"] == own and reply["kind"] != "holding"]
    return [reply["text"] for reply in mine]
