"""What became of a post, edit by edit: kept on disk by post, since a dump has it in the order of time."""

from dataclasses import dataclass, replace

from forum.integrations.importers.records import Author, Edit
from forum.integrations.importers.scratch import Scratch
from forum.integrations.importers.stackexchange.dump import Row, moment, need, number, tag_names

# PostHistoryTypeId: the first title, body and tags; edits of each; and each rolled back.
TITLES, BODIES, TAGS = ("1", "4", "7"), ("2", "5", "8"), ("3", "6", "9")
FIRST = ("1", "2", "3")
KEPT = frozenset((*TITLES, *BODIES, *TAGS))


@dataclass(frozen=True, slots=True)
class Story:
    """A post's Markdown as it is now (None where the dump does not have it), and the edits that led to it."""

    body: str | None
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class _State:
    body: str | None = None
    title: str | None = None
    tags: tuple[str, ...] | None = None


class History:
    """The history of all posts of a dump."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._waiting: list[tuple[object, ...]] = []
        scratch.execute(
            "CREATE TABLE history (post TEXT, id INTEGER, type TEXT, edit TEXT, at TEXT, user TEXT, name TEXT,"
            " text TEXT, PRIMARY KEY (post, id)) WITHOUT ROWID"
        )

    def add(self, row: Row) -> None:
        """Keep a row of PostHistory, if it is about words."""
        if row.get("PostHistoryTypeId") in KEPT:
            self._waiting.append((
                row.get("PostId"), number(row, "Id"), row["PostHistoryTypeId"], row.get("RevisionGUID", row["Id"]),
                need(row, "CreationDate", "PostHistory"), row.get("UserId"), row.get("UserDisplayName"),
                row.get("Text", ""),
            ))
        if len(self._waiting) >= 200:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        self._scratch.insert("history", self._waiting)
        self._waiting.clear()

    def of(self, post_id: str) -> Story:
        """The story of one post."""
        found = self._scratch.execute(
            "SELECT type, edit, at, user, name, text FROM history WHERE post = ? ORDER BY id", (post_id,)
        )
        state, edits, last = _State(), list[Edit](), ""
        for kind, edit, at, user, name, text in found:
            if kind not in FIRST and edit != last and state.body is not None:
                edits.append(Edit(Author(user, name), moment(at), state.body, state.title, state.tags))
                last = edit
            state = _changed(state, kind, text)
        return Story(state.body, tuple(edits))


def _changed(state: _State, kind: str, text: str) -> _State:
    if kind in BODIES:
        return replace(state, body=text)
    if kind in TITLES:
        return replace(state, title=text)
    return replace(state, tags=tag_names(text))
