"""The rules in words: what events, caps, limits and privileges are called on pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limits import RateLimitItem, parse_many

from forum.core import ratelimit
from forum.core.i18n import Text, figure, joined, ngettext, parted
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l
from forum.reputation.fixed import DOWN_A_DAY, DOWN_PER_PAIR, MOST_ALSO_HELPED, MOST_CLAIMS, UP_PER_PAIR
from forum.reputation.formulas import RECENT
from forum.reputation.line_words import kind_in_words
from forum.reputation.rules import AwardRule, Limits, Rank, Ruleset

_OPENS: Mapping[str, Text] = {
    "participate": _l("ask, answer, reply, flag and chat"),
    "no_newcomer_limits": _l("write without the limits for newcomers"),
    "vote_down": _l("vote an answer down, with a reason"),
    "invite": _l("invite friends"),
    "edit_tags": _l("edit the tags of others' threads"),
    "mark_duplicate": _l("mark duplicates"),
    "turn_into_reply": _l("turn an answer into a reply"),
    "accept_for_absent": _l("accept an answer when the asker is gone"),
    "edit_others": _l("edit others' posts, kept as revisions"),
    "triage": _l("look after what others report: find it in order, or hide it"),
    "lift_holds": _l("show again what reports alone have hidden"),
    "mentor": _l("become the mentor of a board"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in a sentence. `anchor` is where on /ranks it stands: what a refusal or a line links to."""

    anchor: str
    words: str


def pair_in_words(most: str) -> str:
    """How many votes of one member for another count in a day."""
    return _("Of the votes that one member gives another, the first %(count)s of a day count.", count=most)


def opens_in_words(ruleset: Ruleset, rank: Rank) -> list[tuple[str, str]]:
    """What a rank opens beyond the one before: (privilege, phrase), limits last with an empty privilege."""
    phrases = []
    for word, privilege in ruleset.privileges.items():
        if privilege.rank != rank.key or not privilege.shown:
            continue
        phrase = str(_OPENS[word])
        if privilege.points is not None:
            phrase = _("%(privilege)s (from %(count)s points on)", privilege=phrase, count=figure(privilege.points))
        phrases.append((word, phrase))
    return phrases


def leaves_purchases_out(ruleset: Ruleset, rank: Rank) -> bool:
    """Whether for something that a rank opens the rank counts that one would have without purchases."""
    return any(
        privilege.without_purchases for privilege in ruleset.privileges.values()
        if privilege.rank == rank.key and privilege.shown
    )


_LIMITS: Mapping[str, Text] = {
    "votes_a_day": _l("Votes a day"),
    "links": _l("Links to other sites in a post or message"),
    "images": _l("Pictures in a post"),
    "images_a_day": _l("Pictures a day"),
    "edits_a_day": _l("Edits of others' posts a day"),
}


@dataclass(frozen=True, slots=True)
class LimitInWords:
    """How much of something ranks may do: (rank, figure) for each rank from which on it is another number."""

    anchor: str
    name: str
    steps: Sequence[tuple[str, int]]

    @property
    def words(self) -> str:
        """The numbers as one phrase."""
        (_rank, first), *later = self.steps
        if not later:
            return _("%(count)s for everybody", count=figure(first))
        more = [_("%(count)s from %(rank)s on", count=figure(most), rank=rank) for rank, most in later]
        return parted([_("%(count)s at first", count=figure(first)), *more])


def limits_in_words(ruleset: Ruleset) -> list[LimitInWords]:
    """Every limit that ranks have."""
    return [LimitInWords(limit_anchor(word), str(name), _steps(ruleset, word)) for word, name in _LIMITS.items()]


def limit_anchor(word: str) -> str:
    """Where on /ranks a limit stands. `word` is a field of `Limits`."""
    if word not in Limits.model_fields:
        raise ValueError(word)
    return f"limit-{word}"


def _steps(ruleset: Ruleset, word: str) -> list[tuple[str, int]]:
    steps: list[tuple[str, int]] = []
    for rank in ruleset.ranks:
        most = getattr(rank.limits, word)
        if not steps or most != steps[-1][1]:
            steps.append((rank.name, most))
    return steps


def fixed_in_words() -> list[Rule]:
    """The limits that no ruleset changes."""
    return [
        *_acts_in_words(),
        Rule("limit-down_votes", ngettext("At most %(num)s down vote a day.", "At most %(num)s down votes a day.",
                                          DOWN_A_DAY)),
        Rule("limit-pair", _("Of one member’s posts: at most %(ups)s votes up and %(downs)s votes down a day.",
                             ups=UP_PER_PAIR, downs=DOWN_PER_PAIR)),
        Rule("limit-worked", _("Where a question is about a product, “This worked for me” is for those who own it.")),
        Rule("limit-also_helped", ngettext(
            "Beside the accepted answer the asker names at most %(num)s other that helped.",
            "Beside the accepted answer the asker names at most %(num)s others that helped.", MOST_ALSO_HELPED,
        )),
        Rule("limit-claims", ngettext(
            "At the desk one takes up at most %(num)s question at once.",
            "At the desk one takes up at most %(num)s questions at once.", MOST_CLAIMS,
        )),
    ]


_ACTS: Mapping[str, Text] = {
    "thread": _l("New threads"),
    "reply": _l("Answers and replies"),
    "edit:own": _l("Edits of one's own posts"),
    "upload": _l("Pictures that are uploaded"),
    "chat:send": _l("Messages and edits in chat"),
    "flag": _l("Reports"),
    "invitation": _l("Invitations"),
    "agreement": _l("Proposals of a deal or mentoring"),
    "rating": _l("Ratings of deals and mentoring, and replies to them"),
}


def _acts_in_words() -> Iterator[Rule]:
    """How often one may do something, whatever one's rank; what is slower while one is new stands apart."""
    for act, what in _ACTS.items():
        often = joined(_often(limit) for limit in parse_many(ratelimit.RULES[act]))
        yield Rule(ratelimit.EXPLAINED[act], _("%(what)s: at most %(often)s.", what=what, often=often))


def _often(limit: RateLimitItem) -> str:
    count, seconds = figure(limit.amount), limit.get_expiry()
    if seconds == 24 * 60 * 60:
        return _("%(count)s a day", count=count)
    if seconds == 60:
        return _("%(count)s a minute", count=count)
    return ngettext("%(count)s in %(num)s second", "%(count)s in %(num)s seconds", seconds, count=count)


def points_in_words(ruleset: Ruleset) -> list[tuple[str, int]]:
    """The table of points: what happens, and what it brings."""
    points = ruleset.points
    taken = [(_("Your question is voted down"), points.question_down)] if points.question_down else []
    in_place = max(points.worked_for_me, points.answer_up)
    worked = [(_("Your answer worked for an owner (in the place of their vote)"), in_place)]
    endorsed = [(_("The shop endorses your answer"), points.endorsed)] if points.endorsed else []
    return [
        (_("Your answer is voted up"), points.answer_up),
        (_("Your answer is accepted"), points.answer_accepted),
        *(worked if points.worked_for_me else []), *endorsed,
        (_("You accept another's answer to your question"), points.accepting),
        (_("Others have your question too"), points.question_up),
        (_("Somebody thanks you for a discussion, or votes for your idea"), points.discussion_up),
        (_("Your answer is voted down"), points.answer_down),
        *taken,
        (_("You vote an answer down"), points.down_given),
    ]


def caps_in_words(ruleset: Ruleset) -> list[Rule]:
    """How much counts, one sentence a cap."""
    caps = ruleset.caps
    rules = [Rule(
        "cap-own", _("Nothing you do for yourself counts, and neither do replies, chat, visits, purchases or flags:"
                     " Helping is what others thought of your help."),
    )]
    if caps.question is not None:
        rules.append(Rule("cap-opening", _("One question brings at most %(count)s points.",
                                           count=figure(caps.question))))
    if caps.discussion is not None:
        rules.append(Rule("cap-opening", _("One discussion or idea brings at most %(count)s points.",
                                           count=figure(caps.discussion))))
    if caps.votes_of_giver_a_day is not None:
        rules.append(Rule("cap-pair", pair_in_words(figure(caps.votes_of_giver_a_day))))
    rules.append(Rule("cap-day", _("Votes bring at most %(count)s points a day.", count=figure(caps.day_net))))
    if caps.giver_share_percent is not None and caps.giver_share_from is not None:
        rules.append(Rule("cap-share", _(
            "Once a calendar month has brought %(count)s points, no more than %(share)s%% of them"
            " count from any one member.",
            count=figure(caps.giver_share_from), share=caps.giver_share_percent,
        )))
    rules += [Rule("voters", sentence) for sentence in voters_in_words(ruleset)]
    for kind, rule in ruleset.awards.items():
        rules.append(Rule(f"award-{kind}", _(
            "“%(what)s”: %(how)s.", what=kind_in_words(kind), how=award_in_words(rule)
        )))
    if ruleset.floor or ruleset.base:
        rules.append(Rule("cap-floor", _("Everybody begins with %(base)s points; nobody has fewer than %(floor)s.",
                                         base=figure(ruleset.base), floor=figure(ruleset.floor))))
    rules.append(Rule("cap-days", _(
        "Days and months are those of UTC. What is taken back, deleted or refunded is taken off again."
    )))
    return rules


def voters_in_words(ruleset: Ruleset) -> list[str]:
    """Whose votes count, and how much; nothing where it makes no difference."""
    voters = ruleset.voters
    sentences = []
    if voters.after_days:
        sentences.append(ngettext(
            "A vote counts when who gave it had joined at least %(num)s day before.",
            "A vote counts when who gave it had joined at least %(num)s days before.", voters.after_days,
        ))
    if voters.full_after_days > voters.after_days and voters.young_percent < 100:
        sentences.append(ngettext(
            "In the first %(num)s day after joining a vote is worth %(percent)s%% of its points.",
            "In the first %(num)s days after joining a vote is worth %(percent)s%% of its points.",
            voters.full_after_days, percent=voters.young_percent,
        ))
    return sentences


def award_in_words(rule: AwardRule) -> str:
    """How awards of a kind count, as a phrase."""
    phrases = []
    if rule.most is not None:
        phrases.append(_("at most %(count)s points of one member in all", count=figure(rule.most)))
    if rule.in_day:
        phrases.append(_("counted among what votes can bring in a day"))
    return parted(phrases) or _("counted as they stand")


def privilege_in_words(word: str) -> str:
    """What a privilege lets one do; the word itself for one that is not known."""
    return str(_OPENS.get(word, word))


def changes_in_words(ruleset: Ruleset) -> list[Rule]:
    """How one rises and falls, and what "lately" means where a rank asks for it."""
    grace = ruleset.grace_days
    fall = ngettext(
        "Who no longer has what a rank needs keeps it for %(num)s more day, and is told before it is lost.",
        "Who no longer has what a rank needs keeps it for %(num)s more days, and is told before it is lost.", grace,
    ) if grace else _("Who no longer has what a rank needs loses it at once.")
    rules = [Rule("rise", _("A rank is reached as soon as what it needs is there.")), Rule("grace", fall)]
    if ruleset.measures & RECENT:
        rules.append(Rule("window", ngettext(
            "“Lately” means in the last %(num)s day, counted in whole months.",
            "“Lately” means in the last %(num)s days, counted in whole months.", ruleset.windows.recent_days,
        )))
    rules.append(Rule("lock", _("The team can hold a member at a rank, with a reason and until a day that both see.")))
    return rules


def newcomers_in_words(ruleset: Ruleset) -> list[str]:
    """What is slower until one is no newcomer; nothing where the lowest rank is none."""
    settled = ruleset.privileges.get("no_newcomer_limits")
    if settled is None or ruleset.place(settled.rank) == 0:
        return []
    rank = ruleset.rank(settled.rank).name
    return [
        _("Until %(rank)s: one thread in two minutes, and one reply in half a minute.", rank=rank),
        _("On the first day: three threads and ten replies."),
    ]
