"""What machines are told about a thread: schema.org QAPage for questions, DiscussionForumPosting for discussions.

After Google's documented rules for both ("Q&A (QAPage)" and "Discussion forum" structured data): one
question a page, its text whole, votes and dates with each answer; comments nested under the posting.
"""

from typing import Any

from forum.content.absolute import whole
from forum.core.filters import iso
from forum.threads.rows import Author, Node, PostRow, ThreadPage

_CONTEXT = "https://schema.org"


def thread_data(page: ThreadPage, base_url: str) -> dict[str, Any] | None:
    """The JSON-LD of a page; None for a duplicate that has no answer of its own: its original has it all."""
    if _adds_nothing(page):
        return None
    if page.head.thread.kind == "question":
        return {"@context": _CONTEXT, "@type": "QAPage", "mainEntity": _question(page, base_url)}
    return {"@context": _CONTEXT, **_posting(page, base_url)}


def canonical_path(page: ThreadPage) -> str:
    """The one address of a page: stretches of answers belong to the question, pages of a discussion stand alone.

    A duplicate without a word of its own below it is its original, for machines.
    """
    if page.head.original is not None and _adds_nothing(page):
        return page.head.original.href
    if page.head.thread.kind == "question" or page.number == 1:
        return page.head.href
    return f"{page.head.href}?page={page.number}"


def _adds_nothing(page: ThreadPage) -> bool:
    return page.head.original is not None and page.head.thread.reply_count == 0


def _question(page: ThreadPage, base_url: str) -> dict[str, Any]:
    thread, opening = page.head.thread, page.head.opening
    data = {
        "@type": "Question",
        "name": thread.title,
        "text": opening.text,
        "url": whole(page.head.href, base_url),
        "answerCount": thread.answer_count,
        "upvoteCount": opening.score,
        **_subject(page),
        **_written(opening, base_url),
    }
    answers = [row for row in _first_level(page) if not row.gone]
    accepted = [row for row in answers if row.accepted]
    suggested = [row for row in answers if not row.accepted]
    if accepted:
        data["acceptedAnswer"] = _answer(accepted[0], base_url)
    if suggested:
        data["suggestedAnswer"] = [_answer(row, base_url) for row in suggested]
    return data


def _answer(row: PostRow, base_url: str) -> dict[str, Any]:
    return {
        "@type": "Answer", "text": row.text, "url": whole(row.href, base_url), "upvoteCount": row.score,
        **_written(row, base_url),
    }


def _posting(page: ThreadPage, base_url: str) -> dict[str, Any]:
    thread, opening = page.head.thread, page.head.opening
    data = {
        "@type": "DiscussionForumPosting",
        "headline": thread.title,
        "text": opening.text,
        "url": whole(page.head.href, base_url),
        **_subject(page),
        **_written(opening, base_url),
        "commentCount": thread.reply_count,
        "interactionStatistic": {
            "@type": "InteractionCounter", "interactionType": "https://schema.org/LikeAction",
            "userInteractionCount": opening.score,
        },
    }
    comments = [_comment(row, base_url) for row in _first_level(page) if not row.gone]
    return data | ({"comment": comments} if comments else {})


def _subject(page: ThreadPage) -> dict[str, Any]:
    """What it is about, as a Thing: of a Product search engines want offers or ratings, which a thread has none of."""
    return {"about": {"@type": "Thing", "name": page.head.product}} if page.head.product else {}


def _comment(row: PostRow, base_url: str) -> dict[str, Any]:
    return {"@type": "Comment", "text": row.text, "url": whole(row.href, base_url), **_written(row, base_url)}


def _written(row: PostRow, base_url: str) -> dict[str, Any]:
    data: dict[str, Any] = {"datePublished": iso(row.created_at), "author": _person(row.author, base_url)}
    if row.edited_at is not None:
        data["dateModified"] = iso(row.edited_at)
    return data


def _person(author: Author, base_url: str) -> dict[str, str]:
    return {"@type": "Person", "name": author.name, "url": whole(author.href, base_url)}


def _first_level(page: ThreadPage) -> list[PostRow]:
    nodes: list[Node] = ([page.best] if page.best else []) + page.others
    return [node.post for node in nodes]
