"""Entities from the live gazetteer: names are facts of the city, so they are looked up and never learned."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.gazetteer import live


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class GazetteerEntityExtractor(GraphComponent):
    """Adds an entity for every record whose name stands in the text, as it is written or nearly so."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GazetteerEntityExtractor":
        """Built by Rasa."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the entities of each message: `{entity: type, value: record id, start, end, confidence_entity}`."""
        for message in messages:
            found = [
                {
                    "entity": mention.type,
                    "value": mention.id,
                    "start": mention.start,
                    "end": mention.end,
                    "confidence_entity": mention.score,
                    "extractor": "gazetteer",
                }
                for mention in live.find(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, found, add_to_output=True)
        return messages
