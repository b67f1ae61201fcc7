"""The questions that staff articles answer, found by meaning: in any wording and any language the embedding reads."""

from __future__ import annotations

import logging
import threading
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.embedding import Embedding, embedded_text, shared
from bot.ngrams import Ngrams

logger = logging.getLogger(__name__)

# How much the letters count beside the meaning: names of things (12345, WeChat, 暂住证) mean little to an embedding.
LETTERS_WEIGHT = 0.5
# A score from which a message is one of the questions, word for word but for a slip.
SAME = 1.35
# Without the embedding letters alone decide.
SAME_LETTERS = 0.85
# The share of messages on other matters that may be taken for a question an article answers: where the intent is read
# as one, and where nothing else answers.
STRAYS_ASKED, STRAYS = 0.2, 0.05


@dataclass(frozen=True)
class Found:
    """An article and how near its nearest question is: `likely` is near enough where articles are asked for, `sure`
    where they are not, `same` where it is the very question.
    """

    id: str
    score: float
    likely: bool
    sure: bool
    same: bool


@dataclass(frozen=True)
class _Questions:
    """One snapshot, ready to search."""

    given: Tuple[Tuple[str, Tuple[str, ...]], ...] = ()
    ids: List[str] = field(default_factory=list)
    letters: Optional[Ngrams] = None
    letter_columns: Any = None  # shape (n-grams, questions)
    vectors: Optional[np.ndarray] = None
    mean: Optional[np.ndarray] = None
    likely: float = 0.0
    sure: float = 0.0
    by_text: Dict[str, str] = field(default_factory=dict)


class LiveArticles:
    """The articles in use; `swap` replaces them by one assignment."""

    def __init__(self, embedding: Embedding = shared) -> None:
        self._embedding = embedding
        self._questions = _Questions()
        self._version = 0
        self._swapping = threading.Lock()
        self._others: Optional[np.ndarray] = None
        self._other_texts: List[str] = []

    def know_others(self, texts: List[str], vectors: Optional[np.ndarray]) -> None:
        """Messages that no article answers, with their vectors: what a score must tell apart."""
        self._other_texts, self._others = texts, vectors

    @property
    def version(self) -> int:
        """Version of the snapshot whose articles are in use; 0 before the first."""
        return self._version

    def swap(self, snapshot: Dict[str, Any]) -> None:
        """Takes the articles of a snapshot (data/schemas/gazetteer.json) unless newer ones are in use. Takes seconds
        where many questions are new.
        """
        given = tuple((one["id"], tuple(one["questions"])) for one in snapshot.get("articles", []))
        with self._swapping:
            if snapshot["version"] < self._version:
                return
            if given != self._questions.given:
                if not self._questions.ids:
                    # The first ones are found by their letters until their meanings are known.
                    # Not as the given ones: if their meanings cannot be had now, the next snapshot tries again.
                    self._questions = replace(self._built(given, meanings=False), given=())
                self._questions = self._built(given, meanings=self._embedding.available)
            self._version = snapshot["version"]

    def _built(self, given: Tuple[Tuple[str, Tuple[str, ...]], ...], meanings: bool) -> _Questions:
        ids = [id_ for id_, questions in given for _ in questions]
        texts = [question for _, questions in given for question in questions]
        if not texts:
            return _Questions(given)
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        columns = vectorizer.fit_transform(texts).T.tocsr()
        vectors = mean = None
        if meanings:
            vectors = self._embedding.many(texts, beside=True)
            mean = vectors.mean(axis=0)
            vectors = _unit(vectors - mean)
        by_text = {_plain(text): id_ for text, id_ in zip(texts, ids, strict=True)}
        built = _Questions(given, ids, Ngrams(vectorizer), columns, vectors, mean, by_text=by_text)
        return self._calibrated(built, vectorizer)

    def find(self, text: str) -> List[Found]:
        """The articles nearest to a text, best first, at most three."""
        questions = self._questions
        if not questions.ids or questions.letters is None:
            return []
        vector = self._embedding.one(embedded_text(text)) if questions.vectors is not None else None
        columns, values = questions.letters.row(text)
        letters = csr_matrix((values, columns, [0, len(columns)]), shape=(1, questions.letters.count))
        scores = _scores(questions, letters, None if vector is None else vector[None, :])[0]
        best: Dict[str, float] = {}
        for index in scores.argsort()[::-1][:30]:
            best.setdefault(questions.ids[index], float(scores[index]))
        same = SAME if vector is not None else SAME_LETTERS
        return [
            Found(id_, score, score >= questions.likely, score >= questions.sure, score >= same)
            for id_, score in list(best.items())[:3]
        ]

    def same(self, text: str) -> List[Found]:
        """The article one of whose questions is this very text, but for case, spaces and punctuation."""
        id_ = self._questions.by_text.get(_plain(text))
        return [Found(id_, SAME, True, True, True)] if id_ else []

    def _calibrated(self, questions: _Questions, vectorizer: TfidfVectorizer) -> _Questions:
        """The same with thresholds: what messages on other matters rarely reach."""
        if not self._other_texts or (questions.vectors is not None and self._others is None):
            return questions
        letters = vectorizer.transform(self._other_texts)
        vectors = self._others if questions.vectors is not None else None
        nearest = _scores(questions, letters, vectors).max(axis=1)
        likely, sure = np.quantile(nearest, [1 - STRAYS_ASKED, 1 - STRAYS])
        logger.info("articles: %d questions, likely from %.2f, sure from %.2f", len(questions.ids), likely, sure)
        return replace(questions, likely=float(likely), sure=float(sure))


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def _scores(questions: _Questions, letters: csr_matrix, vectors: Optional[np.ndarray]) -> np.ndarray:
    """Shape (texts, questions): cosine of meanings plus that of letters; that of letters alone without vectors."""
    by_letters = np.asarray((letters @ questions.letter_columns).todense())
    if vectors is None or questions.vectors is None:
        return by_letters
    return _unit(vectors - questions.mean) @ questions.vectors.T + LETTERS_WEIGHT * by_letters


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


# One per process: the channel swaps it, the pipeline's finder reads it.
live = LiveArticles()
