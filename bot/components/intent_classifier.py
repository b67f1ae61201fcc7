"""Intents from character n-grams: TF-IDF and logistic regression in one component, on text whose names are replaced by
their kind.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Dict, List, Tuple

import joblib
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
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

FALLBACK_INTENT = "nlu_fallback"
RANKING_LENGTH = 5
MODEL_FILE = "intent_classifier.joblib"

# A name says nothing about the intent but what kind of thing it is: it becomes one private-use character. A word of
# the vocabulary
# (beach, paediatrics) does say something: it stays, and its kind follows it.
_NAME_MARK = {
    "attraction": "\ue001",
    "beach": "\ue001",
    "clinic": "\ue002",
    "hub": "\ue003",
    "district": "\ue004",
    "hotline": "\ue005",
}
_WORD_MARK = {"department": "\ue006", "category": "\ue007", "tag": "\ue008"}


def features_text(text: str, entities: List[Dict[str, Any]]) -> str:
    """The text the classifier sees: NFKC, lower case, one space at most, names replaced by the mark of their kind."""
    spans: Dict[Tuple[int, int], str] = {}
    for entity in entities:
        if entity.get("end", 0) > entity.get("start", 0):
            spans.setdefault((entity["start"], entity["end"]), entity["entity"])
    out, position = [], 0
    for (start, end), kind in sorted(spans.items()):
        if start < position:
            continue
        out.append(text[position:start])
        if kind in _NAME_MARK:
            out.append(f" {_NAME_MARK[kind]} ")
        else:
            out.append(f"{text[start:end]}{_WORD_MARK.get(kind, '')}")
        position = end
    out.append(text[position:])
    plain = unicodedata.normalize("NFKC", "".join(out)).lower()
    return f" {' '.join(plain.split())} "


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class NgramIntentClassifier(GraphComponent):
    """Predicts the intent; below `fallback_confidence` it says `nlu_fallback`."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`alpha` is the weight of the regularisation; `max_features` bounds the vocabulary of n-grams."""
        return {"fallback_confidence": 0.3, "alpha": 6e-6, "epochs": 12, "max_features": 30000}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._pipeline: Any = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NgramIntentClassifier":
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
    ) -> "NgramIntentClassifier":
        """Built by Rasa for prediction, with what training stored."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._pipeline = joblib.load(folder / MODEL_FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of all languages at once."""
        examples = training_data.intent_examples
        texts = [features_text(example.get(TEXT), example.get(ENTITIES) or []) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        self._pipeline = Pipeline(
            [
                (
                    "ngrams",
                    FeatureUnion(
                        [
                            ("chars", TfidfVectorizer(analyzer="char", ngram_range=(1, 4), lowercase=False,
                            sublinear_tf=True,
                                                      max_features=self._config["max_features"])),
                            ("words", TfidfVectorizer(analyzer="word", ngram_range=(1, 2), lowercase=False,
                            sublinear_tf=True,
                                                      token_pattern=r"[a-z0-9']+|[\ue001-\ue008]")),
                        ]
                    ),
                ),
                ("classifier", SGDClassifier(
                        loss="log_loss",
                        alpha=self._config["alpha"],
                        max_iter=self._config["epochs"],
                        tol=None,
                        class_weight="balanced",
                        random_state=0,
                    )),
            ]
        )  # fmt: skip
        self._pipeline.fit(texts, intents)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._pipeline, folder / MODEL_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent and ranking of each message."""
        for message in messages:
            ranking = self._rank(features_text(message.get(TEXT) or "", message.get(ENTITIES) or []))
            best = ranking[0]
            if best[PREDICTED_CONFIDENCE_KEY] < self._config["fallback_confidence"]:
                best = {
                    INTENT_NAME_KEY: FALLBACK_INTENT,
                    PREDICTED_CONFIDENCE_KEY: 1.0 - best[PREDICTED_CONFIDENCE_KEY],
                }
                ranking = [best, *ranking]
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)
        return messages

    def _rank(self, text: str) -> List[Dict[str, Any]]:
        # Step by step: the pipeline's own way through joblib takes longer than the work.
        (_, ngrams), (_, classifier) = self._pipeline.steps
        parts = [vectorizer.transform([text]) for _, vectorizer in ngrams.transformer_list]
        probabilities = classifier.predict_proba(hstack(parts, format="csr"))[0]
        order = probabilities.argsort()[::-1][:RANKING_LENGTH]
        classes = classifier.classes_
        return [{INTENT_NAME_KEY: str(classes[i]), PREDICTED_CONFIDENCE_KEY: float(probabilities[i])} for i in order]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data
