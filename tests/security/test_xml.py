"""T23: bombs and entities in what importers read are refused, and nothing of them is written."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.members.models import Member
from tests.importers.conftest import take  # noqa: F401 (a fixture)
from tests.importers.reading import OLDER

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE users [<!ENTITY l0 "ha">{LAUGHS}]><users><row Id="1" DisplayName="&l9;"/></users>',
    "quadratic": f'<!DOCTYPE users [<!ENTITY a "{"a" * 50_000}">]><users><row Id="{"&a;" * 50_000}"/></users>',
    "a file": '<!DOCTYPE users [<!ENTITY f SYSTEM "file:///etc/passwd">]><users><row Id="1">&f;</row></users>',
    "another host": '<!DOCTYPE users SYSTEM "http://127.0.0.1:9/users.dtd"><users><row Id="1"/></users>',
    "a parameter": '<!DOCTYPE users [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><users/>',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_an_importer_refuses_entities(session: Session, take, tmp_path: Path, bomb: str) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    """Exit 1 with a sentence that says so; no member was made."""
    dump = tmp_path / "dump"
    shutil.copytree(OLDER, dump)
    (dump / "Users.xml").write_text(bomb, "utf-8")
    done = take(dump)
    assert done.exit_code == 1
    assert "Users.xml holds a document type or entities" in done.output
    assert session.scalars(select(Member.id)).all() == []
