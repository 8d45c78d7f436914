"""How well a post answers a search: a sum of whole points, the same on every database. docs/search.md explains it.

No word statistics: how often a word stands in a text says little about help, and the databases count differently.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from forum.content.words import forms
from forum.search.language import Clause, Query

TITLE = 60  # all words stand in the title or the tags; a part of them gives a part
TITLE_SEQUENCE = 30  # and in the order in which they were typed
KINDS = {"opening": 15, "answer": 12, "reply": 0}
ACCEPTED = 20
SOLVED = 10
VOTE_STEP, MOST_VOTE_STEPS = 5, 6  # for 1, 3, 7, 15, 31, 63 votes: each step takes twice as many
YOUNG = 16  # less one for each quarter of a year of age
QUARTER = 91  # days


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that holds the words, as far as its place in the list depends on it."""

    post_id: int
    thread_id: int
    kind: str
    accepted: bool
    score: int
    created_at: dt.datetime
    title: str
    solved: bool
    in_title: bool | None  # whether the index found all words in the title and the tags; None: it was not asked


def points(query: Query, candidate: Candidate, now: dt.datetime) -> int:
    """What the candidate is worth for this query."""
    total = _title_points(query.clauses, candidate.title, candidate.in_title) + KINDS[candidate.kind]
    if candidate.accepted:
        total += ACCEPTED
    if candidate.solved:
        total += SOLVED
    steps = (max(0, candidate.score) + 1).bit_length() - 1
    total += VOTE_STEP * min(MOST_VOTE_STEPS, steps)
    return total + max(0, YOUNG - (now - candidate.created_at).days // QUARTER)


def _title_points(clauses: Sequence[Clause], title: str, in_title: bool | None) -> int:
    """What the title is worth. One word alone is there or not, and the index has said so."""
    if len(clauses) == 1 and in_title is not None:
        return TITLE if in_title else 0
    words = forms(title)
    held = sum(_holds(words, clause) for clause in clauses)
    in_sequence = held == len(clauses) and _in_sequence(words, clauses)
    return (TITLE if in_title else TITLE * held // len(clauses)) + (TITLE_SEQUENCE if in_sequence else 0)


def _holds(title: Sequence[str], clause: Clause) -> bool:
    return any(
        tuple(title[at : at + len(phrase.forms)]) == phrase.forms
        for phrase in clause for at in range(len(title) - len(phrase.forms) + 1)
    )


def _in_sequence(title: Sequence[str], clauses: Sequence[Clause]) -> bool:
    """Whether the clauses stand in the title in the order in which they were typed."""
    places = [
        min((title.index(phrase.forms[0]) for phrase in clause if phrase.forms[0] in title), default=-1)
        for clause in clauses
    ]
    return places == sorted(places) and -1 not in places
