"""Which article answers a message that asks for rules and services rather than for a place."""

from __future__ import annotations

from typing import Any, Dict, List

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.articles import live
from bot.components.unknown_names import PLACE_TYPES
from bot.embedding import shared
from bot.questions import SYMPTOM

ARTICLE = "article"
ASK_ARTICLE = "ask_article"
# The classifier knows the message word for word (intent_classifier.TIER).
TIER, EXAMPLE = "tier", "example"
# What nothing else answers: an article may.
OUT_OF_SCOPE = "out_of_scope"
OPEN = frozenset({OUT_OF_SCOPE, "nlu_fallback"})
# A question on no place in particular ("do pensioners pay less?"): the action knows whether one is in talk.
ON_A_PLACE = frozenset({"place_price", "place_hours", "place_address", "place_phone", "place_details"})
# What the sea is like now is read from stations; when one may swim at all stands in an article.
RULED = frozenset({"sea_state"})
BESIDE = OPEN | RULED | {ASK_ARTICLE}
# Of prices only what is nearly the article's own question counts: "how much is it" is near to many.
ASIDE = 1.0
# A reading less likely than this leaves room for a near article.
TORN = 0.75
# Never taken over by an article, however its question reads.
URGENT = frozenset({"emergency", "human"})
# But "lost my passport" is read as many things, and is the very question of an article.
MAYBE_URGENT = 0.5
OTHERS_FILE = "other_messages.joblib"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class ArticleFinder(GraphComponent):
    """Adds an `article` entity for each article that may answer, best first; comes after the intent classifier.

    Where an article is sure to answer what nothing else does, the intent becomes `ask_article`.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ArticleFinder":
        """Built by Rasa for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ArticleFinder":
        """Built by Rasa for prediction."""
        with model_storage.read_from(resource) as folder:
            live.know_others(*joblib.load(folder / OTHERS_FILE))
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps examples of what is none of our business: those must not be taken for what an article answers."""
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(INTENT) == OUT_OF_SCOPE]
        vectors = shared.many(texts).astype(np.float16) if shared.available else None
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump((texts, vectors), folder / OTHERS_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Looks for an article where one is asked for or nothing else answers; or where the message is the very
        question of one.
        """
        for message in messages:
            text, intent = message.get(TEXT) or "", message.get(INTENT) or {}
            name, likely_so = intent.get(INTENT_NAME_KEY), intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0
            if not text.strip() or (name in URGENT and likely_so >= MAYBE_URGENT):
                continue
            if name != ASK_ARTICLE and any(one["entity"] == SYMPTOM for one in message.get(ENTITIES) or []):
                continue  # who is ill is not sent to read
            aside = name in ON_A_PLACE and not any(one["entity"] in PLACE_TYPES for one in message.get(ENTITIES) or [])
            torn = _torn(message)
            if intent.get(TIER) == EXAMPLE and name != "place_price":
                aside = False  # it is known word for word what this asks
            beside = aside or torn or name in BESIDE or name in URGENT
            found = live.find(text) if beside else live.same(text)
            if name in RULED or name in URGENT:
                found = [one for one in found if one.same]
            enough = ASIDE if torn or (aside and name == "place_price") else 0.0
            near = [one for one in found if one.sure or (one.likely and name == ASK_ARTICLE)]
            likely = [one for one in near if one.score >= enough]
            if not likely:
                continue
            if name != ASK_ARTICLE and not (aside and not likely[0].same):
                taken = {**intent, INTENT_NAME_KEY: ASK_ARTICLE, PREDICTED_CONFIDENCE_KEY: min(1.0, likely[0].score)}
                message.set(INTENT, taken, add_to_output=True)
            entities = [
                {"entity": ARTICLE, "value": one.id, "start": 0, "end": 0, "extractor": "articles"} for one in likely
            ]
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data


def _torn(message: Message) -> bool:
    """Whether the classifier took the message for something else, and thought of an article next."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    names = [one[INTENT_NAME_KEY] for one in ranking[:2]]
    return ASK_ARTICLE in names[1:] and ranking[0][PREDICTED_CONFIDENCE_KEY] < TORN
