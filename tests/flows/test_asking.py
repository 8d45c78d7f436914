"""Asking, answering, voting, accepting: as people do it, page by page, without script."""

from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def test_from_a_question_to_its_accepted_answer(make: Factory, browse: Browse) -> None:
    board, ana, ben = make.board("kettles", title="Kettles"), make.member("ana"), make.member("ben")
    asker, helper, guest = browse(ana), browse(ben), browse()

    form = asker.get("/b/kettles/new").get_data(as_text=True)
    assert 'name="title"' in form and 'name="body"' in form and 'name="tags"' in form
    sent = asker.post("/b/kettles/new", {
        "kind": "question", "title": "How do I get the limescale out?", "body": "It is *grey*.",
        "tags": "descaling, coating",
    })
    assert sent.status_code == 303
    page = sent.headers["Location"]
    assert page == "/t/1/how-do-i-get-the-limescale-out"
    shown = asker.get(page).get_data(as_text=True)
    assert "It is <em>grey</em>." in shown and "descaling" in shown and "data-draft-clear" in shown
    assert "data-draft-clear" not in asker.get(page).get_data(as_text=True)

    answered = helper.post("/t/1/replies", {"body": "With citric acid."})
    assert answered.status_code == 303 and answered.headers["Location"].startswith(page)
    assert "With citric acid." in guest.get(page).get_data(as_text=True)

    assert asker.post("/p/2/vote", {"value": "1"}).status_code == 303
    box = asker.post("/p/2/vote", {"value": "0"}, fragment=True).get_data(as_text=True)
    assert 'id="votes-2"' in box and "<html" not in box
    assert asker.post("/p/2/vote", {"value": "1"}).status_code == 303
    assert asker.post("/p/2/acceptance").status_code == 303
    shown = guest.get(page).get_data(as_text=True)
    assert "Best answer · accepted by ana" in unescape(shown) and "Solved" in shown

    replied = asker.post("/t/1/replies", {"body": "Thank you, it is spotless.", "parent_id": "2"})
    assert replied.headers["Location"] == f"{page}?from=2#p-3"
    assert "spotless" in guest.get(page).get_data(as_text=True)
    assert board.id


def test_guests_are_shown_links_not_forms(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member())
    make.answer(thread, make.member())
    shown = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert 'method="post"' not in shown and "csrf" not in shown
    assert f"/sign-in?next=/t/{thread.id}/{thread.slug}" in shown


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(make: Factory, browse: Browse) -> None:
    make.board("kettles")
    someone = browse(make.member())
    refused = someone.post("/b/kettles/new", {
        "kind": "discussion", "title": "Short", "body": "My long text & all", "tags": "one, two",
    })
    assert refused.status_code == 422
    shown = unescape(refused.get_data(as_text=True))
    assert "My long text & all" in shown and "one, two" in shown and 'value="Short"' in shown
    assert "at least 8 characters" in shown
    assert someone.post("/ask", {"title": "A title that will do", "body": "My text"}).status_code == 422
    assert someone.post("/ask", {"board": "kettles", "title": "A title that will do", "body": "T"}).status_code == 303
    assert someone.post("/b/nowhere/new", {"title": "A title that will do", "body": "My text"}).status_code == 404
    empty = someone.post("/t/1/replies", {"body": " "})
    assert empty.status_code == 422 and "Write something first" in empty.get_data(as_text=True)


def test_a_form_sent_without_a_session_comes_back_filled(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member())
    guest = browse()
    path = f"/t/{thread.id}/{thread.slug}"
    sent = guest.post(f"/t/{thread.id}/replies", {"body": "Typed before"}, headers={"Referer": f"http://localhost{path}"})
    assert sent.status_code == 303
    target = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    assert target.startswith(path)
    assert "autofocus>Typed before</textarea>" in browse(make.member()).get(target).get_data(as_text=True)
    below = {"body": "Typed below it", "parent_id": str(thread.opening_id)}
    sent = guest.post(f"/t/{thread.id}/replies", below, headers={"Referer": f"http://localhost{path}"})
    target = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    shown = browse(make.member()).get(target).get_data(as_text=True)
    assert shown.count("autofocus") == 1 and "autofocus>Typed below it</textarea>" in shown


@pytest.mark.parametrize(("title", "status"), [("壶嘴漏水", 303), ("漏水吗", 422), ("Leaks", 422), ("커피가 써", 303)])
def test_a_title_of_few_letters_may_say_it_all(make: Factory, browse: Browse, title: str, status: int) -> None:
    """Four Chinese characters are a whole title; five Latin letters are not."""
    make.board("kettles")
    sent = browse(make.member()).post("/b/kettles/new", {"title": title, "body": "水从壶嘴漏出来。"})
    assert sent.status_code == status
    if status == 422:
        assert f"in at least {8 if title.isascii() else 4} characters" in sent.text


def test_a_newcomer_asks_before_confirming(make: Factory, browse: Browse) -> None:
    make.board("kettles")
    ana = browse(make.member(confirmed=False))
    sent = ana.post("/b/kettles/new", {"title": "How do I get it open?", "body": "It is stuck."})
    path = sent.headers["Location"]
    assert "Only you see this yet" in ana.get(path).get_data(as_text=True)
    assert browse().get(path).status_code == 404
    again = ana.post("/b/kettles/new", {"title": "And another question", "body": "My second text."})
    assert again.status_code == 409 and "My second text." in again.get_data(as_text=True)


def test_details_edits_and_their_history(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member("ana"), body="It leaks.", tags=("pots",))
    ana, guest = browse(thread.author_id), browse()
    path = f"/t/{thread.id}/{thread.slug}"
    assert ana.post(f"/t/{thread.id}/details", {"body": "Only when it is full."}).status_code == 303
    shown = guest.get(path).get_data(as_text=True)
    assert "<hr" in shown and "Only when it is full." in shown and f"/p/{thread.opening_id}/revisions" in shown
    form = ana.get(f"/p/{thread.opening_id}/revision").get_data(as_text=True)
    assert "It leaks." in form and 'value="pots"' in form
    changed = ana.post(f"/p/{thread.opening_id}/revision", {
        "title": "Why does my pot leak?", "body": "It drips.", "tags": "pots, seals",
    })
    assert changed.status_code == 303
    new_path = f"/t/{thread.id}/why-does-my-pot-leak"
    moved = guest.get(path)
    assert (moved.status_code, moved.headers["Location"]) == (301, new_path)
    history = guest.get(f"/p/{thread.opening_id}/revisions").get_data(as_text=True)
    assert "<del>" in history and "<ins>" in history and "Why does my pot leak?" in history
    assert browse(make.member()).get(f"/p/{thread.opening_id}/revision").status_code == 403


def test_deleting_and_bringing_back(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member("ana"))
    answer = make.answer(thread, make.member("ben"), body="Wrong words")
    make.reply(answer, make.member("cleo"), body="A reply to it")
    ben, guest, path = browse(answer.author_id), browse(), f"/t/{thread.id}/{thread.slug}"
    gone = ben.post(f"/p/{answer.id}/deletion", fragment=True).get_data(as_text=True)
    assert "Bring back" in gone and f'id="p-{answer.id}"' in gone
    shown = guest.get(path).get_data(as_text=True)
    assert "Wrong words" not in shown and "This post was deleted." in shown and "A reply to it" in shown
    assert guest.get(f"/p/{answer.id}").status_code == 404
    assert ben.post(f"/p/{answer.id}/deletion/undo").status_code == 303
    assert "Wrong words" in guest.get(path).get_data(as_text=True)
    owner = browse(thread.author_id)
    assert owner.post(f"/p/{thread.opening_id}/deletion").status_code == 403


def test_preview_shows_what_will_be_posted(make: Factory, browse: Browse) -> None:
    someone = browse(make.member())
    preview = someone.post("/preview", {"body": "**bold** <script>x</script>"}, fragment=True).get_data(as_text=True)
    assert "<strong>bold</strong>" in preview and "<script>" not in preview
