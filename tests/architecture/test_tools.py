"""The tools of the tests do what the tests rely on."""

import re
import subprocess
import sys
from pathlib import Path

GROUPED = """
import pytest

@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("number", range(8))
def test_nothing(number):
    pass
"""


def test_groups_of_tests_stay_together(tmp_path: Path) -> None:
    """Tests of a file run in one process and share its server. Were the groups not found, nothing else would tell:
    each test would start a server of its own, and the whole take half as long again."""
    for number in range(2):
        (tmp_path / f"test_{number}.py").write_text(GROUPED)
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "-c", "/dev/null", tmp_path]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.count("PASSED") == 16 and len(set(re.findall(r"\[(gw\d)\]", said))) == 1, said
