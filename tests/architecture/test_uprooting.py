"""Removing the demo reaches every row that can point at it: a new table cannot be forgotten."""

import ast

from forum import models
from forum.core.database import Base
from tests.architecture.reading import ROOT

GOING = {"member", "thread", "post", "board", "chat_room", "chat_message"}
# Rows that go as a whole, found by whose they are; and the log, which keeps who acted.
BY_OTHER_MEANS = {
    "thread.author_id", "thread.board_id", "post.author_id", "post.thread_id",
    "post.parent_id", "chat_room.board_id", "chat_message.author_id", "chat_message.room_id",
}


def _named() -> set[str]:
    """The columns that the module names, as table.column."""
    tables = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in Base.registry.mappers}
    tree = ast.parse((ROOT / "forum/admin/uprooting.py").read_text())
    return {
        f"{tables[node.value.id]}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in tables
    }


def test_every_column_that_points_at_the_demo_is_dealt_with() -> None:
    """Each foreign key to members, threads, posts, boards, rooms and messages is emptied, or its row deleted."""
    assert models.ROOMS
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in GOING and table.name != "moderation_log"
    }
    assert len(pointing) > 60 and pointing >= BY_OTHER_MEANS
    assert sorted(pointing - _named() - BY_OTHER_MEANS) == []
