"""What machines read on a thread's page."""

import json
import re
from collections.abc import Callable
from typing import Any

from forum.access.actors import load_actor
from forum.core.unit_of_work import unit_of_work
from forum.threads import actions
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
NASTY = "</script><script>alert(1)</script> <!-- & \u2028 \"quoted\" 'single'"


def _data(browse: Browse, thread: Thread) -> tuple[str, dict[str, Any]]:
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert len(found) == 1
    return found[0], json.loads(found[0])


def test_a_question_with_an_accepted_and_a_suggested_answer(make: Factory, browse: Browse) -> None:
    ana = make.member("ana")
    thread = make.thread(make.board(), ana, title=f"Does it break? {NASTY}"[:150], body=NASTY)
    good = make.answer(thread, make.member("ben"), body=f"Yes. {NASTY}")
    other = make.answer(thread, make.member("cleo"))
    with make.app.app_context(), unit_of_work() as session:
        actions.accept_answer(session, load_actor(session, ana.id), session.get_one(Post, good.id))
    raw, data = _data(browse, thread)
    assert not set("<>&") & set(raw)
    question = data["mainEntity"]
    assert (data["@type"], question["@type"]) == ("QAPage", "Question")
    assert question["name"].startswith("Does it break? </script>") and question["answerCount"] == 2
    assert question["acceptedAnswer"]["url"] == f"http://localhost/p/{good.id}"
    assert [answer["url"] for answer in question["suggestedAnswer"]] == [f"http://localhost/p/{other.id}"]
    for part in (question, question["acceptedAnswer"], *question["suggestedAnswer"]):
        assert part["text"] and part["upvoteCount"] == 0 and part["author"]["@type"] == "Person"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", part["datePublished"])
    assert question["author"] == {"@type": "Person", "name": "ana", "url": "http://localhost/m/ana"}


def test_a_discussion(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member("ana"), kind="discussion")
    make.answer(thread, make.member("ben"), body="A remark")
    _raw, data = _data(browse, thread)
    assert data["@type"] == "DiscussionForumPosting" and data["headline"] == thread.title
    assert [comment["text"] for comment in data["comment"]] == ["A remark"] and data["commentCount"] == 1


def test_pages_say_their_one_address_and_what_they_are_about(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member(), body='It "leaks" & drips.')
    answer = make.answer(thread, make.member())
    for path in ("", f"?from={answer.id}", "?utm_source=mail"):
        page = browse().get(f"/t/{thread.id}/{thread.slug}{path}").get_data(as_text=True)
        assert f'<link rel="canonical" href="http://localhost/t/{thread.id}/{thread.slug}">' in page
        assert '<meta name="description" content="It &#34;leaks&#34; &amp; drips.">' in page
