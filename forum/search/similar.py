"""Threads like the one that somebody is about to start: by the words of its title, solved ones first.

Nobody types all the words of an old title again, so half of them will do. The index is asked for the newest holders of
each word (of a rare one these are all), of all words together, and where that finds too little of pairs of them: at
most MOST_TERMS + 2 + MOST_PAIRS times for at most EACH ids, so what a title costs does not depend on its length.
(One question for "so many of these words" took PostgreSQL a second among 100,000 threads.)
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.visible import thread_is_visible
from forum.boards.models import Board
from forum.content.marked import Piece, marked
from forum.content.words import forms
from forum.search.index import TITLES, Question, among
from forum.search.language import LONGEST, Phrase
from forum.threads.models import Thread

MOST_TERMS = 6
MOST_PAIRS = 2
LEAST = 2  # so many of the words must be there, where so many were typed, and half of them
EACH = 150
LOOKED_AT = 60  # rows: those that hold most of the words, the newest first
SHOWN = 5
SOLVED = 0.15  # what being solved is worth, in shares of the words
SHORTEST_BEGINNING = 3
_PAIR = 5  # two characters of an unspaced script say as much as a word of so many letters

# Words that stand in every other question, in the form in which they are compared; of Chinese the pairs.
_COMMON = frozenset(forms(
    "a an and are as at be been but by can cannot could did do does doing for from get gets getting had has have having"
    " help how i if in into is it its just keep keeps make me my need no not now of off on one or our out please really"
    " should so some still than that the their them then there these they this to too up us use using very want was we"
    " were what when where which while who why will with without won work working works would you your don doesn isn"
    " am any anyone anybody after before about all always best better between both"
)) | frozenset((
    "怎么", "么办", "怎样", "如何", "什么", "为什", "请问", "可以", "有没", "没有", "是不", "不是", "哪个", "我的",
    "一个",
))
_CHARACTER = re.compile(r"[^\x00-\u02ff]")


@dataclass(frozen=True, slots=True)
class Similar:
    """A thread to look at before asking. `title` is in pieces, what was typed marked."""

    href: str
    title: list[Piece]
    board_name: str
    board_hue: int
    question: bool
    solved: bool
    answers: int


def similar_threads(session: Session, viewer: Actor, title: str, *, typing: bool = False) -> list[Similar]:
    """At most SHOWN threads that the viewer may see and that are there for all; solved ones first, then as they fit.

    Args:
        typing: the last word may be the beginning of one.
    """
    terms = terms_of(title, typing=typing)
    held = _holders(session, terms)
    likely = sorted(held, key=lambda id: (held[id], id), reverse=True)[:LOOKED_AT]
    if not likely:
        return []
    rows = session.execute(
        select(
            Thread.id, Thread.slug, Thread.title, Thread.kind, Thread.solved, Thread.answer_count, Thread.reply_count,
            Board.title.label("board_name"), Board.hue,
        )
        .join(Board, Board.id == Thread.board_id)
        .where(
            among(session, Thread.id, likely), thread_is_visible(viewer), Thread.deleted_at.is_(None),
            Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False), Thread.duplicate_of_id.is_(None),
        )
    ).all()
    fits = {row.id: max(held[row.id], _in_title(terms, row.title)) / len(terms) for row in rows}
    best = sorted(rows, key=lambda row: (fits[row.id] + SOLVED * row.solved, row.id), reverse=True)[:SHOWN]
    wanted = tuple(term.forms for term in terms)
    begun = frozenset(term.forms for term in terms if term.beginning)
    return [
        Similar(
            href=f"/t/{row.id}/{row.slug}", title=marked(row.title, wanted, begun), board_name=row.board_name,
            board_hue=row.hue, question=row.kind == "question", solved=row.solved,
            answers=row.answer_count if row.kind == "question" else row.reply_count,
        )
        for row in sorted(best, key=lambda row: not row.solved)
    ]


def _holders(session: Session, terms: Sequence[Phrase]) -> dict[int, int]:
    """Threads that hold enough of the words, with how many (of those in many threads perhaps more than is known)."""
    held: Counter[int] = Counter()
    common: list[Phrase] = []
    newest = TITLES.newest(session, Question(), below=None, limit=1) if terms else []
    above = newest[0] + 1 if newest else None  # asked once: the index would ask it again each time
    for term in terms:
        ids = TITLES.newest(session, Question(((term,),)), below=above, limit=EACH)
        held.update(ids)
        if len(ids) == EACH:
            common.append(term)
    least = max(min(LEAST, len(terms)), -(-len(terms) // 2))
    if len(terms) > 1 and common:  # else each word's holders are all known
        together = [tuple(terms)]
        if sum(number >= least for number in held.values()) < SHOWN:
            together += list(combinations(common, 2))[:MOST_PAIRS]
        for some in together:
            ids = TITLES.newest(session, Question(tuple((term,) for term in some)), below=above, limit=EACH)
            held |= Counter(dict.fromkeys(ids, len(some)))
    return {id: number for id, number in held.items() if number >= least}


def terms_of(title: str, *, typing: bool = False) -> tuple[Phrase, ...]:
    """The words of a title that say what it is about: the longest ones, at most MOST_TERMS, in their order."""
    text = title[:LONGEST]
    words = [form for form in forms(text) if _says_something(form)]
    unique = list(dict.fromkeys(words))
    kept = set(sorted(unique, key=lambda form: (-_worth(form), unique.index(form)))[:MOST_TERMS])
    begins = words[-1] if typing and words and text[-1:].isalnum() and forms(text)[-1] == words[-1] else None
    return tuple(
        Phrase((form,), beginning=form == begins and len(form) >= SHORTEST_BEGINNING) for form in unique if form in kept
    )


def _says_something(form: str) -> bool:
    return form not in _COMMON and (len(form) > 1 or form.isdigit())


def _worth(form: str) -> int:
    return _PAIR if _CHARACTER.match(form) else len(form)


def _in_title(terms: Sequence[Phrase], title: str) -> int:
    """How many of the words stand in the title."""
    there = forms(title)
    return sum(
        any(word.startswith(term.forms[0]) if term.beginning else word == term.forms[0] for word in there)
        for term in terms
    )
