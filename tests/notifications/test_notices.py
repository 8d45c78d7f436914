"""What members are told: behind the bell, once, and by one mail that brings people back."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from forum.extensions import db
from forum.jobs import worker
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.threads.models import Thread
from tests.factory import Factory
from tests.mails import html, plain
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Mails = Callable[[], list[EmailMessage]]


def bell(app: Flask, member: Member) -> list[str]:
    """The kinds of the member's notices, oldest first."""
    with app.app_context():
        kinds = list(db.session.scalars(select(Notice.kind).where(Notice.member_id == member.id).order_by(Notice.id)))
        db.session.remove()
    return kinds


def test_answer_reply_mention_and_acceptance(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """Each is told once, to the right one; nobody is told of what they did themselves."""
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    thread = make.thread(make.board(), ann)
    answer = make.answer(thread, ben, "Ask @cleo, and @ben knows too.")
    make.reply(answer, ann, "Thank you, @ben.")
    browse(ann).post(f"/p/{answer.id}/acceptance")
    drain()
    drain()
    assert bell(app, ann) == ["answer", "badge"]
    assert bell(app, ben) == ["reply", "accepted", "badge"]
    assert bell(app, cleo) == ["mention"]


def test_an_acceptance_that_is_taken_back_leaves_no_notice(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """Read or not, for another answer or for none; accepted anew, it is told anew."""
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    thread = make.thread(make.board(), ann)
    first, second = make.answer(thread, ben), make.answer(thread, cleo)

    def told(member: Member) -> tuple[int, int]:
        """How often it says so behind the bell, and how many notices are unread there."""
        with app.app_context():
            unread = db.session.get_one(Member, member.id).unread_notices
            db.session.remove()
        return bell(app, member).count("accepted"), unread

    browse(ann).post(f"/p/{first.id}/acceptance")
    drain()
    accepted = told(ben)
    browse(ann).post(f"/p/{second.id}/acceptance")
    drain()
    assert (accepted, told(ben), told(cleo)[0]) == ((1, accepted[1]), (0, accepted[1] - 1), 1)
    browse(cleo).post("/notifications/read")
    browse(ann).post(f"/p/{second.id}/acceptance/undo")
    drain()
    assert told(cleo) == (0, 0)
    browse(ann).post(f"/p/{first.id}/acceptance")
    browse(ann).post(f"/p/{first.id}/acceptance/undo")
    drain()
    assert told(ben)[0] == 0
    for path in ("acceptance", "acceptance/undo", "acceptance"):
        browse(ann).post(f"/p/{first.id}/{path}")
    drain()
    assert told(ben)[0] == 1


def test_an_edit_tells_those_whom_it_mentions_first(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """Once a post, whoever was mentioned or told of it before excepted; who added the name is named, and not told."""
    ann, ben, cleo, dan, mo = (make.member(name) for name in ("ann", "ben", "cleo", "dan", "mo"))
    staff = make.member("staff", role="moderator")
    thread = make.thread(make.board(), ann, body="Does @mo know?")
    answer = make.answer(thread, ben, "Ask somebody.")
    drain()
    change, opening = f"/p/{answer.id}/revision", f"/p/{thread.opening_id}/revision"
    for words in ("Ask @cleo, @ann or @ben.", "Ask nobody.", "Ask @cleo, not `@dan`."):
        assert browse(ben).post(change, {"body": words}).status_code == 303
        drain()
    assert browse(ann).post(opening, {"body": "Does @mo or @dan know?", "title": thread.title}).status_code == 303
    assert browse(staff).post(change, {"body": "Ask @cleo, @mo or @staff."}).status_code == 303
    drain()
    assert [bell(app, member) for member in (ann, ben, cleo, dan, mo, staff)] == [
        ["answer"], [], ["mention"], ["mention"], ["mention", "mention"], [],
    ]
    page = browse(mo).get("/notifications").text
    assert "staff mentioned you" in page and "ann mentioned you" in page


def test_an_edit_of_what_is_not_shown_tells_nobody(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """Hidden since, for those who may see its board alone; and a redaction is no edit."""
    ann, cleo, staff = make.member("ann"), make.member("cleo"), make.member("staff", role="moderator")
    board, closed = make.board(), make.board("closed", see_rank="branch")
    hidden, redacted = (make.answer(make.thread(board, ann, title=f"Question {n}"), ann, "Leaked.") for n in "12")
    high = make.member("hana", rank="branch")
    inside = make.thread(closed, high)
    drain()
    edits = (
        browse(ann).post(f"/p/{hidden.id}/revision", {"body": "Ask @cleo."}),
        browse(staff).post(f"/p/{hidden.id}/hiding", {"because": "rude"}),
        browse(staff).post(f"/p/{redacted.id}/redaction", {"body": "Ask @cleo."}),
        browse(high).post(f"/p/{inside.opening_id}/revision", {"body": "Ask @cleo.", "title": inside.title}),
    )
    assert [edit.status_code for edit in edits] == [303] * 4
    drain()
    assert bell(app, cleo) == []


def test_edits_do_not_shout(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """However often a post is edited, it tells no more members than a new one may."""
    ben, people = make.member("ben"), [make.member(f"person{n:02}") for n in range(14)]
    answer = make.answer(make.thread(make.board(), make.member("ann")), ben)
    for some in (people[:6], people[6:12], people[12:]):
        body = "Ask " + ", ".join(f"@{one.name}" for one in some)
        assert browse(ben).post(f"/p/{answer.id}/revision", {"body": body}).status_code == 303
        drain()
    assert [bell(app, one) for one in people].count(["mention"]) == 10


def test_a_mention_in_a_closed_board_tells_only_who_may_read(app: Flask, make: Factory, drain: Drain) -> None:
    """A canary in a board for branches does not reach a seed's bell."""
    high, low = make.member("hana", rank="branch"), make.member("lou")
    thread = make.thread(make.board("closed", see_rank="branch"), high, body="Canary for @lou here.")
    drain()
    assert thread.id
    assert bell(app, low) == []


def test_the_page_tells_in_words_and_the_beacon_marks_read(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """The bell counts, opening the page changes nothing, the beacon does."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board(), ann, title="Which filter fits it best?")
    make.answer(thread, ben)
    drain()
    surfer = browse(ann)
    page = surfer.get("/notifications").get_data(as_text=True)
    assert "ben answered your question" in page and "Which filter fits it best?" in page
    assert surfer.get("/notifications").status_code == 200
    with app.app_context():
        assert db.session.get_one(Member, ann.id).unread_notices == 1
        db.session.remove()
    assert surfer.post("/notifications/read", fragment=True).status_code == 204
    with app.app_context():
        assert db.session.get_one(Member, ann.id).unread_notices == 0


def test_the_page_is_one_page_at_any_length(make: Factory, browse: Browse, drain: Drain, queries: Callable) -> None:
    """Queries do not grow with the number of notices."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board(), ann)
    counts = []
    surfer = browse(ann)
    for more in (1, 35):
        for _ in range(more):
            make.answer(thread, ben)
        drain()
        with queries() as seen:
            assert surfer.get("/notifications").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_the_first_answer_is_mailed_whole_and_its_form_accepts(
    app: Flask, make: Factory, browse: Browse, mails: Mails
) -> None:
    """One mail for the first answer, none for the second; "It worked" accepts by a form, not by opening the link."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board(), ann)
    answer = make.answer(thread, ben, "Use **citric acid**, never vinegar.")
    make.answer(thread, ben, "Another thought.")
    sent = [mail for mail in mails() if mail["To"] == "ann@example.org"]
    assert len(sent) == 1
    text = plain(sent[0])
    assert "citric acid" in text
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"http://localhost(/answers/\S+)", text)
    assert link
    path = link[1].partition("?")[0]
    guest = browse()
    assert "It worked" in guest.get(path).get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Thread, thread.id).accepted_post_id is None
        db.session.remove()
    assert guest.post(path, {"outcome": "worked"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Thread, thread.id).accepted_post_id == answer.id


def test_the_plain_part_of_the_mail_is_as_whole_as_the_other(make: Factory, mails: Mails) -> None:
    """What was written, to the letter: code, tables and tasks keep their lines, spoilers their marks."""
    whole = (
        "Two ways & one <rule>:\n\n```python\nif hot:\n    wait(5)\n```\n\n| ml | g |\n| --- | --- |\n| 500 | 20 |\n\n"
        "- [x] rinse\n- [ ] dry\n\nIt ends with ||steam||.\n\n>! And then\n>! silence."
    )
    make.answer(make.thread(make.board(), make.member("ann")), make.member("ben"), whole)
    (mail,) = mails()
    text, page = plain(mail), html(mail)
    assert whole in text.replace("\r\n", "\n")
    assert re.search(r'<span[^>]*style="[^"]*background-color: #1d2321[^"]*color: #1d2321[^"]*"[^>]*>steam', page)
    assert re.search(r"<details[^>]*>", page) and "<details open" not in page


def test_a_first_answer_that_is_gone_leaves_the_mail_to_the_next(
    app: Flask, make: Factory, browse: Browse, drain: Drain, mails: Mails
) -> None:
    """Deleted or hidden before the mail went out: the next is the first, whether it is there by then or comes later."""
    ben, staff = make.member("ben"), make.member("staff", role="moderator")
    board = make.board()
    for asker, act in (("ann", "deletion"), ("cleo", "hiding")):
        for waits in (True, False):
            name = f"{asker}{waits:d}"
            thread = make.thread(board, make.member(name))
            gone = make.answer(thread, ben, "Use vinegar.")
            if waits:
                make.answer(thread, ben, "Use citric acid.")
            _deliver(app)
            author = ben if act == "deletion" else staff
            assert browse(author).post(f"/p/{gone.id}/{act}", {"because": "rude"}).status_code == 303
            drain()
            if not waits:
                make.answer(thread, ben, "Use citric acid.")
                make.answer(thread, ben, "Or a lemon.")
            sent = [plain(mail) for mail in mails() if mail["To"] == f"{name}@example.org"]
            assert len(sent) == 1 and "Use citric acid." in sent[0], name


def _deliver(app: Flask) -> None:
    """The events alone: the jobs that they ask for wait."""
    with app.app_context():
        worker.deliver_events()
        db.session.remove()


def test_not_yet_posts_a_reply(make: Factory, browse: Browse, mails: Mails) -> None:
    """ "Not yet" asks for words, and they stand under the answer."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board(), ann)
    make.answer(thread, ben)
    text = plain(mails()[-1])
    path = re.search(r"http://localhost(/answers/[^\s?]+)", text)[1]  # type: ignore[index]
    guest = browse()
    assert guest.post(path, {"outcome": "open", "body": ""}).status_code == 422
    assert guest.post(path, {"outcome": "open", "body": "The rim is still grey."}).status_code == 303
    page = guest.get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert "The rim is still grey." in page


def test_one_click_unsubscribe(make: Factory, browse: Browse, mails: Mails, app: Flask) -> None:
    """The header's address stops the mail with one POST that needs no session; a changed link is a 404."""
    ann, ben = make.member("ann"), make.member("ben")
    board = make.board()
    make.answer(make.thread(board, ann), ben)
    address = mails()[-1]["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost")
    assert app.test_client().post(address[:-2] + "xx").status_code == 404
    assert app.test_client().get(address).status_code == 200
    count = len(mails())
    assert app.test_client().post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    make.answer(make.thread(board, ann, title="A second question here"), ben)
    assert len(mails()) == count
