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

from bot.embedding import Embedding, embedded_text, shared
from bot.ngrams import Linear, Ngrams, side_by_side

logger = logging.getLogger(__name__)

FALLBACK_INTENT = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
RANKING_LENGTH = 5
MODEL_FILE = "intent_classifier.joblib"
# Whoever reads a message's understanding may see which tier decided: `example` (the message is one), `ngrams`, `both`,
# or `ngrams_alone` where the embedding is not to be had.
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
    "bus_line": "\ue009",
    "bus_stop": "\ue00a",
}
# What people put around a message, or leave out, without meaning anything by it.
_PAUSES = str.maketrans(dict.fromkeys("?!.~。、,;:", " "))
# A complaint asks for a doctor as a department does.
_WORD_MARK = {"department": "\ue006", "symptom": "\ue006", "category": "\ue007", "tag": "\ue008"}


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


@dataclass
class _Decisions:
    """`sure`: the confidence from which the n-grams decide alone. `ours`: a message is refused where its best intent of
    ours is not so many times likelier than a stranger's message (a logarithm); for each tier, learned on held-out data.
    """

    sure: float
    ours: Dict[str, float]


@dataclass
class _Fast:
    """The model as it is read from: one message at a time."""

    ngrams: List[Ngrams]
    first: Linear
    second: Optional[Linear]

    @classmethod
    def of(cls, model: Dict[str, Any]) -> "_Fast":
        tiers = model["tiers"]
        second = Linear(tiers["both"].classifier) if "both" in tiers else None
        return cls(side_by_side(model["vectorizers"]), Linear(tiers["ngrams"].classifier), second)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class CascadeIntentClassifier(GraphComponent):
    """Predicts the intent; what is refused is `out_of_scope` or, where that is not likely either, `nlu_fallback`."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`alpha` weighs the regularisation, `max_features` bounds the vocabulary, `epochs` and `epochs_second`
        are how often each tier reads its examples, `embedding_weight` scales the
        vectors beside the n-grams, `ngrams_weight` what the first tier says beside the second. `sure`: how likely the
        n-grams have to be right to decide alone. `refused`: the share of good questions that may be refused, measured
        on held-out training data, which is harder than life. `embedded`: how many examples of an intent the second
        tier learns from, `embedded_strangers` how many strangers' messages; a vector takes 15 ms to make. `hard`: which
        part of them are those that the n-grams are least sure of.
        """
        return {
            "alpha": 6e-6,
            "epochs": 12,
            "epochs_second": 8,
            "max_features": 30000,
            "embedding_weight": 2.5,
            "ngrams_weight": 1.4,
            "sure": 0.9,
            "refused": 0.06,
            "folds": 3,
            "embedded": 165,
            "embedded_strangers": 1300,
            "hard": 0.5,
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
        self._fast: Optional[_Fast] = None

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
        component._fast = _Fast.of(component._model)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of all languages at once."""
        examples = training_data.intent_examples
        texts = [features_text(example.get(TEXT), example.get(ENTITIES) or []) for example in examples]
        raw = [embedded_text(example.get(TEXT)) for example in examples]
        intents = np.array([example.get(INTENT) for example in examples])
        self._model = self.fit(texts, raw, intents)
        self._model["known"] = _known(texts, intents)
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
                token_pattern=r"[a-z0-9']+|[\ue001-\ue00a]",
            ),
        ]
        ngrams = hstack([vectorizer.fit_transform(texts) for vectorizer in vectorizers], format="csr")
        classes = np.unique(intents)
        truth = np.searchsorted(classes, intents)
        features = {"ngrams": (np.arange(len(intents)), ngrams)}
        first = self._held_out(ngrams, intents, "epochs")
        held_out = {"ngrams": first}
        mean = None
        if self._embedding.available:
            rows = self._chosen(intents, _margins(first, truth))
            vectors = self._embedding.many([raw[row] for row in rows])
            mean = vectors.mean(axis=0)
            features["both"] = (rows, self._joined(ngrams[rows], vectors - mean))
            held_out["both"] = self._together(
                self._held_out(features["both"][1], intents[rows], "epochs_second"), first[rows]
            )
        tiers, ours = {}, {}
        for name, (rows, matrix) in features.items():
            own, scores = intents[rows], held_out[name]
            temperature = _temperature(scores, truth[rows])
            tiers[name] = _Tier(
                self._classifier("epochs_second" if name == "both" else "epochs").fit(matrix, own), temperature
            )
            logger.info("%s: %.3f right on held-out examples", name, (scores.argmax(axis=1) == truth[rows]).mean())
            ratios = _ours_to_strange(_soft(scores, temperature), classes)[own != OUT_OF_SCOPE]
            ours[name] = float(np.quantile(ratios, self._config["refused"]))
        return {
            "vectorizers": vectorizers,
            "mean": mean,
            "tiers": tiers,
            "classes": classes,
            "decisions": _Decisions(self._config["sure"], ours),
        }

    def _held_out(self, matrix: Any, intents: np.ndarray, epochs: str) -> np.ndarray:
        """The scores of each example by classifiers that have not read it."""
        scores = np.empty((len(intents), len(np.unique(intents))))
        for learn, test in StratifiedKFold(self._config["folds"], shuffle=True, random_state=0).split(matrix, intents):
            scores[test] = self._classifier(epochs).fit(matrix[learn], intents[learn]).decision_function(matrix[test])
        return scores

    def _chosen(self, intents: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """Rows of the examples that the second tier learns from. It is asked where the n-grams are not sure: part of
        them are the examples with the smallest `margins`, the others are evenly spread.
        """
        rows = []
        for intent in np.unique(intents):
            own = np.flatnonzero(intents == intent)
            most = self._config["embedded_strangers" if intent == OUT_OF_SCOPE else "embedded"]
            if len(own) > most:
                hard = margins[own].argsort(kind="stable")[: int(most * self._config["hard"])]
                rest = np.delete(own, hard)
                spread = rest[np.linspace(0, len(rest) - 1, most - len(hard)).round().astype(int)]
                own = np.concatenate([own[hard], spread])
            rows.append(own)
        return np.sort(np.concatenate(rows))

    def _together(self, both: np.ndarray, ngrams: np.ndarray) -> np.ndarray:
        """The second tier has read fewer examples than the first: it also hears what the first says. Scores."""
        return both + self._config["ngrams_weight"] * ngrams

    def _classifier(self, epochs: str) -> SGDClassifier:
        return SGDClassifier(
            loss="log_loss",
            alpha=self._config["alpha"],
            max_iter=self._config[epochs],
            tol=None,
            class_weight="balanced",
            random_state=0,
            n_jobs=2,
        )

    def _joined(self, ngrams: Any, vectors: np.ndarray) -> Any:
        weighted = csr_matrix(vectors * self._config["embedding_weight"])
        return hstack([ngrams, weighted], format="csr")

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
        known = model.get("known", {}).get(_bare(normal))
        if known is not None:
            certain = {INTENT_NAME_KEY: known, PREDICTED_CONFIDENCE_KEY: 1.0}
            return {**certain, TIER: "example"}, [certain]
        fast = self._fast = self._fast or _Fast.of(model)
        rows = [one.row(normal) for one in fast.ngrams]
        ngrams = (np.concatenate([columns for columns, _ in rows]), np.concatenate([values for _, values in rows]))
        scores = fast.first.scores(ngrams)
        probabilities = _soft(scores[None, :], model["tiers"]["ngrams"].temperature)[0]
        if probabilities.max() < decisions.sure or len(ngrams[0]) < 2:
            if fast.second and self._embedding.available:
                tier = "both"
                vector = self._embedding.one(embedded_text(text)) - model["mean"]
                own = fast.second.scores(ngrams, vector * self._config["embedding_weight"])
                probabilities = _soft(self._together(own, scores)[None, :], model["tiers"]["both"].temperature)[0]
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
        strange = (
            _ours_to_strange(probabilities[None, :], classes)[0]
            < decisions.ours["both" if tier == "both" else "ngrams"]
        )
        if strange:
            if best[INTENT_NAME_KEY] != OUT_OF_SCOPE:
                confidence = 1.0 - best[PREDICTED_CONFIDENCE_KEY]
                best = {INTENT_NAME_KEY: FALLBACK_INTENT, PREDICTED_CONFIDENCE_KEY: confidence}
        elif best[INTENT_NAME_KEY] == OUT_OF_SCOPE:
            best = ours
        return {**best, TIER: tier}, ranking

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to the training data."""
        return training_data


def _bare(text: str) -> str:
    """A text as the n-grams see it without the marks that people set or leave out."""
    return " ".join(text.translate(_PAUSES).split())


def _known(texts: List[str], intents: np.ndarray) -> Dict[str, str]:
    """The intent of each example; of those that stand under two intents, none."""
    found: Dict[str, set] = {}
    for text, intent in zip(texts, intents, strict=True):
        found.setdefault(_bare(text), set()).add(str(intent))
    return {text: meant.pop() for text, meant in found.items() if len(meant) == 1}


def _margins(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """How far the score of the true intent is above the best other one, shape (n,)."""
    rows = np.arange(len(truth))
    others = scores.copy()
    others[rows, truth] = -np.inf
    return scores[rows, truth] - others.max(axis=1)


def _ours_to_strange(probabilities: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How much likelier the best intent of ours is than that nobody here is meant; logarithms, shape (n,)."""
    foreign = classes == OUT_OF_SCOPE
    ours = np.log(probabilities[:, ~foreign].max(axis=1) + 1e-9)
    return ours - np.log(probabilities[:, foreign].sum(axis=1) + 1e-9)


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
