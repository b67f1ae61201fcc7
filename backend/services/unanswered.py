"""What people asked and got no answer to: recorded with the turn, alike questions as one, for staff to answer."""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from typing import cast

from rapidfuzz import fuzz, process
from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.database import Database
from backend.models import InboundMessage, UnansweredMessage, UnansweredQuestion
from backend.services.audit import record_audit
from backend.services.editing import EditConflict, Editor, actor_of

log = logging.getLogger(__name__)

# The replies that leave a question unanswered.
CODES = frozenset({"fallback", "fallback_place", "out_of_scope", "article_none", "unknown_place"})
STATES = ("open", "answered", "dismissed")
COMPARED = 300
# Out of 100; tests/services/test_unanswered.py has the pairs it must join and those it must keep apart.
ALIKE = 87
MAX_TEXT = 500
MAX_KEY = 200
_DIGITS = re.compile(r"[+＋]?\d(?:[ \u3000().（）－–-]*\d){6,}[xXＸ]?")
# Politeness and the small words around a question say nothing about what is asked.
_FILLERS = re.compile(
    r"请问|[你您]好|麻烦|一下|想问|我想|可不可以|能不能|可以|有没有|今天|现在|在?(?:哪里|哪儿|哪)|[吗呢啊呀吧了的能我]"
    r"|\b(?:please|hello|hi|can|could|may|you|tell|me|the|an?|do|does|is|are|i|to|of|my|there|today|now)\b"
)
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_BESIDE_HAN = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
_QUESTIONS = cast("Table", UnansweredQuestion.__table__)
# Written out, as the partial indexes have it: the databases see that they may use them.
_IS_OPEN = text("state = 'open'")
_NEWEST_OPEN = (
    select(_QUESTIONS.c.id, _QUESTIONS.c.key)
    .where(_IS_OPEN, _QUESTIONS.c.lang == bindparam("lang"))
    .order_by(_QUESTIONS.c.last_at.desc())
    .limit(COMPARED)
)


def record(session: Session, message: InboundMessage, codes: list[str], now: dt.datetime) -> None:
    """Adds a message to the questions without an answer, if the codes of its replies say that it got none.

    Within the running write, which it never fails: what goes wrong here is logged and taken back.
    """
    if CODES.isdisjoint(codes):
        return
    session.flush()  # what is the turn's own may fail, and then fails the turn
    try:
        with session.begin_nested():
            _record(session, message, now)
    except Exception:
        log.exception("unanswered_not_recorded", extra={"turn_id": message.id})


def _record(session: Session, message: InboundMessage, now: dt.datetime) -> None:
    asked = masked(message.text)[:MAX_TEXT]
    key = comparable(asked)
    if len(key) < 2:
        return
    question_id = _counted(session, _closest(session, message.lang, key), now)
    if question_id is None:
        question_id = _opened(session, message.lang, key, asked, now)
    session.execute(insert(UnansweredMessage), {"inbound_id": message.id, "question_id": question_id, "text": asked})


def _closest(session: Session, lang: str, key: str) -> int | None:
    newest = {row.id: row.key for row in session.execute(_NEWEST_OPEN, {"lang": lang})}
    best = process.extractOne(key, newest, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    return best[2] if best else None


def _counted(session: Session, question_id: int | None, now: dt.datetime) -> int | None:
    """The question with one more who asked it; None where it has been closed at this moment."""
    if question_id is None:
        return None
    return session.scalar(
        update(_QUESTIONS)
        .where(_QUESTIONS.c.id == question_id, _QUESTIONS.c.state == "open")
        .values(count=_QUESTIONS.c.count + 1, last_at=now)
        .returning(_QUESTIONS.c.id)
    )


def _opened(session: Session, lang: str, key: str, asked: str, now: dt.datetime) -> int:
    """A new question, or the one another turn has just opened with the same words."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(_QUESTIONS).values(
        lang=lang, key=key, text=asked, count=1, first_at=now, last_at=now, state="open"
    )
    return session.execute(
        new.on_conflict_do_update(
            index_elements=["lang", "key"],
            index_where=_IS_OPEN,
            set_={"count": _QUESTIONS.c.count + 1, "last_at": now},
        ).returning(_QUESTIONS.c.id)
    ).scalar_one()


def masked(text: str) -> str:
    """The text without telephone numbers and other long numbers, which belong to a person."""
    return _DIGITS.sub("***", text).strip()


def comparable(text: str) -> str:
    """The form in which questions are compared: what is asked, without politeness, punctuation and case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = [_BESIDE_HAN.sub("", _BETWEEN_WORDS.sub(" ", form)).strip() for form in (_FILLERS.sub("", plain), plain)]
    return (words[0] if len(words[0]) > 1 else words[1])[:MAX_KEY].strip()


def close(session: Session, question_id: int, state: str, article_id: str | None = None) -> bool:
    """Closes an open question within the running write; False where somebody else has done so."""
    done = session.scalar(
        update(_QUESTIONS)
        .where(_QUESTIONS.c.id == question_id, _QUESTIONS.c.state == "open")
        .values(state=state, article_id=article_id)
        .returning(_QUESTIONS.c.id)
    )
    return done is not None


class Unanswered:
    """The questions without an answer, for the staff console."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, state: str = "open", page: int = 1, per_page: int = 30) -> tuple[list[UnansweredQuestion], int]:
        """Questions in a state, those asked most often first: `(questions of the page, count)`."""
        query = select(UnansweredQuestion).where(UnansweredQuestion.state == state)
        with self._db.read() as session:
            total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
            ordered = query.order_by(UnansweredQuestion.count.desc(), UnansweredQuestion.last_at.desc())
            return list(session.scalars(ordered.offset((max(page, 1) - 1) * per_page).limit(per_page))), total

    def get(self, question_id: int) -> UnansweredQuestion | None:
        """A question by number."""
        with self._db.read() as session:
            return session.get(UnansweredQuestion, question_id)

    def samples(self, question_ids: list[int], most: int = 5) -> dict[int, list[str]]:
        """For each question the different wordings people used last."""
        last = func.max(UnansweredMessage.inbound_id)
        query = (
            select(UnansweredMessage.question_id, UnansweredMessage.text)
            .where(UnansweredMessage.question_id.in_(question_ids))
            .group_by(UnansweredMessage.question_id, UnansweredMessage.text)
            .order_by(last.desc())
        )
        found: dict[int, list[str]] = {}
        with self._db.read() as session:
            for question_id, asked in session.execute(query):
                if len(samples := found.setdefault(question_id, [])) < most:
                    samples.append(asked)
        return found

    def dismiss(self, question_id: int, editor: Editor) -> None:
        """Takes a question off the list without an answer. Raises EditConflict where it is not open (any more)."""
        with self._db.write() as session:
            if not close(session, question_id, "dismissed"):
                raise EditConflict
            record_audit(session, actor_of(editor), "question.dismissed", f"question:{question_id}", {})
