"""Cells of the user's own: imported with permission only, and tried out before they are trained."""

import sys
from pathlib import Path

import numpy as np
import pytest

from seqmem.cells.user import UserCell
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.models.population import build_population


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)


def test_a_cell_that_only_a_file_names_is_not_imported():
    config = RunConfig.from_settings({"cell": "never_imported:Cell"})
    with pytest.raises(SettingError, match=r"is user code: to run it, name it yourself with --cell never_i"):
        build_population(config)
    with pytest.raises(SettingError, match=r"is user code"):
        config.cell.layer(4)
    assert "never_imported" not in sys.modules


def test_equal_cells_may_differ_in_whether_they_are_trusted():
    settings = {"cell": "never_imported:Cell", "units": 4}
    stored, typed = (RunConfig.from_settings(settings, trusted=names) for names in ([], ["never_imported:Cell"]))
    assert (stored.cell.trusted, typed.cell.trusted) == (False, True)
    assert stored == typed
    assert stored.to_settings() == typed.to_settings()
    assert not RunConfig.from_settings(settings, trusted=["never_imported:Other"]).cell.trusted


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("WithDropout", "holds Dropout: a cell must be deterministic and keep no statistics"),
        ("WithStatistics", "holds BatchNormalization: a cell must be deterministic and keep no statistics"),
        ("Loop", "it must go straight through, without loops or branches"),
        ("Branch", "it must go straight through, without loops or branches"),
        ("Random", "answers differently each time: a cell must be deterministic"),
        ("OtherWhenTraining", "answers differently with training=True: a cell must be deterministic"),
        ("UnseededStart", "starts from other weights with the same seed: its draws must be Keras' own"),
        ("Wide", "its output is (3, 8) for a batch of 3, must be (batch, units)"),
        ("MoreStates", "its states are [(3, 4), (3, 4)] after a step and [(3, 4)] before, must stay the same"),
        ("OutputOnly", "cannot take a step (ValueError: too many values to unpack (expected 2)); a cell is"),
        ("Stateless", "has no state_size: a cell is a Keras layer class made as Class(units), with state_size and"),
        ("WithoutUnits", "cannot be made as Class(units) (TypeError: WithoutUnits.__init__() takes 1"),
        ("NotALayer", "NotALayer is not a Keras layer: a cell is"),
        ("function", "module own_cells has function of that name; it needs a class"),
        ("Absent", "module own_cells has nothing of that name; it needs a class"),
    ],
)
def test_a_cell_that_cannot_serve_is_refused_in_one_line(name, problem):
    cell = UserCell(f"own_cells:{name}", trusted=True)
    with pytest.raises(SettingError) as caught:
        cell.layer(4)
    message = str(caught.value)
    assert message.startswith(f"cell = own_cells:{name}: ")
    assert problem in message
    assert "\n" not in message


def test_a_module_that_is_not_there_is_told():
    cell = UserCell("no_such_module:Cell", trusted=True)
    with pytest.raises(SettingError, match="module no_such_module cannot be imported: ModuleNotFoundError"):
        cell.layer(4)


def test_a_good_cell_steps_as_its_own_call_says():
    settings = {"cell": "own_cells:Leaky", "units": 4, "replicates": 2}
    config = RunConfig.from_settings(settings, trusted=["own_cells:Leaky"])
    population = build_population(config)
    population.start(config)
    network = population.network
    kernel, recurrent, *head = [array[1] for array in network.split(population.parameters.numpy())]
    inputs, state = np.random.default_rng(0).random((2, 3, 5), np.float32)[..., :5], np.ones((3, 4), np.float32)
    output, following = network.advance([kernel, recurrent, *head], inputs[0], [state])
    expected = 0.5 * state + 0.5 * np.tanh(inputs[0] @ kernel + state @ recurrent)
    np.testing.assert_allclose(output, expected, atol=1e-6)
    np.testing.assert_allclose(following[0], expected, atol=1e-6)
