"""What a message may name where no name was found in it: 鹄子窝公园 is nobody's name, 鸽子窝公园 is one stroke away.

A guess needs less proof than a slip (bot/chinese_names.py), but what is typed must be no word people use. The answer
says what was guessed. Comes before the intent classifier, which reads a message better when its name is marked.
"""

from __future__ import annotations

from typing import Any, Dict, List, Set

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.unknown_names import PLACE_TYPES, pairs, plain, words
from bot.gazetteer import live

GUESSED_NAME = "guessed_name"
ORDINARY_FILE = "ordinary_words.joblib"
# With a district alone a place of it may be meant ("the Beidaihe wetlnd park").
NAMES = PLACE_TYPES - {"district"} | {"hotline"}


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class NameGuesser(GraphComponent):
    """Adds the entities of what is guessed, and a `guessed_name` entity with what was typed."""

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._ordinary: Set[str] = set()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NameGuesser":
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
    ) -> "NameGuesser":
        """Built by Rasa for prediction, with what training stored."""
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._ordinary = joblib.load(folder / ORDINARY_FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps what people type beside names, and everything strangers type: the names of other cities too."""
        for example in training_data.intent_examples:
            if example.get(INTENT):
                self._ordinary.update(_beside_names(example))
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._ordinary, folder / ORDINARY_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Guesses where the gazetteer found no name of a place or a service."""
        for message in messages:
            text, entities = message.get(TEXT) or "", message.get(ENTITIES) or []
            if any(found["entity"] in NAMES for found in entities):
                continue
            mentions = live.guess(text, self._ordinary)
            if not mentions:
                continue
            start, end = mentions[0].start, mentions[0].end
            kept = [found for found in entities if found["end"] <= start or end <= found["start"]]
            guessed = [
                {
                    "entity": mention.type,
                    "value": mention.id,
                    "start": start,
                    "end": end,
                    "confidence_entity": mention.score,
                    "extractor": "guess",
                }
                for mention in mentions
            ]
            typed = {"entity": GUESSED_NAME, "value": text[start:end], "start": start, "end": end, "extractor": "guess"}
            message.set(ENTITIES, [*kept, *guessed, typed], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data


def _beside_names(example: Message) -> List[str]:
    text = plain(example.get(TEXT))
    for entity in example.get(ENTITIES) or []:
        text = text[: entity["start"]] + " " * (entity["end"] - entity["start"]) + text[entity["end"] :]
    return [*pairs(text), *words(text)]
