"""Moving a whole community in: how long the import of a dump takes, and the most memory that it has at once.

The dump is not part of the product: without one at `../shared/data` (or BENCH_DUMP) this is not measured.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from config import ROOT

DUMP = Path(os.environ.get("BENCH_DUMP", ROOT.parent / "shared/data/stackexchange/beer-2016-12"))


def measure(environ: dict[str, str]) -> dict[str, Any]:
    """Import the dump into the empty database of this environment: seconds, and megabytes; nothing without a dump."""
    if not DUMP.is_dir():
        return {}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environ, capture_output=True, check=True)
    began = time.perf_counter()
    child = subprocess.Popen(
        [*flask, "import", "stackexchange", str(DUMP)], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"The import of {DUMP.name} failed.")
    return {"dump": DUMP.name, "seconds": round(time.perf_counter() - began, 1), "memory": used.ru_maxrss // 1024}

