"""The lesson says what its cells print, and its cells still print it."""

import os
import re
import sysconfig
from pathlib import Path

import nbclient
import nbformat
import pytest

LESSON = Path(__file__).parents[2] / "experiments" / "tutorial" / "lesson.ipynb"
VERDICT = re.compile(r"^ [✓✗◐◔∅] .+", re.MULTILINE)


def read():
    return nbformat.read(LESSON, as_version=4)


def printed(cell):
    return "".join(output.get("text", "") for output in cell.get("outputs", [])).replace("\r\n", "\n")


def test_every_cell_was_run_in_order_and_none_failed():
    cells = [cell for cell in read().cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = [output.output_type for cell in cells for output in cell.outputs]
    assert "error" not in kinds
    assert all(output.get("name") != "stderr" for cell in cells for output in cell.outputs)


def test_nothing_of_the_machine_it_was_run_on_is_in_it():
    assert not re.search(r"/(home|root|tmp|work|Users)/", LESSON.read_text(encoding="utf-8"))


def test_its_pictures_can_be_seen_without_running_it():
    outputs = [output for cell in read().cells for output in cell.get("outputs", [])]
    pictures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 3


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_run_again_it_comes_to_the_same_verdicts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # the lesson types `seqmem`, as its reader does: the one of this environment, be it activated or not
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"])
    recorded, lesson = read(), read()
    for cell in lesson.cells:
        if cell.source.startswith("!"):  # a notebook goes on where a shell command has failed
            cell.source += "\nassert _exit_code == 0, _exit_code"
    nbclient.NotebookClient(lesson, timeout=600, kernel_name="python3").execute()
    for before, after in zip(recorded.cells, lesson.cells, strict=True):
        assert VERDICT.findall(printed(after)) == VERDICT.findall(printed(before)), before.source
