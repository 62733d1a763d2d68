"""What of the page is pure, by Node's own test runner."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import need
from tests.waiting import PATIENCE_SECONDS

FOLDER = Path(__file__).parent / "unit"


def test_the_pages_pure_functions_keep_their_claims() -> None:
    node = shutil.which("node")
    need(node, "node")
    tests = sorted(str(file) for file in FOLDER.glob("*.test.js"))
    done = subprocess.run(
        [str(node), "--test", "--test-reporter", "spec", *tests],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
