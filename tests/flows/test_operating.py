"""What an operator sees: one turn through all logs, readiness by part, the figures."""

from __future__ import annotations

import pytest
import requests

from tests.support.stack import Stack
from tests.support.waiting import wait_for


def test_turn_id_runs_from_webhook_to_provider(stack: Stack) -> None:
    phone = stack.sms()
    sid = phone.ask("鸽子窝公园几点开门").raw["sid"]
    sent = wait_for(
        lambda: [entry for entry in stack.log_entries("sender", "sent") if entry["provider_id"] == sid],
        10,
        "the sender logs what it sent",
    )
    turn_id = sent[0]["turn_id"]
    received = [entry for entry in stack.log_entries("web", "received") if entry["turn_id"] == turn_id]
    assert [(entry["channel"], entry["repeat"]) for entry in received] == [("sms", False)]


def test_no_number_in_a_log_even_where_sending_fails(stack: Stack) -> None:
    phone = stack.sms()
    stack.control(provider="twilio", opted_out=[phone.contact])
    phone.send(f"请打{phone.contact}给我")
    phone.wait_event(lambda event: event["kind"] == "refused", "the provider refuses")
    wait_for(lambda: stack.log_entries("sender", "send_refused"), 10, "the sender logs the refusal")
    for path in (stack.var_dir / "log").iterdir():
        assert phone.contact[1:] not in path.read_text("utf-8", "replace"), path.name


@pytest.mark.parametrize("part", ["bot", "actions", "worker", "sender", "notices"])
def test_readyz_names_the_part_that_is_down(stack: Stack, part: str) -> None:
    with stack.paused(part):
        wait_for(lambda: {name for name, state in stack.parts().items() if state != "ok"} == {part}, 30, f"{part} down")
        answer = requests.get(f"{stack.url}/readyz", timeout=10)
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
        assert requests.get(f"{stack.url}/healthz", timeout=10).status_code == 200


def test_readyz_says_how_well_the_bot_reads(stack: Stack) -> None:
    assert requests.get(f"{stack.url}/readyz", timeout=10).json()["understanding"] == "full"
    with stack.paused("bot"):
        assert requests.get(f"{stack.url}/readyz", timeout=10).json()["understanding"] == "unknown"


def test_metrics_count_requests_and_backlog(stack: Stack) -> None:
    stack.web().ask("你好")
    text = requests.get(f"{stack.url}/metrics", timeout=10).text
    assert 'concierge_http_request_seconds_count{endpoint="chat.send_message",status="200"}' in text
    for name in ("concierge_turns_open", "concierge_turns_oldest_seconds", "concierge_outbound_unsent"):
        assert f"# TYPE {name} gauge" in text
