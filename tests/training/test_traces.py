"""Eligibility traces: their gradients add up to that of backpropagation through time with the same cut."""

import dataclasses
from typing import ClassVar

import numpy as np
import pytest

from seqmem.backend.lazy import tf
from seqmem.cells.cell import Cell
from seqmem.cells.lstm import LSTM
from seqmem.cells.lstm1997 import LSTM1997
from seqmem.models.network import Network
from seqmem.models.start import Start
from seqmem.settings import Init
from seqmem.training import bptt, traces
from seqmem.training.window import Window

SYMBOLS, REPLICATES, BATCH, TIME = 6, 2, 3, 9


@dataclasses.dataclass(frozen=True)
class CutLSTM(LSTM):
    """An LSTM whose gradient is cut at the recurrent weights."""

    truncated: ClassVar[bool] = True


CELLS = [
    CutLSTM(),
    LSTM1997(),
    LSTM1997(recurrence="gates"),
    LSTM1997(recurrence="none", output_gate=False, squash="plain"),
]


def a_window(rng: np.random.Generator, time: int) -> Window:
    shape = (time, REPLICATES, BATCH)
    arrays = (
        rng.integers(0, SYMBOLS, (*shape, 1)).astype(np.int32),
        rng.integers(0, SYMBOLS, shape).astype(np.int32),
        rng.random(shape).astype(np.float32),
        # rows of different lengths
        np.arange(time)[:, None, None] < rng.integers(time // 2, time + 1, shape[1:]),
        np.ones(shape, bool),
        np.arange(time, dtype=np.int32),
    )
    weights = np.where(arrays[3], arrays[2], np.float32(0))
    return Window(*map(tf.constant, (*arrays[:2], weights, *arrays[3:])))


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_gradients_of_all_steps_add_up_to_that_of_the_sequence(cell: Cell):
    network = Network(cell, 4, 1, SYMBOLS, SYMBOLS, "sigmoid", head_inputs=cell == CELLS[-1])
    start = Start(cell, Init("uniform", 0.8))
    parameters = network.split(
        tf.constant(np.stack([network.initial_parameters(seed, start) for seed in range(REPLICATES)]))
    )
    window = a_window(np.random.default_rng(3), TIME)
    first, whole = bptt.build_gradient(network, TIME, TIME, True, TIME, TIME)
    _, (expected_loss, _, expected) = traced(whole)(parameters, window.arrays, first(REPLICATES, BATCH))

    first, step = traces.build_gradient(network, 1, TIME, True, 1, 1)
    carried, loss = first(REPLICATES, BATCH), 0.0
    gradient, take_step = [np.zeros(part.shape, np.float32) for part in expected], traced(step)
    for at in range(TIME):
        carried, (more, _, parts) = take_step(parameters, [array[at : at + 1] for array in window.arrays], carried)
        loss = loss + more.numpy()
        gradient = [total + part.numpy() for total, part in zip(gradient, parts, strict=True)]

    np.testing.assert_allclose(loss, expected_loss, rtol=1e-6)
    for name, total, part in zip(network.names, gradient, expected, strict=True):
        assert np.abs(part).max() > 1e-3, name
        np.testing.assert_allclose(total, part, atol=2e-6, err_msg=name)


def traced(run_window):
    """A window's final states and gradient, as one function that is traced once."""

    def run(parameters, arrays, states):
        following, gradient = run_window(list(parameters), Window(*arrays), list(states))
        return following, gradient()

    return tf.function(run, autograph=False)
