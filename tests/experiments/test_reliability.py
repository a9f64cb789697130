"""What the page on reliability shows is what was recorded, and its scripts still find nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "experiments" / "reliability"


@pytest.mark.parametrize("name", ["kills", "at_once", "memory", "long_run"])
def test_the_page_shows_what_was_recorded(name):
    assert f"```\n{(FOLDER / name).with_suffix('.txt').read_text()}```\n" in (FOLDER / "README.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "counts"), [("kills", ["2"]), ("at_once", ["5"]), ("memory", ["60", "3"])])
def test_nothing_is_lost(name, counts):
    done = subprocess.run([sys.executable, FOLDER / f"{name}.py", *counts], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
