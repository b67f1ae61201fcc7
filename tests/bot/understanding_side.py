"""Embedding, cascade, articles and double questions; runs under the bot's own Python: see test_rasa_side.py."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack

from bot import lean_rasa

lean_rasa.install()  # as the bot runs

from bot import questions  # noqa: E402
from bot.articles import LiveArticles  # noqa: E402
from bot.components.intent_classifier import CascadeIntentClassifier, features_text  # noqa: E402
from bot.embedding import DIM, ENGINES, Embedding, embedded_text  # noqa: E402
from bot.ngrams import Linear, side_by_side  # noqa: E402

EXAMPLES = {
    "place_hours": ["几点开门", "开到几点", "营业时间", "when does it open", "opening hours", "closing time please"],
    "place_price": ["门票多少钱", "要不要票", "票价", "how much is a ticket", "entrance fee", "what does it cost"],
    "out_of_scope": ["讲个笑话", "量子力学", "股票行情", "tell me a joke", "who won the match", "write some code"],
}


def letters(texts: list[str]) -> np.ndarray:
    """Stands for the embedding where only its bookkeeping matters: a vector from the letters of a text."""
    out = np.zeros((len(texts), DIM), dtype=np.float32)
    for row, text in zip(out, texts, strict=True):
        for char in text:
            row[ord(char) % DIM] += 1
        row /= max(np.linalg.norm(row), 1e-9)
    return out


def broken() -> Any:
    raise ImportError("no such package")


class EmbeddingSide(unittest.TestCase):
    def test_the_real_one_puts_like_meanings_together_across_languages(self) -> None:
        embedding = Embedding()
        self.assertTrue(embedding.available)
        vectors = [embedding.one(text) for text in ("门票多少钱", "сколько стоит билет", "附近有医院吗")]
        self.assertAlmostEqual(float(np.linalg.norm(vectors[0])), 1.0, places=3)
        self.assertGreater(vectors[0] @ vectors[1], vectors[0] @ vectors[2])

    def test_where_it_cannot_be_loaded_that_is_said_and_nothing_breaks(self) -> None:
        self.assertFalse(Embedding(broken).available)

    def test_many_are_made_once_and_kept_on_disk(self) -> None:
        made: list[str] = []

        def load() -> Any:
            return lambda texts: made.extend(texts) or letters(texts)

        with tempfile.TemporaryDirectory() as folder:
            first = Embedding(load, Path(folder)).many(["a", "b", "a"])
            again = Embedding(load, Path(folder)).many(["b", "a", "c"])
        self.assertEqual(made, ["a", "b", "c"])
        self.assertEqual(first.shape, (3, DIM))
        np.testing.assert_allclose(again[0], first[1], atol=1e-3)

    def test_odd_texts_have_vectors(self) -> None:
        embedding = Embedding()
        for text in ("", "\0", "😀" * 50, "x" * 10_000, "\ud800", " \n\t"):
            self.assertEqual(embedding.one(text).shape, (DIM,))


class ManyAtOnce(unittest.TestCase):
    def test_texts_are_read_at_once_by_an_engine_each(self) -> None:
        together = threading.Barrier(ENGINES, timeout=20)

        def load() -> Any:
            def encode(texts: list[str]) -> np.ndarray:
                together.wait()  # breaks where one text waits for another
                return letters(texts)

            return encode

        embedding = Embedding(load)
        with ThreadPoolExecutor(ENGINES) as pool:
            vectors = list(pool.map(embedding.one, [str(number) for number in range(ENGINES)]))
        self.assertEqual([vector.shape for vector in vectors], [(DIM,)] * ENGINES)

    def test_an_engine_that_failed_is_used_again(self) -> None:
        def load() -> Any:
            def encode(texts: list[str]) -> np.ndarray:
                if texts == ["bad"]:
                    raise ValueError("bad")
                return letters(texts)

            return encode

        embedding = Embedding(load)
        for _ in range(ENGINES + 1):
            with self.assertRaises(ValueError):
                embedding.one("bad")
        self.assertEqual(embedding.one("good").shape, (DIM,))


class NgramsSide(unittest.TestCase):
    def test_a_row_and_its_scores_are_those_of_scikit_learn(self) -> None:
        cascade = classifier(lambda: letters)
        model = cascade._model
        ngrams = side_by_side(model["vectorizers"])
        for text in ("门票多少钱呀", "When does it OPEN, please?", "", "😀😀", "a" * 300, "没有见过的字"):
            text = features_text(text, [])
            matrix = hstack([vectorizer.transform([text]) for vectorizer in model["vectorizers"]], format="csr")
            rows = [one.row(text) for one in ngrams]
            row = (np.concatenate([columns for columns, _ in rows]), np.concatenate([values for _, values in rows]))
            dense = np.zeros(matrix.shape[1])
            dense[row[0]] = row[1]
            np.testing.assert_allclose(dense, matrix.toarray()[0], atol=1e-12)
            first, both = model["tiers"]["ngrams"].classifier, model["tiers"]["both"].classifier
            np.testing.assert_allclose(Linear(first).scores(row), first.decision_function(matrix)[0], atol=1e-3)
            vector = letters([text])[0]
            joined = hstack([matrix, csr_matrix(vector[None, :])], format="csr")
            np.testing.assert_allclose(Linear(both).scores(row, vector), both.decision_function(joined)[0], atol=1e-3)


def classifier(load: Any) -> CascadeIntentClassifier:
    config = {**CascadeIntentClassifier.get_default_config(), "folds": 2}
    with tempfile.TemporaryDirectory() as folder:
        made = CascadeIntentClassifier(config, None, None, Embedding(load, Path(folder)))
        texts = [text for examples in EXAMPLES.values() for text in examples]
        intents = np.array([intent for intent, examples in EXAMPLES.items() for _ in examples])
        made._model = made.fit([features_text(t, []) for t in texts], [embedded_text(t) for t in texts], intents)
    return made


class CascadeSide(unittest.TestCase):
    def test_both_tiers_decide_what_the_first_is_not_sure_of(self) -> None:
        cascade = classifier(lambda: letters)
        cascade._model["decisions"].sure = 1.01
        best, ranking = cascade.rank("门票多少钱呀", [])
        self.assertEqual((best["name"], best["tier"]), ("place_price", "both"))
        self.assertAlmostEqual(sum(one["confidence"] for one in ranking), 1.0, places=3)

    def test_a_sure_first_tier_needs_no_second(self) -> None:
        cascade = classifier(lambda: letters)
        cascade._model["decisions"].sure = 0.0
        self.assertEqual(cascade.rank("门票多少钱", [])[0]["tier"], "ngrams")

    def test_it_works_without_the_embedding(self) -> None:
        best, _ = classifier(broken).rank("when does it open", [])
        self.assertEqual(best["name"], "place_hours")
        self.assertNotEqual(best["tier"], "both")

    def test_an_embedding_lost_after_training_leaves_the_first_tier(self) -> None:
        cascade = classifier(lambda: letters)
        cascade._embedding = Embedding(broken)
        cascade._model["decisions"].sure = 1.01
        best, _ = cascade.rank("opening hours", [])
        self.assertEqual((best["name"], best["tier"]), ("place_hours", "ngrams_alone"))

    def test_any_text_has_an_intent(self) -> None:
        cascade = classifier(lambda: letters)
        for text in ("", "😀", "\0\x07", "a" * 10_000, "<script>", "'; DROP TABLE", "/greet{}", "\ue001"):
            best, ranking = cascade.rank(text, [])
            self.assertTrue(best["name"])
            self.assertTrue(all(0 <= one["confidence"] <= 1 for one in ranking))


SNAPSHOT = {
    "version": 3,
    "entries": [],
    "articles": [
        {
            "id": "article:dogs",
            "questions": ["沙滩能带狗吗", "狗可以进浴场吗", "are dogs allowed on the beach", "my dog"],
        },
        {"id": "article:luggage", "questions": ["行李放哪儿", "哪里能寄存行李", "where can I leave my bags"]},
    ],
}


class ArticlesSide(unittest.TestCase):
    def test_the_nearest_question_names_the_article(self) -> None:
        live = LiveArticles()
        live.swap(SNAPSHOT)
        self.assertEqual(live.find("海边让带狗不")[0].id, "article:dogs")
        self.assertEqual(live.find("left luggage office?")[0].id, "article:luggage")

    def test_letters_alone_do_where_the_embedding_is_away(self) -> None:
        live = LiveArticles(Embedding(broken))
        live.swap(SNAPSHOT)
        self.assertEqual(live.find("哪里能寄存一下行李")[0].id, "article:luggage")

    def test_the_very_question_is_known_whatever_its_commas(self) -> None:
        live = LiveArticles(Embedding(broken))
        live.swap(SNAPSHOT)
        self.assertEqual([one.id for one in live.same(" Are dogs allowed on the BEACH?")], ["article:dogs"])
        self.assertEqual(live.same("are cats allowed"), [])

    def test_an_older_snapshot_changes_nothing(self) -> None:
        live = LiveArticles(Embedding(broken))
        live.swap(SNAPSHOT)
        live.swap({"version": 2, "entries": [], "articles": []})
        self.assertEqual(live.find("my dog")[0].id, "article:dogs")
        live.swap({"version": 4, "entries": [], "articles": []})
        self.assertEqual(live.find("my dog"), [])


read: list[str] = []


async def parse(text: str) -> dict[str, Any]:
    """Reads by catchword, the first that is found."""
    words = {
        "不对": "correction",
        "几点": "place_hours",
        "open": "place_hours",
        "多少": "place_price",
        "how much": "place_price",
        "你好": "greet",
        "救命": "emergency",
        "疼": "find_clinic",
        "医院": "find_clinic",
    }
    read.append(text)
    entities = [{"entity": "symptom", "value": "symptom:toothache"}] if "牙疼" in text else []
    intent = next((name for word, name in words.items() if word in text), "place_details")
    return {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": entities}


class QuestionsSide(unittest.TestCase):
    def read(self, text: str) -> list[str]:
        return [one["text"] for one in asyncio.run(questions.read(text, parse))]

    def test_two_questions_are_read_apart(self) -> None:
        self.assertEqual(self.read("鸽子窝几点开门，门票多少"), ["鸽子窝几点开门", "门票多少"])
        self.assertEqual(self.read("几点开门 多少钱"), ["几点开门", "多少钱"])
        self.assertEqual(self.read("When does it open and how much is it?"), ["When does it open", "how much is it"])

    def test_a_greeting_is_no_question(self) -> None:
        self.assertEqual(self.read("你好，几点开门，门票多少"), ["几点开门", "门票多少"])

    def test_no_part_is_a_command(self) -> None:
        self.assertEqual(self.read("几点开门？/多少钱"), ["几点开门", "多少钱"])

    def test_what_hurts_and_where_is_one_question(self) -> None:
        self.assertEqual(self.read("牙疼，附近的医院"), ["牙疼，附近的医院"])
        self.assertEqual(self.read("牙疼去医院，门票多少"), ["牙疼去医院", "门票多少"])

    def test_what_hurts_is_answered_first(self) -> None:
        self.assertEqual(self.read("鸽子窝几点开门？我牙疼"), ["我牙疼", "鸽子窝几点开门"])

    def test_a_cry_for_help_is_the_only_question(self) -> None:
        self.assertEqual(self.read("门票多少，救命啊"), ["救命啊"])

    def test_a_correction_is_one_message(self) -> None:
        self.assertEqual(self.read("不对，几点开门，门票多少"), ["不对，几点开门，门票多少"])

    def test_no_more_is_read_once_a_part_is_no_question(self) -> None:
        read.clear()
        self.assertEqual(self.read("开门，我家孩子六岁，几点"), ["开门，我家孩子六岁，几点"])
        self.assertEqual(read, ["开门，我家孩子六岁，几点", "开门"])

    def test_what_is_long_is_read_whole_at_once(self) -> None:
        text = "几点开门" + " " * 20_000 + "多少钱"
        self.assertEqual(self.read(text), [text])

    def test_one_question_stays_whole(self) -> None:
        for text in (
            "你好，几点开门",
            "几点开门，开到几点",
            "鸽子窝，几点",
            "open, please",
            "多少，多少，多少，几点，几点",
            "?!",
        ):
            self.assertEqual(self.read(text), [text])


if __name__ == "__main__":
    unittest.main()
