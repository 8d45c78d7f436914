"""T29, T32, T33: signs that mean something to databases, templates and headers, in every field and parameter there is.

Which parameters a page reads is not listed here: each is asked for while the page is drawn, and written down.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict

from forum.frame import PAGED
from tests.factory import Factory
from tests.sampling import some_and_the_rest
from tests.security.test_matrix import FORM
from tests.security.walking import address, addresses, community, rules
from tests.surfing import Surfer

VALUES = (
    "{{7*7}}{0.__class__}' OR '1'='1'--", "a\x00b\r\nX-Evil: 1", "9" * 30, "²", "-1", "9223372036854775808.1",
    "%\\_\u202e" + "x" * 3_000,
)  # fmt: skip
IN_FORMS = VALUES[:4]
IN_PATHS = (VALUES[0], "a\x00b", "²", "..%2f", "%ff")
NUMBERS = (2**31 - 1, 2**31, 2**63)
SIGNS_OUT = {"members.sign_out", "admin.remove_demo"}


class Recorder(ImmutableMultiDict[str, str]):
    """The parameters of a request, and how often each name was asked for."""

    asked: ClassVar[Counter[str]] = Counter()

    def get(self, key: str, *rest: Any, **named: Any) -> Any:
        self.asked[key] += 1
        return super().get(key, *rest, **named)

    def getlist(self, key: str, *rest: Any, **named: Any) -> Any:
        self.asked[key] += 1
        return super().getlist(key, *rest, **named)

    def __contains__(self, key: object) -> bool:
        self.asked[str(key)] += 1
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self.asked[key] += 1
        return super().__getitem__(key)


@contextmanager
def recording(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], set[str]]]:
    """Give requests the Recorder; what is yielded says which names were asked for since the last time.

    The frame around each page asks for all that makes a page another one, as often for each: that does not count.
    """
    monkeypatch.setattr(app.request_class, "parameter_storage_class", Recorder)

    def read() -> set[str]:
        asked, Recorder.asked = Recorder.asked, Counter()
        framed = min(asked[name] for name in PAGED)
        return set(asked - Counter(dict.fromkeys(PAGED, framed))) - {"csrf_token", "X-CSRFToken"}

    Recorder.asked = Counter()
    yield read


def let_nothing_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on each write reaches the database and is rolled back: every door meets the same community."""

    def commit(session: Session) -> None:
        session.flush()
        session.rollback()

    monkeypatch.setattr(Session, "commit", commit)


def faulty(wrong: list[str], what: str, ask: Callable[..., Any], *args: Any) -> None:
    """Note an answer of 500 and above, an exception, a header that was broken out of."""
    try:
        answer = ask(*args)
    except Exception as error:
        wrong.append(f"{what}: {type(error).__name__} {str(error)[:200]}")
        return
    if answer.status_code >= 500:
        wrong.append(f"{what}: {answer.status_code}")
    if "X-Evil" in answer.headers or any("\n" in value for _name, value in answer.headers):
        wrong.append(f"{what}: a header")


@pytest.mark.parametrize("values", some_and_the_rest(VALUES, 1))
def test_no_query_parameter_breaks_a_page(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...]
) -> None:
    """T33: each parameter that a page reads × each value: never an error of ours."""
    there = community(app, make)
    monkeypatch.setattr(app.logger, "disabled", True)
    hand, wrong, tried = Surfer(app, there.admin), list[str](), set[str]()
    with recording(app, monkeypatch) as asked:
        for endpoint, path in addresses(app, "GET", there.values):
            asked()
            hand.get(path)
            names = asked() | (set(PAGED) if endpoint == "reputation.ranks" else set())
            for name in sorted(names):
                for value in values:
                    query = f"{quote(name)}={quote(value)}"
                    faulty(wrong, f"GET {endpoint} ?{name}={value[:30]!r}", hand.get, f"{path}?{query}")
                    tried.add(f"{name} on {endpoint}")
            faulty(wrong, f"GET {endpoint} %ff", hand.get, f"{path}?before=%ff&next=%ff%00")
    assert not wrong, "\n".join(wrong)
    assert len(tried) > 50
    assert {f"{name} on reputation.ranks" for name in PAGED} | {"before on moderation.log", "q on search.page"} <= tried


def test_no_part_of_an_address_breaks_a_page(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """T33: each part of an address × each value, with each method: not found, nothing worse."""
    there = community(app, make)
    monkeypatch.setattr(app.logger, "disabled", True)
    hand, wrong = Surfer(app, there.admin), list[str]()
    let_nothing_stay(monkeypatch)
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            for name in rule.arguments:
                number = "int" in type(rule._converters[name]).__name__.lower()
                for value in NUMBERS if number else IN_PATHS:
                    values = {**there.values, f"{rule.endpoint}:{name}": quote(str(value), safe="%")}
                    path = address(rule, values)
                    send = hand.get if method == "GET" else hand.post
                    faulty(wrong, f"{method} {rule.rule} {name}={str(value)[:30]!r}", send, path)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("values", some_and_the_rest(IN_FORMS, 1))
def test_no_field_breaks_a_form(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...]
) -> None:
    """T33: each field that a form's door reads × each value, the others as they should be."""
    there = community(app, make)
    monkeypatch.setattr(app.logger, "disabled", True)
    hand, wrong, tried = Surfer(app, there.admin), list[str](), 0
    let_nothing_stay(monkeypatch)
    with recording(app, monkeypatch) as asked:
        for endpoint, path in addresses(app, "POST", there.values):
            if endpoint in SIGNS_OUT or endpoint.startswith("purchases."):
                continue
            asked()
            faulty(wrong, f"POST {endpoint}", hand.post, path, FORM)
            for name in sorted(asked()):
                for value in values:
                    form = {**FORM, name: value}
                    faulty(wrong, f"POST {endpoint} {name}={value[:30]!r}", hand.post, path, form)
                    tried += 1
    assert not wrong, "\n".join(wrong)
    assert tried > 100


def test_line_ends_in_names_and_titles_make_no_header(
    app: Flask, make: Factory, mails: Callable[[], list[EmailMessage]]
) -> None:
    """T29: a title with CR and LF becomes one line, in the mail that repeats it too."""
    author, other = make.member("ann"), make.member("otto", rank="bough")
    make.board("kettles")
    hand = Surfer(app, author)
    form = {"title": "Is it broken?\r\nBcc: evil@example.net\r\n\r\nHello", "body": "It leaks.", "kind": "question"}
    assert hand.post("/b/kettles/new", form).status_code == 303
    hand.post("/settings", {"shown_name": "Ann\r\nBcc: evil@example.net", "hue": "1", "theme": "", "about": ""})
    Surfer(app, other).post("/t/1/replies", {"body": "Turn it off first.\r\nBcc: evil@example.net"})
    sent = mails()
    assert sent
    for mail in sent:
        assert mail["Bcc"] is None and mail["To"] == "ann@example.org"
        assert "\n" not in mail["Subject"]
        assert "evil" not in " ".join(name for name, _value in mail.items()).lower()
