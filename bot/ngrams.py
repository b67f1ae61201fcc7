"""One message as n-grams and its scores. What scikit-learn gives for it, without the matrices that it makes of a
single row: they take ten times as long as the counting.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, List, Optional, Tuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

Row = Tuple[np.ndarray, np.ndarray]  # columns and their values, both of shape (n,)


class Ngrams:
    """A fitted vectorizer with `sublinear_tf`, for one text at a time; its columns begin at `first`."""

    def __init__(self, vectorizer: TfidfVectorizer, first: int = 0) -> None:
        self._analyse = vectorizer.build_analyzer()
        self._columns = {ngram: int(column) for ngram, column in vectorizer.vocabulary_.items()}
        self._rarity = vectorizer.idf_
        self._first = first
        self.count = len(self._columns)

    def row(self, text: str) -> Row:
        """The n-grams known of a text, weighed and of length 1, as `TfidfVectorizer.transform` weighs them."""
        counts: Counter = Counter()
        for ngram in self._analyse(text):
            column = self._columns.get(ngram)
            if column is not None:
                counts[column] += 1
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        values = (1.0 + np.log(often)) * self._rarity[columns]
        length = np.sqrt(values @ values)
        return columns + self._first, values / length if length else values


def side_by_side(vectorizers: List[TfidfVectorizer]) -> List[Ngrams]:
    """The vectorizers with their columns one after the other, as `hstack` puts their matrices."""
    made: List[Ngrams] = []
    for vectorizer in vectorizers:
        made.append(Ngrams(vectorizer, sum(one.count for one in made)))
    return made


class Linear:
    """A fitted linear classifier of three or more classes, for one row at a time."""

    def __init__(self, classifier: Any) -> None:
        # Row by row in memory: a message has some hundred of the forty thousand features.
        self._weights = np.ascontiguousarray(classifier.coef_.T, dtype=np.float32)
        self._bias = classifier.intercept_

    def scores(self, row: Row, dense: Optional[np.ndarray] = None) -> np.ndarray:
        """As `decision_function`, shape (classes,); `dense`, shape (m,), are the values of the last m features."""
        columns, values = row
        found = values @ self._weights[columns] + self._bias
        if dense is not None:
            found = found + dense @ self._weights[-len(dense) :]
        return found
