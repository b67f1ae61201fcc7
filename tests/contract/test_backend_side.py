"""The backend's side: what it sends keeps the contract, and what does not keep it is never passed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.dialogue import HttpDialogue
from backend.services.ports import DialogueFailed, DialogueUnavailable, Turn
from tests.contract.stand_in import TOKEN, StandInBot, good, said
from tests.support.container import Parts

Problems = Callable[[str, Any], list[str]]


@pytest.fixture
def bot() -> Iterator[StandInBot]:
    made = StandInBot()
    server = made.serve()
    yield made
    server.shutdown()


@pytest.fixture
def dialogue(bot: StandInBot, city: Parts) -> HttpDialogue:
    return HttpDialogue([bot.url], TOKEN, 2.0, city.gazetteer)


def turn(**fields: Any) -> Turn:
    values: dict[str, Any] = {
        "turn_id": "17",
        "conversation_id": "4",
        "lang": "zh",
        "text": "几点开门",
        "intent": None,
        "location": None,
        "state": None,
        "now": dt.datetime(2025, 7, 16, 4, 0, tzinfo=dt.UTC),
    }
    return Turn(**{**values, **fields})


POINTS = st.fixed_dictionaries(
    {
        "lat": st.floats(-90, 90),
        "lon": st.floats(-180, 180),
        "datum": st.sampled_from(["WGS-84", "GCJ-02", "BD-09"]),
    }
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300)
NAMES = st.from_regex(r"\A[a-z_]{1,40}\Z")
INTENTS = st.fixed_dictionaries({"name": NAMES, "entities": st.dictionaries(NAMES, TEXTS, max_size=3)})


class TestWhatIsSent:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        asked=st.one_of(TEXTS.map(lambda text: {"text": text}), INTENTS.map(lambda i: {"text": None, "intent": i})),
        location=st.none() | POINTS,
        state=st.none() | st.dictionaries(st.text(max_size=5), st.integers()),
        lang=st.sampled_from(["zh", "en"]),
    )
    def test_every_turn_keeps_the_contract(
        self, bot: StandInBot, dialogue: HttpDialogue, problems: Problems, **fields: Any
    ) -> None:
        result = dialogue.answer(turn(**fields.pop("asked"), **fields))
        assert problems("turn_request.json", bot.turns[-1]) == []
        assert result.replies[0].headline == "您好"

    def test_the_longest_text_is_within_the_contract(
        self, bot: StandInBot, dialogue: HttpDialogue, problems: Problems
    ) -> None:
        dialogue.answer(turn(text="海" * 10_000))
        assert problems("turn_request.json", bot.turns[-1]) == []

    def test_a_bot_with_old_names_gets_the_new_ones_and_the_turn_again(
        self, bot: StandInBot, dialogue: HttpDialogue, problems: Problems, city: Parts
    ) -> None:
        dialogue.answer(turn())
        dialogue.answer(turn())
        [snapshot] = bot.snapshots
        assert problems("gazetteer.json", snapshot) == []
        assert snapshot["version"] == city.gazetteer.version() == bot.turns[-1]["gazetteer_version"]
        assert len(snapshot["entries"]) > 200
        assert len({entry["id"] for entry in snapshot["entries"]}) == len(snapshot["entries"])
        assert len(snapshot["articles"]) >= 60
        assert len(bot.turns) == 2
        assert set(bot.tokens) == {f"Bearer {TOKEN}"}

    def test_names_are_pushed_ahead_and_a_bot_that_is_away_does_not_matter(self, bot: StandInBot, city: Parts) -> None:
        HttpDialogue(["http://127.0.0.1:1", bot.url], TOKEN, 2.0, city.gazetteer).push_gazetteer()
        assert [snapshot["version"] for snapshot in bot.snapshots] == [city.gazetteer.version()]


def broken(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Response]:
    """A bot that gives a good answer with something wrong about it."""

    def answer(asked: dict[str, Any]) -> Response:
        body = good(asked)
        change(body)
        return said(body)

    return answer


class TestWhatIsTaken:
    @pytest.mark.parametrize(
        "answer",
        [
            lambda _: Response("<html>", status=200),
            lambda _: Response("", status=200),
            lambda _: said([]),
            lambda _: said({"error": "turn failed"}, 500),
            lambda _: said({"error": "body"}, 400),
            lambda _: said({}, 401),
            lambda _: said({}, 302),
            broken(lambda body: body.pop("state")),
            broken(lambda body: body.update(replies=[])),
            broken(lambda body: body.update(turn_id="18")),
            broken(lambda body: body.update(more=1)),
            broken(lambda body: body["replies"][0].update(headline="")),
            broken(lambda body: body["replies"][0].update(lang="fr")),
            broken(lambda body: body["replies"][0].update(code="Not A Code")),
            broken(lambda body: body["replies"][0].pop("cards")),
            broken(lambda body: body["replies"][0].update(choices=[{"title": "x"}])),
            broken(lambda body: body["replies"][0]["cards"].append({"title": "x"})),
            broken(lambda body: body["understanding"].update(confidence="high")),
        ],
    )
    def test_an_answer_that_breaks_the_contract_is_a_failure(
        self, bot: StandInBot, dialogue: HttpDialogue, answer: Callable[[dict[str, Any]], Response]
    ) -> None:
        bot.answer = answer
        with pytest.raises(DialogueFailed):
            dialogue.answer(turn())

    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_a_bot_that_says_not_now_is_away(self, bot: StandInBot, dialogue: HttpDialogue, status: int) -> None:
        bot.answer = lambda _: said({"error": "action server unreachable"}, status)
        with pytest.raises(DialogueUnavailable):
            dialogue.answer(turn())

    def test_nobody_there(self, city: Parts) -> None:
        nobody = HttpDialogue(["http://127.0.0.1:1", "http://127.0.0.1:2"], TOKEN, 2.0, city.gazetteer)
        for _ in range(3):
            with pytest.raises(DialogueUnavailable):
                nobody.answer(turn())
        assert not nobody.probe()

    def test_how_well_the_bots_read(self, bot: StandInBot, dialogue: HttpDialogue, city: Parts) -> None:
        for embedding, understanding in ((True, "full"), (False, "first tier")):
            bot.health = {"status": "ok", "embedding": embedding}
            assert dialogue.understanding() == understanding
        bot.health = {"status": "ok"}
        assert dialogue.understanding() == "unknown"
        assert HttpDialogue(["http://127.0.0.1:1"], TOKEN, 2.0, city.gazetteer).understanding() == "unknown"

    def test_one_of_two_bots_is_enough(self, bot: StandInBot, city: Parts) -> None:
        pair = HttpDialogue(["http://127.0.0.1:1", bot.url], TOKEN, 2.0, city.gazetteer)
        assert [pair.answer(turn()).intent for _ in range(4)] == ["greet"] * 4
        assert pair.probe()
