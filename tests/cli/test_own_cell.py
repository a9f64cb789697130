"""A cell of the user's own is imported only where the command line names it."""

import sys

import pytest

from seqmem.cli.main import run

CELL = '''
import keras


class Echo(keras.layers.SimpleRNNCell):
    """Keras' simple cell under another name."""


class Wide(Echo):
    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return keras.ops.concatenate([output, output], -1), states
'''


@pytest.fixture
def own_cell(workplace):
    (workplace / "echo_cell.py").write_text(CELL)
    yield "echo_cell:Echo"
    sys.modules.pop("echo_cell", None)


def test_a_cell_that_only_a_file_names_is_refused_and_nothing_is_written(workplace, own_cell, capsys):
    (workplace / "config.toml").write_text('cell = "echo_cell:Other"\n')
    assert run(["train", "config.toml"]) == 2
    told = "Error: cell = echo_cell:Other: is user code: to run it, name it yourself with --cell echo_cell:Other"
    assert capsys.readouterr().err.strip() == told
    assert not (workplace / "runs").exists()
    assert "echo_cell" not in sys.modules


def test_a_cell_that_is_named_is_trained_and_judged_again_only_if_named_again(workplace, own_cell, capsys):
    assert run(["train", "--cell", own_cell, "--epochs", "4", "--quiet", "--out", "first"]) == 0
    assert run(["eval", "first", "--cell", own_cell]) == 0
    capsys.readouterr()
    assert run(["eval", "first", "--cell", "lstm"]) == 2
    assert "the cell of this run is echo_cell:Echo, and a stored run keeps its own" in capsys.readouterr().err


def test_a_cell_that_cannot_serve_leaves_nothing_behind(workplace, own_cell, capsys):
    assert run(["train", "--cell", "echo_cell:Wide"]) == 2
    assert "its output is (3, 8) for a batch of 3, must be (batch, units)" in capsys.readouterr().err
    assert not (workplace / "runs").exists()


def test_a_stored_run_alone_gives_no_permission(stored_run, capsys):
    path = stored_run("strange", cell="never_named:Cell")
    assert run(["eval", str(path)]) in (1, 2)
    assert "never_named" not in sys.modules
    assert run(["train", "--resume", str(path), "--cell", "lstm"]) == 2
    assert "the cell of this run is never_named:Cell" in capsys.readouterr().err
