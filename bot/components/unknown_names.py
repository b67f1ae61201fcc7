"""Names nobody taught us: "黄鹤楼门票多少" must not be answered with the price of the place talked about before.

Learns the words people use around names (two-character sequences of Chinese, words of English) from the examples. A
stretch of a message that is made of none of them, in a question on a place without a known place in it, is taken for a
name we do not know.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Dict, List, Set, Tuple

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

UNKNOWN_NAME = "unknown_name"
PLACE_TYPES = frozenset({"attraction", "beach", "clinic", "hub", "district"})
WORDS_FILE = "known_words.joblib"
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# A stretch this long is no slip of the finger.
MIN_HAN = 3
LONG_HAN = 5
MIN_WORDS = 2


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class UnknownNameExtractor(GraphComponent):
    """Adds an `unknown_name` entity; comes after the gazetteer and the intent classifier."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`intents` are the beginnings of the names of intents on a place; the examples of `foreign` teach no words."""
        # Not of the sea and the air: what is asked of them in words of its own was seven times taken for one name.
        return {"intents": ["place_", "find_", "journey", "bus_stop"], "foreign": ["out_of_scope"]}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._known: Set[str] = set()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UnknownNameExtractor":
        """Built by Rasa for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "UnknownNameExtractor":
        """Built by Rasa for prediction, with what training stored."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._known = joblib.load(folder / WORDS_FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps every word that stands beside a name, or without one, in the examples."""
        known: Set[str] = set()
        for example in training_data.intent_examples:
            if example.get(INTENT) in self._config["foreign"]:
                continue
            text = plain(example.get(TEXT))
            for entity in example.get(ENTITIES) or []:
                text = text[: entity["start"]] + " " * (entity["end"] - entity["start"]) + text[entity["end"] :]
            known.update(pairs(text), words(text), text)
        self._known = known
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._known, folder / WORDS_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Looks at questions on places in which the gazetteer found no place."""
        for message in messages:
            entities = message.get(ENTITIES) or []
            intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
            if not self._concerns(intent) or any(found["entity"] in PLACE_TYPES for found in entities):
                continue
            text = message.get(TEXT) or ""
            span = self.unknown_span(text)
            if span is not None:
                start, end = span
                found = {"entity": UNKNOWN_NAME, "value": text[start:end][:60], "start": start, "end": end}
                message.set(ENTITIES, [*entities, {**found, "extractor": "unknown_names"}], add_to_output=True)
        return messages

    def unknown_span(self, text: str) -> Any:
        """Start and end of the longest stretch of unknown words, or None where it is too short to be a name."""
        normal = plain(text)
        best: Tuple[int, int] = (0, 0)
        for run in _HAN_RUN.finditer(normal):
            start = run.start()
            for position in range(run.start(), run.end()):
                pair = normal[position : position + 2]
                last = position + 1 >= run.end()
                if last or pair in self._known:
                    # The first character of a known word ends the name; the last one of the run still belongs to it.
                    end = run.end() if last else position
                    if end - start > best[1] - best[0] and self._is_name(normal[start:end]):
                        best = (start, end)
                    start = position + 1
        if best[1]:
            return best
        stretch: List[Any] = []
        for word in _WORD.finditer(normal):
            if _HAN_RUN.search(word.group()):
                continue
            if word.group() in self._known:
                stretch = []
                continue
            stretch.append(word)
            if len(stretch) >= MIN_WORDS:
                return stretch[0].start(), stretch[-1].end()
        return None

    def _is_name(self, stretch: str) -> bool:
        """Names are made of characters people do not otherwise use here, or they are long."""
        strange = any(char not in self._known for char in stretch)
        return len(stretch) >= (MIN_HAN if strange else LONG_HAN)

    def _concerns(self, intent: Any) -> bool:
        return bool(intent) and any(intent.startswith(prefix) for prefix in self._config["intents"])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data


def plain(text: str) -> str:
    """Lower case and full-width forms made plain, character by character, so that positions stay."""
    return "".join(unicodedata.normalize("NFKC", char).lower()[:1] or " " for char in text)


def pairs(text: str) -> List[str]:
    """The two-character sequences of the Chinese in a text."""
    return [run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)]


def words(text: str) -> List[str]:
    """The words of other scripts."""
    return [word for word in _WORD.findall(text) if not _HAN_RUN.search(word)]
