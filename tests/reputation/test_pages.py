"""/ranks and ledgers, through the door."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member
from forum.purchases.models import ShopConnection, ShopOrder
from forum.reputation import editing, history, ledger, queries
from forum.reputation.rules import read
from forum.threads import actions, state
from forum.threads.models import Post
from tests.factory import Factory
from tests.reputation.test_publishing import laurel, publish
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def _vote(app: Flask, voter: Member, post: Post, value: int = 1) -> None:
    with app.app_context(), unit_of_work() as session:
        actions.vote(session, load_actor(session, voter.id), session.get_one(Post, post.id), value)


def _buy(app: Flask, member: Member) -> None:
    with app.app_context(), unit_of_work() as session:
        shop = ShopConnection(name=f"shop{now().timestamp()}", provider="generic", created_at=now())
        session.add(shop)
        session.flush()
        order = ShopOrder(
            connection_id=shop.id, order_hash="h", member_id=member.id, paid_at=now(), created_at=now(),
            changed_at=now(),
        )
        session.add(order)
        ledger.settle_purchase(session, order)


def test_the_rules_are_there_for_everybody_in_words(browse: Browse) -> None:
    """Ranks with what they need and open, points, caps; anchors for refusals to point to; nothing unfinished."""
    page = browse().get("/ranks")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for words in (
        "Seed", "Laurel", "25 points and 25 days here", "25 points, 8 days here, and 3 purchases",
        "150 points, 60 days here, and 3 accepted answers", "vote an answer down, with a reason",
        "edit the tags of others&#39; threads (from 250 points on)", "One question brings at most 25 points",
        "Votes bring at most 200 points a day", "no more than 40% of them count",
    ):
        assert words in text, words
    assert 'id="rank-branch"' in text
    assert 'id="privilege-vote_down"' in text
    assert "privilege-mentor" not in text and "become the mentor" not in text
    assert "invite friends" in text


def test_each_cap_of_an_opening_stands_by_itself(app: Flask, browse: Browse) -> None:
    """Without a cap for questions the one for discussions and ideas is still told, at the place that lines link to."""
    data = editing.plain(laurel())
    data["caps"]["question"] = None
    publish(app, read(data))
    text = browse().get("/ranks").get_data(as_text=True)
    assert '<li id="cap-opening">One discussion or idea brings at most 10 points.</li>' in text
    assert "One question brings" not in text
    data["caps"] |= {"question": 25, "discussion": None}
    publish(app, read(data))
    text = browse().get("/ranks").get_data(as_text=True)
    assert '<li id="cap-opening">One question brings at most 25 points.</li>' in text
    assert "One discussion or idea brings" not in text


def test_votes_for_an_idea_are_called_that(app: Flask, browse: Browse, make: Factory) -> None:
    """In the table of points, in the ledger of the idea's author, and in the filters above it."""
    author = make.member("author")
    idea = make.thread(make.board(), author, kind="idea", title="Sell the knob")
    browse(make.member()).post(f"/p/{idea.opening_id}/vote", {"value": "1"})
    text = browse(author).get("/m/author/ledger").get_data(as_text=True)
    assert "Thanks on a discussion, or a vote for an idea" in text and "votes for ideas" in text
    rules = browse(author).get("/ranks").get_data(as_text=True)
    assert "Somebody thanks you for a discussion, or votes for your idea" in rules
    chinese = browse().get("/ranks", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "或投票支持你的点子" in chinese


def test_days_that_pass_by_themselves_are_told_apart(app: Flask, browse: Browse, make: Factory) -> None:
    """Days since joining are no days on which one must be here; where both are missing, what takes longer is told."""
    data, member = editing.plain(laurel()), browse(make.member())
    for needs, says in (
        ({"points": 5, "joined_days": 9}, "Besides that it takes 9 more days since joining."),
        ({"joined_days": 9}, "Only time is missing: 9 more days since joining."),
        ({"days": 3, "joined_days": 9}, "Only time is missing: 9 more days since joining."),
        ({"days": 9, "joined_days": 3}, "Only time is missing: 9 more days here."),
    ):
        data["ranks"][1]["needs"] = needs
        data["ranks"][2]["needs"] = {**needs, "points": 50}
        for rank in data["ranks"][3:]:
            rank["needs"] = {"points": 9000, "accepted": 99, "helped": 99, "days": 300, "joined_days": 300}
        publish(app, read(data))
        assert says in member.get("/ranks").get_data(as_text=True), needs


def test_one_sees_where_one_stands(browse: Browse, make: Factory) -> None:
    """The own rank is marked, with what the next one needs; staff stand outside."""
    text = browse(make.member()).get("/ranks").get_data(as_text=True)
    assert "you are here" in text
    assert "Your next rank" in text and "One vote up on an answer of yours would be enough." in text
    assert "you are here" not in browse(make.member(role="moderator")).get("/ranks").get_data(as_text=True)


def test_a_ledger_names_reasons_but_no_voter(app: Flask, browse: Browse, make: Factory) -> None:
    """The owner reads what happened, with the thread; not who did it."""
    asker, helper, voter = make.member("asker"), make.member("helper"), make.member("voter_of_all")
    thread = make.thread(make.board(), asker, title="Does it whistle?")
    answer = make.answer(thread, helper)
    _vote(app, voter, answer)
    _vote(app, voter, answer, 0)
    text = browse(helper).get("/m/helper/ledger").get_data(as_text=True)
    assert "Answer voted up" in text
    assert "An up vote on an answer no longer counts" in text
    assert "Does it whistle?" in text
    assert "voter_of_all" not in text


def test_only_the_owner_and_moderators_read_a_ledger(browse: Browse, make: Factory) -> None:
    """Guests are asked to sign in, others refused, moderators let in."""
    make.member("helper")
    assert browse().get("/m/helper/ledger").status_code in (302, 303, 401)
    assert browse(make.member()).get("/m/helper/ledger").status_code == 403
    assert browse(make.member(role="moderator")).get("/m/helper/ledger").status_code == 200
    assert browse(make.member(role="admin")).get("/m/nobody/ledger").status_code == 404


def test_moderators_do_not_see_purchases(app: Flask, browse: Browse, make: Factory) -> None:
    """Neither the page, nor a tab, nor a figure; the owner sees all three."""
    buyer, moderator = make.member("buyer"), make.member(role="moderator")
    _buy(app, buyer)
    own = browse(buyer)
    assert "Purchase" in own.get("/m/buyer/ledger?axis=purchases").get_data(as_text=True)
    assert "1 purchase counts" in own.get("/m/buyer/ledger?axis=purchases").get_data(as_text=True)
    assert browse(moderator).get("/m/buyer/ledger?axis=purchases").status_code == 403
    assert "urchase" not in browse(moderator).get("/m/buyer/ledger").get_data(as_text=True)


def test_addresses_with_nonsense_are_not_found(browse: Browse, make: Factory) -> None:
    """An axis that there is not, a place that is no number."""
    own = browse(make.member("helper"))
    for query in ("axis=karma", "kind=karma", "month=2026-13", "month=x", "month=2026-1", "axis=purchases&kind=caps",
                  "before=x", "before=20261301.1", "before=-1", "before=" + "9" * 30, "before=%C2%B2"):
        assert own.get(f"/m/helper/ledger?{query}").status_code == 404


def test_titles_that_one_may_no_longer_see_are_left_out(app: Flask, browse: Browse, make: Factory) -> None:
    """A hidden thread's title does not show in the ledger of who answered there."""
    helper = make.member("helper")
    thread = make.thread(make.board(), make.member(), title="Secret whistle")
    answer = make.answer(thread, helper)
    _vote(app, make.member(), answer)
    with app.app_context(), unit_of_work() as session:
        state.set_hidden(session, session.get_one(Post, thread.opening_id), None, "private")
    text = browse(helper).get("/m/helper/ledger").get_data(as_text=True)
    assert "no longer counts" in text
    assert "Secret whistle" not in text


def test_pages_go_on_from_a_line(app: Flask, make: Factory, session: Session) -> None:
    """Thirty lines a page, the newest first, none twice and none left out."""
    helper = make.member()
    thread = make.thread(make.board(), make.member())
    answer, voter = make.answer(thread, helper), make.member()
    for number in range(35):
        _vote(app, voter, answer, (number + 1) % 2)
    viewer = load_actor(session, helper.id)
    first = history.page(session, viewer, helper.id, history.Narrowed(), today())
    second = history.page(session, viewer, helper.id, history.Narrowed(before=first.before), today())
    ids = [line.id for line in (*first.lines, *second.lines)]
    assert (len(first.lines), len(second.lines), second.before) == (30, 5, "")
    assert ids == sorted(set(ids), reverse=True)


def test_a_profile_knows_the_next_rank(make: Factory, session: Session) -> None:
    """Rank, points and the way ahead."""
    standing = queries.profile(session, make.member().id)
    assert (standing.rank.key, standing.points) == ("seed", 0)
    assert standing.next is not None
    assert standing.next.rank.key == "sprout"


def test_queries_do_not_grow(app: Flask, browse: Browse, make: Factory, queries: Callable[..., object]) -> None:
    """The pages make a fixed number of queries."""
    helper = make.member("helper")
    answer = make.answer(make.thread(make.board(), make.member()), helper)
    for _number in range(3):
        _vote(app, make.member(), answer)
    own = browse(helper)
    for path, most in (("/m/helper/ledger", 11), ("/m/helper/ledger?kind=answers", 10), ("/ranks", 6)):
        own.get(path)
        with queries() as seen:  # type: ignore[attr-defined]
            assert own.get(path).status_code == 200
        assert len(seen) <= most, "\n".join(seen)
