import dataclasses
import io
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from render_samples import memoryless_run, solved_run

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.config.axis import parse_axis
from seqmem.results.drawing import Drawn, drawing
from seqmem.results.evaluation import EvalResult
from seqmem.results.sweep import SweepResult
from seqmem.terminal.console import build_console

RESULTS = [
    solved_run(replicates=3),
    EvalResult(memoryless_run()),
    SweepResult((parse_axis("gap=3,10"),), "grid", "success_rate", 2, ()),
]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_result_draws_itself_wherever_it_is_shown(result, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    stream = io.StringIO()
    build_console(stream, width=70, environment={}).print(result)
    assert str(result) == stream.getvalue().rstrip("\n")
    assert max(map(len, str(result).splitlines())) <= 70
    assert "\x1b" not in str(result)
    page = result._repr_html_()
    ElementTree.fromstring(page)
    first = str(result).splitlines()[0].split()[0]
    assert first in page
    assert page.startswith("<pre")
    assert "http" not in page
    assert repr(result).startswith(type(result).__name__)


def test_printing_to_a_stream_of_ascii_uses_ascii(monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert str(memoryless_run()).isascii()


def test_a_run_that_knows_its_directory_names_it_in_its_commands():
    run = solved_run()
    placed = dataclasses.replace(run, path=Path("runs/first"))
    assert "runs/first" in str(placed)
    assert "runs/first" not in str(run)
    assert placed == run
    assert placed.to_json() == run.to_json()


def test_a_result_that_nobody_draws_shows_its_repr():
    class Unknown(Drawn):
        def __repr__(self):
            return "Unknown()"

    assert str(Unknown()) == drawing(Unknown()) == "Unknown()"
    assert Unknown()._repr_html_() is None


def test_results_import_no_drawing_and_the_first_run_registers_it():
    code = (
        "import sys, seqmem, seqmem.results.sweep\n"
        "print('rich' in sys.modules)\n"
        "seqmem.run\n"
        "print('seqmem.render.results' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "True"]
