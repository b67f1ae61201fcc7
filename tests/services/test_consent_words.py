"""START words of somebody who never left."""

from __future__ import annotations

import pytest

from backend.models import ChannelIdentity, InboundMessage
from tests.services.test_urgent_turns import say
from tests.support.container import Parts, RecordingChannel


@pytest.mark.parametrize("word", ["yes", "Start", "UNSTOP"])
def test_a_yes_of_somebody_who_never_left_is_answered(parts: Parts, sms: RecordingChannel, word: str) -> None:
    parts.run(say(parts, word))
    assert sms.texts() == [f"echo {word}"]


def test_a_yes_takes_a_stop_back_and_the_provider_answers_it(parts: Parts, sms: RecordingChannel) -> None:
    for word in ("STOP", "yes"):
        parts.run(say(parts, word))
    assert (parts.row(ChannelIdentity).consent, sms.texts()) == ("in", [])


def test_what_the_provider_says_it_answered_is_not_answered_again(parts: Parts, sms: RecordingChannel) -> None:
    parts.run(say(parts, "start", meta={"opt_out_type": "start"}))
    assert (parts.row(InboundMessage).outcome, sms.texts()) == ("consent", [])
