"""The index itself: which documents hold which words, on SQLite's FTS5 and on PostgreSQL's vectors alike.

Both are given the same words (`content.words`) and asked the same question, and both answer with ids, the newest
first, and no rank: ranks are ours (`search.ranking`), so the two cannot differ. What a viewer may see is
not known here; whoever asks joins the ids with the rows themselves.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    TableClause,
    any_,
    cast,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.content.words import MOST_WORDS
from forum.search.language import Clause, Phrase

# PostgreSQL's index knows no order. Each document also bears the number of its stretch of ids, in two sizes, so
# that the newest holders of a common word are found without reading all of them.
_STRETCHES = (11, 15)  # 2^11 and 2^15 ids
_BATCH = 500
_CONTEXT = "^"  # in front of PostgreSQL's words of the context; no word begins so


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed under an id: its words in order, and facets such as "b12" (on board 12).

    `context` are words that it is read under, an answer under its title: they complete what it says itself.
    """

    id: int
    words: Sequence[str]
    context: Sequence[str] = ()
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a document must hold: all clauses, nothing excluded, all facets. Without anything: every document.

    At least one clause must stand in its own words; the others may stand in its context.
    """

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    facets: tuple[tuple[str, ...], ...] = ()  # of each group one


class Index:
    """One table of the index."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sqlite = table(name, column("rowid"), column("words"), column("context"), column("facets"))
        self._postgresql = table(name, column("id"), column("words", TSVECTOR))

    def put(self, session: Session, documents: Iterable[Document]) -> None:
        """Index these documents; what was indexed under their ids before is replaced."""
        batch = list(documents)
        if not batch:
            return
        if _on_sqlite(session):
            self.drop(session, [document.id for document in batch])
            session.execute(plain_insert(self._sqlite), [_sqlite_row(document) for document in batch])
            return
        statement = postgresql_insert(self._postgresql)
        replacing = statement.on_conflict_do_update(
            index_elements=["id"], set_={"words": statement.excluded.words}
        )
        session.execute(replacing, [_postgresql_row(document) for document in batch])

    def drop(self, session: Session, ids: Sequence[int]) -> None:
        """Take these ids out of the index."""
        ids = list(ids)
        for start in range(0, len(ids), _BATCH):
            session.execute(delete(self._table(session)).where(self._id(session).in_(ids[start : start + _BATCH])))

    def drop_between(self, session: Session, after: int, upto: int | None) -> None:
        """Take out all ids over `after`, up to `upto` if given."""
        within = self._id(session) > after
        if upto is not None:
            within &= self._id(session) <= upto
        session.execute(delete(self._table(session)).where(within))

    def newest(self, session: Session, question: Question, *, below: int | None, limit: int) -> list[int]:
        """At most `limit` ids that answer the question, the highest first; with `below` only smaller ones."""
        if _on_sqlite(session):
            found = select(self._sqlite.c.rowid)
            match = _sqlite_match(question)
            if match:
                found = found.where(literal_column(self._name).op("MATCH")(match))
            if below is not None:
                found = found.where(self._sqlite.c.rowid < below)
            return list(session.scalars(found.order_by(self._sqlite.c.rowid.desc()).limit(limit)))
        return self._newest_by_stretches(session, question, below, limit)

    def _newest_by_stretches(
        self, session: Session, question: Question, below: int | None, limit: int
    ) -> list[int]:
        query = _postgresql_match(question)
        if not query:
            return list(session.scalars(self._postgresql_ids(None, below, limit)))
        last = below - 1 if below is not None else session.scalar(select(func.max(self._postgresql.c.id))) or 0
        for size in _STRETCHES:
            if last >> (size + 1) == 0:
                break  # two stretches are all there is
            stretches = f"('{_stretch(last, size)}' | '{_stretch(last - (1 << size), size)}')"
            found = session.scalars(self._postgresql_ids(f"{query} & {stretches}", below, limit)).all()
            if len(found) == limit:
                return list(found)
        return list(session.scalars(self._postgresql_ids(query, below, limit)))

    def _postgresql_ids(self, query: str | None, below: int | None, limit: int) -> Select[int]:
        ids = self._postgresql.c.id
        found: Select[int] = select(ids)
        if query is not None:
            found = found.where(self._postgresql.c.words.op("@@")(cast(query, TSQUERY)))
        if below is not None:
            found = found.where(ids < below)
        if query is None:
            return found.order_by(ids.desc()).limit(limit)
        # OFFSET fences the planner: in the order of ids it would read vector after vector of the whole table.
        fenced = found.offset(literal_column("0")).subquery()
        return select(fenced.c.id).order_by(fenced.c.id.desc()).limit(limit)

    def _table(self, session: Session) -> TableClause:
        return self._sqlite if _on_sqlite(session) else self._postgresql

    def _id(self, session: Session) -> ColumnElement[int]:
        return self._sqlite.c.rowid if _on_sqlite(session) else self._postgresql.c.id


POSTS = Index("search_post")  # each post by its words, under the title and the tags of its thread
TITLES = Index("search_title")  # each thread by its title and tags
MEMBERS = Index("search_member")  # each member by handle and name


def among(session: Session, id_: InstrumentedAttribute[int], ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column is one of `ids`: as one value, since thousands of parameters cost more than the query."""
    if _on_sqlite(session):
        return id_.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
    return id_ == any_(cast(list(ids), ARRAY(Integer)))


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# SQLite ---------------------------------------------------------------------------------------


def _sqlite_row(document: Document) -> dict[str, object]:
    return {
        "rowid": document.id, "words": " ".join(document.words[:MOST_WORDS]),
        "context": " ".join(document.context[:MOST_WORDS]), "facets": " ".join(document.facets),
    }


def _sqlite_match(question: Question) -> str:
    """The question in FTS5's language. Forms hold letters and digits alone, so quotes need no escaping."""
    parts = []
    if question.clauses:
        clauses = [f"({' OR '.join(map(_sqlite_phrase, clause))})" for clause in question.clauses]
        if len(clauses) == 1:
            parts.append(f"{{words}} : {clauses[0]}")
        else:
            parts.append(f"{{words context}} : ({' AND '.join(clauses)})")
            parts.append(f"{{words}} : ({' OR '.join(clauses)})")
    for group in question.facets:
        parts.append("{facets} : (" + " OR ".join(f'"{facet}"' for facet in group) + ")")
    match = " AND ".join(f"({part})" for part in parts)
    if match and question.excluded:
        excluded = " OR ".join(map(_sqlite_phrase, question.excluded))
        match = f"({match}) NOT ({{words context}} : ({excluded}))"
    return match


def _sqlite_phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.forms)}"' + (" *" if phrase.beginning else "")


# PostgreSQL -----------------------------------------------------------------------------------


def _postgresql_row(document: Document) -> dict[str, object]:
    """The vector as PostgreSQL writes it: each word with its places. Marks in front keep facets apart from words."""
    words = _placed(document.words, "") + _placed(document.context, _CONTEXT)
    words += (f"'={facet}'" for facet in document.facets)
    words += (f"'{_stretch(document.id, size)}'" for size in _STRETCHES)
    return {"id": document.id, "words": " ".join(words)}


def _placed(words: Sequence[str], mark: str) -> list[str]:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words[:MOST_WORDS], start=1):
        places.setdefault(word, []).append(str(place))
    return [f"'{mark}{word}':{','.join(where)}" for word, where in places.items()]


def _stretch(id_: int, size: int) -> str:
    return f"~{size}.{id_ >> size}"


def _postgresql_match(question: Question) -> str:
    own = [" | ".join(map(_postgresql_phrase, clause)) for clause in question.clauses]
    parts = own
    if len(own) > 1:
        above = (" | ".join(_postgresql_phrase(one, _CONTEXT) for one in clause) for clause in question.clauses)
        parts = [f"{here} | {there}" for here, there in zip(own, above, strict=True)]
        parts.append(" | ".join(own))
    parts += (" | ".join(f"'={facet}'" for facet in group) for group in question.facets)
    if not parts:
        return ""
    parts += (f"!{_postgresql_phrase(one, mark)}" for one in question.excluded for mark in ("", _CONTEXT))
    return " & ".join(f"({part})" for part in parts)


def _postgresql_phrase(phrase: Phrase, mark: str = "") -> str:
    words = [f"'{mark}{form}'" for form in phrase.forms]
    if phrase.beginning:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"
