"""Intents by a cascade: character and word n-grams first; where they are not sure, the multilingual sentence embedding
joins in. Both read text whose names are replaced by their kind.

Confidences are calibrated (temperature scaling on held-out parts of the training data, Guo et al. 2017,
https://arxiv.org/abs/1706.04599), and so are the decisions that follow from them: when the first tier suffices, and
when a message is none of our business.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

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
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import logsumexp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedKFold

from bot.embedding import Embedding, shared

logger = logging.getLogger(__name__)

FALLBACK_INTENT = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
RANKING_LENGTH = 5
MODEL_FILE = "intent_classifier.joblib"
# Whoever reads a message's understanding may see which tier decided: `ngrams`, `both`, or `ngrams_alone` where the
# embedding is not to be had.
TIER = "tier"

# A name says nothing about the intent but what kind of thing it is: it becomes one private-use character. A word of
# the vocabulary (beach, paediatrics) does say something: it stays, and its kind follows it.
_NAME_MARK = {
    "attraction": "\ue001",
    "beach": "\ue001",
    "clinic": "\ue002",
    "hub": "\ue003",
    "district": "\ue004",
    "hotline": "\ue005",
}
_WORD_MARK = {"department": "\ue006", "category": "\ue007", "tag": "\ue008"}


def _spans(entities: List[Dict[str, Any]]) -> List[Tuple[int, int, str]]:
    """Names in order, none overlapping another."""
    spans: Dict[Tuple[int, int], str] = {}
    for entity in entities:
        if entity.get("end", 0) > entity.get("start", 0):
            spans.setdefault((entity["start"], entity["end"]), entity["entity"])
    found: List[Tuple[int, int, str]] = []
    for (start, end), kind in sorted(spans.items()):
        if not found or start >= found[-1][1]:
            found.append((start, end, kind))
    return found


def features_text(text: str, entities: List[Dict[str, Any]]) -> str:
    """The text the n-grams see: NFKC, lower case, one space at most, names replaced by the mark of their kind."""
    out, position = [], 0
    for start, end, kind in _spans(entities):
        out.append(text[position:start])
        if kind in _NAME_MARK:
            out.append(f" {_NAME_MARK[kind]} ")
        else:
            out.append(f"{text[start:end]}{_WORD_MARK.get(kind, '')}")
        position = end
    out.append(text[position:])
    plain = unicodedata.normalize("NFKC", "".join(out)).lower()
    return f" {' '.join(plain.split())} "


@dataclass
class _Tier:
    """One classifier and the temperature that makes its confidences honest."""

    classifier: Any
    temperature: float

    def probabilities(self, features: Any) -> np.ndarray:
        """Shape (n, intents)."""
        return _soft(self.classifier.decision_function(features), self.temperature)


@dataclass
class _Decisions:
    """What was learned on held-out data: `sure` is the confidence from which the n-grams decide alone; a message whose
    likeliest intent of ours has less than `ours` is refused, one for each tier.
    """

    sure: float
    ours: Dict[str, float]


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class CascadeIntentClassifier(GraphComponent):
    """Predicts the intent; what is refused is `out_of_scope` or, where that is not likely either, `nlu_fallback`."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`alpha` weighs the regularisation, `max_features` bounds the vocabulary, `embedding_weight` scales the
        vectors beside the n-grams. `worse`: how much less often the n-grams may be right, where they decide alone,
        than both tiers would be. `refused`: the share of good questions that may be refused. Both are measured on
        held-out training data. `embedded`: how many examples of an intent the second tier learns from; a vector takes
        15 ms to make.
        """
        return {
            "alpha": 6e-6,
            "epochs": 12,
            "max_features": 30000,
            "embedding_weight": 1.5,
            "worse": 0.0,
            "refused": 0.11,
            "folds": 3,
            "embedded": 450,
        }

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        embedding: Optional[Embedding] = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._embedding = embedding or shared
        self._model: Dict[str, Any] = {}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CascadeIntentClassifier":
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
    ) -> "CascadeIntentClassifier":
        """Built by Rasa for prediction, with what training stored."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = joblib.load(folder / MODEL_FILE)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of all languages at once."""
        examples = training_data.intent_examples
        texts = [features_text(example.get(TEXT), example.get(ENTITIES) or []) for example in examples]
        raw = [embedded_text(example.get(TEXT), example.get(ENTITIES) or []) for example in examples]
        intents = np.array([example.get(INTENT) for example in examples])
        self._model = self.fit(texts, raw, intents)
        with self._model_storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / MODEL_FILE)
        return self._resource

    def fit(self, texts: List[str], raw: List[str], intents: np.ndarray) -> Dict[str, Any]:
        """The model: vectorizers, one or two tiers, and the decisions. `texts` as the n-grams see them, `raw` as the
        embedding does.
        """
        vectorizers = [
            TfidfVectorizer(
                analyzer="char",
                ngram_range=(1, 4),
                lowercase=False,
                sublinear_tf=True,
                max_features=self._config["max_features"],
            ),
            TfidfVectorizer(
                analyzer="word",
                ngram_range=(1, 2),
                lowercase=False,
                sublinear_tf=True,
                token_pattern=r"[a-z0-9']+|[\ue001-\ue008]",
            ),
        ]
        ngrams = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers], format="csr")
        classes = np.unique(intents)
        truth = np.searchsorted(classes, intents)
        everything = np.arange(len(intents))
        features = {"ngrams": (everything, ngrams)}
        mean = None
        if self._embedding.available:
            rows = self._sampled(intents)
            vectors = self._embedding.many([raw[row] for row in rows])
            mean = vectors.mean(axis=0)
            features["both"] = (rows, self._joined(ngrams[rows], vectors - mean))
        tiers, held_out = {}, {}
        for name, (rows, matrix) in features.items():
            own = intents[rows]
            scores = np.empty((len(rows), len(classes)))
            for learn, test in StratifiedKFold(self._config["folds"], shuffle=True, random_state=0).split(matrix, own):
                scores[test] = self._classifier().fit(matrix[learn], own[learn]).decision_function(matrix[test])
            temperature = _temperature(scores, truth[rows])
            tiers[name] = _Tier(self._classifier().fit(matrix, own), temperature)
            logger.info("%s: %.3f right on held-out examples", name, (scores.argmax(axis=1) == truth[rows]).mean())
            held_out[name] = np.zeros((len(intents), len(classes)))
            held_out[name][rows] = _soft(scores, temperature)
        # Compared on what both have read.
        common = features.get("both", features["ngrams"])[0]
        held_out = {name: probabilities[common] for name, probabilities in held_out.items()}
        return {
            "vectorizers": vectorizers,
            "mean": mean,
            "tiers": tiers,
            "classes": classes,
            "decisions": self._decide(held_out, truth[common], list(classes)),
        }

    def _sampled(self, intents: np.ndarray) -> np.ndarray:
        """Rows of at most `embedded` examples of each intent, and three times as many strangers, evenly spread."""
        rows = []
        for intent in np.unique(intents):
            own = np.flatnonzero(intents == intent)
            most = self._config["embedded"] * (3 if intent == OUT_OF_SCOPE else 1)
            rows.append(own[np.unique(np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(int))])
        return np.sort(np.concatenate(rows))

    def _classifier(self) -> SGDClassifier:
        return SGDClassifier(
            loss="log_loss",
            alpha=self._config["alpha"],
            max_iter=self._config["epochs"],
            tol=None,
            class_weight="balanced",
            random_state=0,
            n_jobs=2,
        )

    def _joined(self, ngrams: Any, vectors: np.ndarray) -> Any:
        weighted = csr_matrix(vectors * self._config["embedding_weight"])
        return hstack([ngrams, weighted], format="csr")

    def _decide(self, held_out: Dict[str, np.ndarray], truth: np.ndarray, classes: List[str]) -> _Decisions:
        foreign = classes.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in classes else None
        sure = _sure_from(held_out["ngrams"], held_out.get("both"), truth, self._config["worse"])
        ours = {}
        for name, probabilities in held_out.items():
            if foreign is None:
                ours[name] = 0.0
                continue
            best = np.delete(probabilities, foreign, axis=1).max(axis=1)
            ours[name] = float(np.quantile(best[truth != foreign], self._config["refused"]))
        return _Decisions(sure, ours)

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent and ranking of each message."""
        for message in messages:
            text, entities = message.get(TEXT) or "", message.get(ENTITIES) or []
            best, ranking = self.rank(text, entities)
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[:RANKING_LENGTH], add_to_output=True)
        return messages

    def rank(self, text: str, entities: List[Dict[str, Any]]) -> Tuple[Dict[str, Any], List[Dict[str, Any]]]:
        """The intent decided on, and the likeliest ones with their confidences."""
        model = self._model
        decisions, tier = model["decisions"], "ngrams"
        normal = features_text(text, entities)
        ngrams = hstack([vectorizer.transform([normal]) for vectorizer in model["vectorizers"]], format="csr")
        probabilities = model["tiers"]["ngrams"].probabilities(ngrams)[0]
        if probabilities.max() < decisions.sure or ngrams.nnz < 2:
            if "both" in model["tiers"] and self._embedding.available:
                tier = "both"
                vector = self._embedding.one(embedded_text(text, entities))[None, :] - model["mean"]
                probabilities = model["tiers"]["both"].probabilities(self._joined(ngrams, vector))[0]
            else:
                tier = "ngrams_alone"
        order = probabilities.argsort()[::-1]
        classes = model["classes"]
        ranking = [
            {INTENT_NAME_KEY: str(classes[i]), PREDICTED_CONFIDENCE_KEY: float(probabilities[i])}
            for i in order[:RANKING_LENGTH]
        ]
        best = ranking[0]
        ours = next((one for one in ranking if one[INTENT_NAME_KEY] != OUT_OF_SCOPE), ranking[0])
        if ours[PREDICTED_CONFIDENCE_KEY] < decisions.ours["both" if tier == "both" else "ngrams"]:
            if best[INTENT_NAME_KEY] != OUT_OF_SCOPE:
                confidence = 1.0 - best[PREDICTED_CONFIDENCE_KEY]
                best = {INTENT_NAME_KEY: FALLBACK_INTENT, PREDICTED_CONFIDENCE_KEY: confidence}
        elif best[INTENT_NAME_KEY] == OUT_OF_SCOPE:
            best = ours
        return {**best, TIER: tier}, ranking

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data


def embedded_text(text: str, entities: List[Dict[str, Any]]) -> str:
    """The text the embedding sees: as typed."""
    return unicodedata.normalize("NFKC", text).strip()


def _sure_from(ngrams: np.ndarray, both: Optional[np.ndarray], truth: np.ndarray, worse: float) -> float:
    """The lowest confidence from which the n-grams alone are about as often right as both tiers."""
    if both is None:
        return 0.0
    confidence = ngrams.max(axis=1)
    right, right_both = ngrams.argmax(axis=1) == truth, both.argmax(axis=1) == truth
    for threshold in np.arange(0.3, 1.0, 0.01):
        above = confidence >= threshold
        if not above.any() or right[above].mean() >= right_both[above].mean() - worse:
            return float(threshold)
    return 1.0


def _soft(scores: np.ndarray, temperature: float) -> np.ndarray:
    scaled = scores / temperature
    return np.exp(scaled - logsumexp(scaled, axis=1, keepdims=True))


def _temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The divisor of the scores under which the held-out answers are likeliest."""
    rows = np.arange(len(truth))

    def surprise(log_temperature: float) -> float:
        scaled = scores / np.exp(log_temperature)
        return float(np.mean(logsumexp(scaled, axis=1) - scaled[rows, truth]))

    return float(np.exp(minimize_scalar(surprise, bounds=(-4.0, 4.0), method="bounded").x))
