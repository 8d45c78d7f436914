"""What is no whole dump is refused in one sentence, and nothing is written."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.importers.conftest import Import
from tests.importers.reading import OLDER, tables


@pytest.mark.parametrize("name", ["Posts", "Users", "Votes", "Comments", "Tags", "Badges", "PostHistory"])
@pytest.mark.parametrize("harm", ["missing", "cut", "no date"])
def test_a_broken_dump(session: Session, take: Import, tmp_path: Path, name: str, harm: str) -> None:
    """A file that is missing, ends in the middle, or has a row without what each row has."""
    dump = tmp_path / "dump"
    shutil.copytree(OLDER, dump)
    file = dump / f"{name}.xml"
    text = file.read_text("utf-8-sig")
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_text(text[: len(text) // 2], "utf-8")
    else:
        file.write_text(text.replace(" Id=", " Number="), "utf-8")
    before = tables(session)
    done = take(dump)
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.output
    assert name in lines[0]
    assert tables(session) == before


def test_a_folder_that_is_none(take: Import, tmp_path: Path) -> None:
    """One sentence."""
    done = take(tmp_path / "nowhere")
    assert (done.exit_code, done.output.strip().endswith("is not a folder.")) == (1, True)
