"""The words for what moderation's tables hold: reasons, verbs, kinds. Said in the reader's language."""

from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l

# What a flagger chooses from, in this order.
FLAG_REASONS: dict[str, Text] = {
    "spam": _l("It is advertising or spam"),
    "rude": _l("It is rude or attacks somebody"),
    "unsafe": _l("It is unsafe: somebody could get hurt"),
    "private": _l("It shows private details, such as an address or an order number"),
    "off_topic": _l("It does not belong here"),
    "other": _l("Something else"),
}

# The same in a word or two, for lists.
FLAG_WORDS: dict[str, Text] = {
    "spam": _l("spam"),
    "rude": _l("rude"),
    "unsafe": _l("unsafe"),
    "private": _l("private details"),
    "off_topic": _l("off topic"),
    "other": _l("other"),
}

# Ready sentences for hiding, as the author will read them.
HIDE_REASONS: dict[str, Text] = {
    "spam": _l("This reads as advertising."),
    "rude": _l("This attacks somebody. You are welcome to say it again without that."),
    "unsafe": _l("Somebody who follows this could get hurt or break something."),
    "private": _l("This shows private details."),
    "off_topic": _l("This does not belong here."),
}

KINDS: dict[str, Text] = {
    "post": _l("Post"),
    "message": _l("Chat message"),
    "member": _l("Member"),
    "thread": _l("Thread"),
    "board": _l("Board"),
    "category": _l("Shelf of boards"),
    "product": _l("Product"),
}

SANCTIONS: dict[str, Text] = {
    "warning": _l("Warning"),
    "silence": _l("Silence"),
    "suspension": _l("Suspension"),
}

STATES: dict[str, Text] = {
    "open": _l("open"),
    "upheld": _l("upheld"),
    "dismissed": _l("dismissed"),
}

# What the log says somebody did. A verb without words here is shown as it is written.
VERBS: dict[str, Text] = {
    "hide": _l("hid"),
    "hide_automatically": _l("hid automatically"),
    "restore": _l("brought back"),
    "delete": _l("deleted"),
    "undelete": _l("brought back"),
    "dismiss": _l("found in order"),
    "lock": _l("locked"),
    "unlock": _l("unlocked"),
    "pin": _l("pinned"),
    "unpin": _l("unpinned"),
    "move": _l("moved"),
    "change_kind": _l("changed the kind of"),
    "idea_state": _l("said what becomes of"),
    "turn_into_reply": _l("turned into a reply:"),
    "turn_into_answer": _l("turned into an answer:"),
    "mark_duplicate": _l("marked as a duplicate:"),
    "unmark_duplicate": _l("found to be no duplicate:"),
    "endorse": _l("endorsed"),
    "unendorse": _l("no longer endorses"),
    "edit": _l("edited"),
    "warn": _l("warned"),
    "silence": _l("silenced"),
    "suspend": _l("suspended"),
    "hold_rank": _l("held the rank of"),
    "redact": _l("redacted"),
    "finish_redaction": _l("wiped what was left of the old words from the database:"),
    "create_category": _l("put up the shelf"),
    "rename_category": _l("renamed the shelf"),
    "order_category": _l("moved the shelf"),
    "create_board": _l("created"),
    "edit_board": _l("changed the words of"),
    "place_board": _l("put on another shelf"),
    "nest_board": _l("put below another, or by itself:"),
    "order_board": _l("put in another place"),
    "archive_board": _l("archived"),
    "unarchive_board": _l("opened again"),
    "set_access": _l("set who may use"),
    "change_product": _l("changed the product"),
    "appoint_moderator": _l("appointed a moderator of"),
    "dismiss_moderator": _l("dismissed a moderator of"),
    "merge_member": _l("gave an imported profile to"),
    "refuse_claim": _l("refused an imported profile to"),
    "void_votes": _l("had votes around this member count no more:"),
    "dismiss_pattern": _l("found the votes in order around"),
    "remove_demo": _l("removed the demo"),
    "withdraw_rating": _l("withdrew a rating by"),
}


# Patterns of the fairness report, in a few words and in what can be innocent about them.
PATTERNS: dict[str, Text] = {
    "mutual": _l("Two who vote for each other"),
    "ring": _l("A group that votes for itself"),
    "one_giver": _l("One giver for one receiver"),
    "hub": _l("Several accounts for one member"),
    "signals": _l("Accounts from one network"),
    "burst": _l("A sudden burst of votes"),
    "acceptances": _l("Acceptances among a few"),
}
INNOCENT: dict[str, Text] = {
    "mutual": _l("Two who know each other well and answer where hardly anybody else reads."),
    "ring": _l("A study group, a club, or colleagues who read the same new board."),
    "one_giver": _l("A customer whom one helper has seen through many troubles."),
    "hub": _l("A teacher and a class, or people who came for one author alone."),
    "signals": _l("A household, a dormitory or an office, where people see each other's posts first."),
    "burst": _l("A link from elsewhere that brought many readers to one author on one day."),
    "acceptances": _l("A mentor who helps the same few newcomers from question to question."),
}


def verb_words(verb: str) -> Text:
    """What the log says of a verb; of an undoing, what was taken back."""
    if verb.startswith("undo_"):
        return _l("took back: %(act)s", act=verb_words(verb.removeprefix("undo_")))
    return VERBS.get(verb, verb.replace("_", " "))
