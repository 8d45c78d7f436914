"""A Stack Exchange dump as a source. What its columns mean: the dump's own readme, and SEDE's schema documentation."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from forum.content.excerpt import excerpt
from forum.content.plain import plain_text
from forum.core.i18n import gettext as _
from forum.integrations.importers.records import (
    AcceptanceRecord,
    Author,
    AwardRecord,
    BadgeRecord,
    BoardRecord,
    Body,
    Person,
    PostRecord,
    TagRecord,
    ThreadRecord,
    VoteRecord,
)
from forum.integrations.importers.scratch import Scratch
from forum.integrations.importers.source import Known, Source, Unreadable
from forum.integrations.importers.stackexchange.dump import (
    FILES,
    Row,
    check_files,
    moment,
    need,
    number,
    rows,
    tag_names,
)
from forum.integrations.importers.stackexchange.history import History

GENERAL = "general"
QUESTION, ANSWER = "1", "2"
ACCEPTED, UP, DOWN, FAVORITE, BOUNTY_GIVEN, BOUNTY_WON = "1", "2", "3", "5", "8", "9"
LINKS, DUPLICATE = "PostLinks", "3"  # a file that not every dump has, and its LinkTypeId
VALUES = {UP: 1, DOWN: -1}
APPROVED_EDIT = "24"  # PostHistoryTypeId of a suggested edit that was approved
EDIT_POINTS = 2  # what it was worth to who suggested it
LEVELS = {"1": "gold", "2": "silver", "3": "bronze"}
STEP = 500
SAME_SITE_SHARE = 0.5  # of known questions that must have the date that is known, for a dump to be of the same site
OLDER = dt.timedelta(days=28)  # dumps come months apart
OLDER_SHARE = 0.5  # of the last known posts that are missing in a dump from before; some vanish from newer ones too

_PROPOSED = re.compile(r"Proposed by (-?\d+) approved")


class StackExchange(Source):
    """One dump in a folder. Use as a context: it keeps an index on disk meanwhile."""

    def __init__(self, folder: Path, boards: int = 12, name: str = "stackexchange") -> None:
        super().__init__(name)
        self.folder = folder
        self._most = boards
        self._total = 0
        self._newest = ""

    def __enter__(self) -> Self:
        """Read through all files once: whether they are whole, and what has to be known across them."""
        check_files(self.folder)
        self._scratch = Scratch()
        try:
            self._read_through()
        except BaseException:
            self._scratch.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the index away."""
        self._scratch.close()

    def total(self) -> int:
        """All rows of all files."""
        return self._total

    def through(self) -> dt.datetime | None:
        """The newest moment in the dump."""
        return moment(self._newest) if self._newest else None

    def check(self, known: Known) -> None:
        """Refuse a dump of another site (known questions would have other dates there), and one from before."""
        same = other = 0
        for id, created in known.threads:
            found = self._scratch.execute("SELECT at FROM post WHERE id = ?", (id,)).fetchone()
            if found is not None:
                same, other = (same + 1, other) if found[0][:19] == created[:19] else (same, other + 1)
        if other and same < SAME_SITE_SHARE * (same + other):
            raise Unreadable(
                _("This is a dump of another community than the one imported as %(name)s; give it a name of its own"
                  " with --name.", name=self.name)
            )
        through = self.through()
        earlier = known.through is not None and through is not None and known.through - through > OLDER
        missing = sum(self._kind(id) is None for id in known.posts)
        if earlier and missing > OLDER_SHARE * len(known.posts):
            raise Unreadable(
                _("This dump ends on %(day)s and lacks most of the last posts that were imported before. An older one"
                  " would take away what came since.", day=self._newest[:10])
            )

    # Records ----------------------------------------------------------------------------------

    def boards(self) -> list[BoardRecord]:
        """A board for each of the most used tags, and one for everything else."""
        counted = sorted(
            ((number(row, "Count"), -number(row, "Id"), row["TagName"]) for row in rows(self.folder, "Tags")),
            reverse=True,
        )
        most = [name for count, _id, name in counted if count][: self._most]
        boards = [BoardRecord(name, _board_title(name)) for name in most if name != GENERAL]
        return [*boards, BoardRecord(GENERAL, _("General"), _("Everything that fits no other board."))]

    def tags(self) -> Iterator[TagRecord]:
        """All tags."""
        for row in rows(self.folder, "Tags"):
            yield TagRecord(need(row, "TagName", "Tags"), row["TagName"])

    def people(self) -> Iterator[Person]:
        """All users, the site's own account among them."""
        for row in rows(self.folder, "Users"):
            self._leave_out_of_profile(row)
            seen = row.get("LastAccessDate")
            yield Person(
                id=need(row, "Id", "Users"), name=row.get("DisplayName") or f"user{row['Id']}",
                joined_at=moment(need(row, "CreationDate", "Users")), seen_at=moment(seen) if seen else None,
                about=Body(html=row.get("AboutMe", "")),
            )

    def threads(self) -> Iterator[ThreadRecord]:
        """Questions."""
        for row in rows(self.folder, "Posts"):
            if row.get("PostTypeId") == QUESTION:
                if row.get("ClosedDate"):
                    self.left_out[_("closings of questions (they are open here)")] += 1
                yield self._question(row)
            elif row.get("PostTypeId") != ANSWER:
                self.left_out[_("posts that are no questions or answers (articles about tags, notices)")] += 1

    def posts(self) -> Iterator[PostRecord]:
        """Answers, then comments as replies to what they stand under."""
        for row in rows(self.folder, "Posts"):
            if row.get("PostTypeId") == ANSWER:
                if self._kind(row.get("ParentId")) != QUESTION:
                    self.left_out[_("answers whose question is not in the dump")] += 1
                    continue
                story = self._history.of(row["Id"])
                yield PostRecord(
                    id=row["Id"], thread=row["ParentId"], author=_owner(row), created_at=moment(row["CreationDate"]),
                    body=Body(story.body, row.get("Body", "")), edits=story.edits, score=self._unnamed_score(row),
                    common_since=_common(row),
                )
        yield from self._comments()

    def _comments(self) -> Iterator[PostRecord]:
        for row in rows(self.folder, "Comments"):
            post_id = need(row, "PostId", "Comments")
            found = self._scratch.execute("SELECT type, parent FROM post WHERE id = ?", (post_id,)).fetchone()
            if found is None or found[0] not in (QUESTION, ANSWER):
                self.left_out[_("comments on what is not taken")] += 1
                continue
            yield PostRecord(
                id=f"c{need(row, 'Id', 'Comments')}", thread=post_id if found[0] == QUESTION else found[1],
                parent=post_id, author=Author(row.get("UserId"), row.get("UserDisplayName")),
                created_at=moment(need(row, "CreationDate", "Comments")), body=Body(markdown=row.get("Text", "")),
                score=number(row, "Score"),
            )

    def votes(self) -> Iterator[VoteRecord]:
        """Votes up and down on questions and answers."""
        for row in rows(self.folder, "Votes"):
            kind = row.get("VoteTypeId", "")
            if self._kind(row.get("PostId")) not in (QUESTION, ANSWER):
                self.left_out[_("votes on what is not taken or not in the dump")] += 1
            elif kind in VALUES:
                yield VoteRecord(row["Id"], row["PostId"], VALUES[kind], moment(row["CreationDate"]))
            elif kind == FAVORITE:
                self.left_out[_("favorites (whose they are is theirs alone)")] += 1
            elif kind not in (ACCEPTED, BOUNTY_GIVEN, BOUNTY_WON):
                self.left_out[_("votes to close, delete, review or report")] += 1

    def acceptances(self) -> Iterator[AcceptanceRecord]:
        """Accepted answers, with the moment of the vote that says so; without one, that of the answer."""
        for row in rows(self.folder, "Posts"):
            answer = row.get("AcceptedAnswerId")
            if answer is None or self._kind(answer) != ANSWER:
                continue
            found = self._scratch.execute(
                "SELECT post.at, accepted.vote, accepted.at FROM post LEFT JOIN accepted ON accepted.post = post.id"
                " WHERE post.id = ?", (answer,)
            ).fetchone()
            yield AcceptanceRecord(found[1] or f"q{row['Id']}", answer, moment(found[2] or found[0]))

    def awards(self) -> Iterator[AwardRecord]:
        """Bounties from who gave them to who won them, and approved edits."""
        for row in rows(self.folder, "Votes"):
            kind, amount = row.get("VoteTypeId"), number(row, "BountyAmount")
            if kind == BOUNTY_GIVEN and "UserId" in row:
                yield AwardRecord(
                    f"v{row['Id']}", Author(row["UserId"]), "bounty_given", -amount, moment(row["CreationDate"])
                )
            elif kind == BOUNTY_WON:
                owner = self._scratch.execute(
                    "SELECT owner, name FROM post WHERE id = ?", (row["PostId"],)
                ).fetchone()
                if owner is not None:
                    yield AwardRecord(
                        f"v{row['Id']}", Author(*owner), "bounty_won", amount, moment(row["CreationDate"])
                    )
        for row in rows(self.folder, "PostHistory"):
            if row.get("PostHistoryTypeId") != APPROVED_EDIT:
                continue
            proposed = _PROPOSED.search(row.get("Comment") or row.get("Text") or "")
            if proposed is None:
                self.left_out[_("edits suggested by guests (their points belong to nobody)")] += 1
                continue
            yield AwardRecord(
                f"h{row['Id']}", Author(proposed[1]), "suggested_edit", EDIT_POINTS, moment(row["CreationDate"])
            )

    def badges(self) -> Iterator[BadgeRecord]:
        """Badges of people who are in the dump."""
        for row in rows(self.folder, "Badges"):
            owner = (need(row, "UserId", "Badges"),)
            if self._scratch.execute("SELECT 1 FROM person WHERE id = ?", owner).fetchone() is None:
                self.left_out[_("badges of people who are not in the dump")] += 1
                continue
            yield BadgeRecord(
                need(row, "Id", "Badges"), *owner, need(row, "Name", "Badges"),
                moment(need(row, "Date", "Badges")), LEVELS.get(row.get("Class", "")),
            )

    # What has to be known across files ---------------------------------------------------------

    def _read_through(self) -> None:
        self._history = History(self._scratch)
        for table in (
            "post (id TEXT PRIMARY KEY, type TEXT, parent TEXT, owner TEXT, name TEXT, at TEXT)",
            "tally (post TEXT PRIMARY KEY, votes INTEGER)", "accepted (post TEXT PRIMARY KEY, vote TEXT, at TEXT)",
            "person (id TEXT PRIMARY KEY)",
        ):
            self._scratch.execute(f"CREATE TABLE {table} WITHOUT ROWID")
        for name in FILES:
            reader = rows(self.folder, name)
            while some := list(islice(reader, STEP)):
                self._total += len(some)
                self._look_at(name, some)
        self._history.flush()
        if (self.folder / f"{LINKS}.xml").is_file():
            self._leave_out_links()

    def _look_at(self, name: str, some: list[Row]) -> None:
        for row in some:
            need(row, "Id", name)
        if name == "Posts":
            self._scratch.insert("post", (
                (row["Id"], row.get("PostTypeId"), row.get("ParentId"), row.get("OwnerUserId"),
                 row.get("OwnerDisplayName"), need(row, "CreationDate", name)) for row in some
            ))
            self._newest = max(self._newest, *(row["CreationDate"] for row in some))
        elif name == "Votes":
            tally = Counter[str]()
            for row in some:
                tally[need(row, "PostId", name)] += VALUES.get(row.get("VoteTypeId", ""), 0)
            for post, votes in tally.items():
                self._scratch.execute(
                    "INSERT INTO tally VALUES (?, ?) ON CONFLICT (post) DO UPDATE SET votes = votes + excluded.votes",
                    (post, votes),
                )
            self._scratch.insert("accepted", (
                (row["PostId"], row["Id"], need(row, "CreationDate", name)) for row in some
                if row.get("VoteTypeId") == ACCEPTED
            ))
        elif name == "Users":
            self._scratch.insert("person", ((row["Id"],) for row in some))
        elif name == "PostHistory":
            for row in some:
                self._history.add(row)

    def _leave_out_links(self) -> None:
        for row in rows(self.folder, LINKS):
            if row.get("LinkTypeId") == DUPLICATE:
                self.left_out[_("marks of duplicates (both questions are there)")] += 1
            else:
                self.left_out[_("lists of related questions (links in the texts are kept)")] += 1

    def _leave_out_of_profile(self, row: Row) -> None:
        if row.get("Location"):
            self.left_out[_("places where members live")] += 1
        if row.get("WebsiteUrl"):
            self.left_out[_("websites of members")] += 1
        if row.get("Age"):
            self.left_out[_("ages of members")] += 1

    def _kind(self, post_id: str | None) -> str | None:
        found = self._scratch.execute("SELECT type FROM post WHERE id = ?", (post_id,)).fetchone()
        return str(found[0]) if found else None

    def _unnamed_score(self, row: Row) -> int:
        """What of a post's score no vote in the dump explains."""
        found = self._scratch.execute("SELECT votes FROM tally WHERE post = ?", (row["Id"],)).fetchone()
        return number(row, "Score") - (int(found[0]) if found else 0)

    def _question(self, row: Row) -> ThreadRecord:
        story = self._history.of(row["Id"])
        tags = tag_names(row.get("Tags", ""))
        return ThreadRecord(
            id=row["Id"], boards=tags, kind="question",
            title=row.get("Title") or excerpt(plain_text(row.get("Body", "")), 80) or row["Id"], author=_owner(row),
            created_at=moment(row["CreationDate"]), body=Body(story.body, row.get("Body", "")), tags=tags,
            edits=story.edits, views=number(row, "ViewCount"), score=self._unnamed_score(row),
            common_since=_common(row),
        )


def _owner(row: Row) -> Author:
    return Author(row.get("OwnerUserId"), row.get("OwnerDisplayName"))


def _common(row: Row) -> dt.datetime | None:
    text = row.get("CommunityOwnedDate")
    return moment(text) if text else None


def _board_title(tag: str) -> str:
    words = " ".join(tag.replace("-", " ").split())
    return words[:1].upper() + words[1:]
