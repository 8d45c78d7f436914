"""What the pages of moderation call a thing, and where it is."""

from forum.content.excerpt import excerpt
from forum.moderation.targets import Target


def href_of(target: Target) -> str:
    """The address at which people see the thing."""
    if target.kind == "post":
        return f"/p/{target.id}"
    if target.room is not None:
        return f"/chat/{target.room.slug}"
    return f"/m/{target.author.name}"


def title_of(target: Target) -> str:
    """The title of its thread, the name of its room, or the member's name."""
    if target.thread is not None:
        return target.thread.title
    return target.room.title if target.room is not None else target.author.label


def words_of(target: Target, length: int = 400) -> str:
    """The beginning of what it says."""
    if target.post is not None:
        return excerpt(target.post.body_text, length)
    if target.message is not None:
        return excerpt(target.message.body_source, length)
    return excerpt(target.author.about_source, length)
