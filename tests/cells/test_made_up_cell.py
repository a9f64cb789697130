"""A cell is one file and one entry: one that is declared here goes the whole line, from `--help` to `export`."""

import contextlib
import dataclasses
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from seqmem.backend.lazy import keras
from seqmem.cells import CELLS
from seqmem.cells.cell import Shapes
from seqmem.cells.step_layer import StepCell
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.models.population import build_population
from seqmem.settings import Number, setting


@dataclasses.dataclass(frozen=True)
class Keeper(StepCell):
    """A gate that holds the state, and two states: the held one, and the input before.

    z = sigmoid(x V + b), h = z * h + (1 - z) * tanh(slope * x W)
    """

    name: ClassVar[str] = "keeper"
    summary: ClassVar[str] = "made up for a test"

    slope: float = setting(1.0, Number(0.0, 10.0), "How steep a keeper is.", "Network")

    def weights(self, inputs: int, units: int) -> Shapes:
        return {"gate": (inputs, units), "kernel": (inputs, units), "bias": (units,)}

    def initial(self, units: int) -> dict[str, str]:
        return {"gate": "glorot_uniform", "kernel": "glorot_uniform", "bias": "zeros"}

    def state_sizes(self, units: int) -> tuple[int, ...]:
        return units, 1

    def step(self, ops, weights, inputs, states: Sequence):
        held, count = states
        gate = ops.sigmoid(ops.matmul(inputs, weights["gate"]) + weights["bias"])
        new = ops.tanh(self.slope * ops.matmul(inputs, weights["kernel"]))
        held = gate * held + (1.0 - gate) * new
        return held, [held, count + 1.0]

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        return bias + held


COMMANDS = """
    help      train --help
    train     train --cell keeper --slope 2 --units 4 --epochs 8 --quiet --json --out first
    resume    train --resume first
    eval      eval first --gaps 3,5 --json
    sweep     sweep --vary cell=keeper,rnn --vary units=2,3 --epochs 4 --quiet --json --out swept
    slopes    sweep --vary slope=1,2 --cell keeper --units 2 --epochs 4 --quiet --json --out slopes
    show      show first
    list      list . --json
    export    export swept --to swept.csv
    stray     train --cell gru --slope 2
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, tuple[int, str, str]]:
    """What each command said, in one process in which the cell was registered: status, output and errors."""
    folder = tmp_path_factory.mktemp("keeper")
    done = subprocess.run([sys.executable, __file__], cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_help_has_its_name_and_its_setting(said):
    status, text, _ = said["help"]
    words = " ".join(text.split())
    assert status == 0
    assert "--cell lstm|gru|rnn|mlp|lstm1997|keeper|module:Class" in words
    assert "--slope X How steep a keeper is. [default: 1.0]" in words


def test_it_is_trained_stored_and_judged_again(said):
    status, text, _ = said["train"]
    config = json.loads(text)["config"]
    assert (status, config["cell"], config["slope"], config["init"]) == (0, "keeper", 2.0, "chrono")
    assert said["eval"][0] == 0
    assert "this run is complete" in said["resume"][2]


def test_it_is_swept_by_name_and_by_its_own_setting(said):
    for name, settings in (("sweep", ["keeper", "keeper", "rnn", "rnn"]), ("slopes", [1.0, 2.0])):
        status, text, error = said[name]
        assert status == 0, error
        trials = json.loads(text)["trials"]
        assert sorted(next(iter(trial["values"].values())) for trial in trials) == settings
        assert {trial["status"] for trial in trials} == {"complete"}


def test_it_is_shown_listed_and_exported(said):
    status, text, _ = said["show"]
    assert status == 0
    assert "keeper 4" in text
    assert "slope 2" in text
    status, text, _ = said["list"]
    assert status == 0
    assert '"keeper"' in text
    status, _, error = said["export"]
    assert status == 0, error
    assert "keeper" in said["exported"][1]


def test_its_setting_is_refused_for_another_cell_by_name(said):
    status, _, error = said["stray"]
    assert (status, error.strip()) == (2, "Error: --slope 2.0: does not go with the gru cell")


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setitem(CELLS, "keeper", Keeper)


@pytest.mark.parametrize("layers", [1, 2])
def test_its_steps_are_those_of_keras_own_layer_over_a_whole_sequence(registered, layers):
    config = RunConfig.from_settings({"cell": "keeper", "slope": 0.5, "units": 4, "layers": layers, "init": "chrono"})
    population = build_population(config)
    population.start(config)
    network = population.network
    assert config.parameter_count == network.parameter_count
    weights = [array[0] for array in network.split(population.parameters.numpy())]
    inputs = np.random.default_rng(1).random((3, 7, 5), np.float32)
    stacked = [keras.layers.RNN(config.cell.layer(4), return_sequences=True) for _ in range(layers)]
    model = keras.Sequential([keras.Input((7, 5)), *stacked, keras.layers.Dense(5)])
    model.set_weights(weights)
    expected = model(inputs).numpy()
    states = [state[0] for state in network.initial_states(1, 3)]
    for step in range(7):
        output, states = network.advance(weights, inputs[:, step], states)
        np.testing.assert_allclose(network.logits(weights, output), expected[:, step], atol=1e-6)


def test_its_settings_are_read_like_all_others(registered):
    assert RunConfig(cell="keeper").cell == Keeper()
    assert RunConfig(cell=Keeper(slope=3)).to_settings()["slope"] == 3.0
    with pytest.raises(SettingError, match=r"slope = 11: must be a number above 0 and at most 10"):
        RunConfig.from_settings({"cell": "keeper", "slope": 11})


def run_all() -> dict[str, tuple[int, str, str]]:
    """Registers the cell and runs every command."""
    CELLS["keeper"] = Keeper
    from seqmem.cli.main import run

    answers = {}
    for name, *arguments in map(str.split, COMMANDS.strip().splitlines()):
        with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()) as error:
            status = run(arguments)
        answers[name] = (status, output.getvalue(), error.getvalue())
    if Path("swept.csv").exists():
        answers["exported"] = (0, Path("swept.csv").read_text(encoding="utf-8"), "")
    return answers


if __name__ == "__main__":
    print(json.dumps(run_all()))
