"""The gradient of a window: derivatives written out equal those of a tape, and the head may see any steps at once."""

import numpy as np
import pytest

from seqmem.backend.lazy import tf
from seqmem.cells import CELLS
from seqmem.cells.cell import Cell
from seqmem.cells.gru import GRU
from seqmem.cells.lstm import LSTM
from seqmem.cells.lstm1997 import LSTM1997
from seqmem.cells.recurrence import Recurrence
from seqmem.config.run_config import RunConfig
from seqmem.models import symbols
from seqmem.models.network import Network
from seqmem.models.start import Start
from seqmem.models.steps import TapedSteps
from seqmem.settings import Init
from seqmem.training.bptt import build_gradient
from seqmem.training.trainer import block_steps
from seqmem.training.window import Window

WRITTEN = [cell() for cell in CELLS.values() if issubclass(cell, Recurrence)] + [
    LSTM1997(recurrence="gates", truncate=False),
    LSTM1997(recurrence="none", output_gate=False, squash="plain"),
    LSTM1997(recurrence="full", truncate=False),
]
SYMBOLS, CONTEXT, REPLICATES, BATCH = 5, 2, 2, 3


def a_network(cell: Cell, layers: int = 1) -> tuple[Network, list]:
    network = Network(cell, 4, layers, SYMBOLS * CONTEXT, SYMBOLS, "softmax")
    seeds = [network.initial_parameters(seed, Start(cell, Init("uniform", 0.8))) for seed in range(REPLICATES)]
    return network, network.split(tf.constant(np.stack(seeds)))


def a_window(time: int) -> Window:
    rng = np.random.default_rng(time)
    shape = (time, REPLICATES, BATCH)
    weights = (rng.random(shape) < 0.3).astype(np.float32)
    trained = weights.any(axis=(1, 2))
    arrays = (
        rng.integers(-1, SYMBOLS, (*shape, CONTEXT)).astype(np.int32),
        rng.integers(0, SYMBOLS, shape).astype(np.int32),
        weights,
        rng.random(shape) < 0.8,
        weights > 0,
        np.argsort(~trained, kind="stable").astype(np.int32),
    )
    return Window(*map(tf.constant, arrays))


def gradient_of(
    network: Network, parameters: list, time: int, reset_every: int, head_steps: int, block: int | None = None
) -> list[np.ndarray]:
    """The loss, every derivative and the last states, from states that are not zero."""
    _, run_window = build_gradient(network, time, reset_every, True, head_steps, block or time)
    states = [state + 0.5 for state in network.initial_states(REPLICATES, BATCH)]
    window = a_window(time)

    def run() -> tuple:
        following, gradient = run_window(parameters, window, states)
        return *gradient(), following

    # compiled, as `while_loop` takes no parameters by name
    found = tf.function(run, jit_compile=True, autograph=False)()
    return [part.numpy() for part in tf.nest.flatten(found)]


@pytest.mark.parametrize("cell", WRITTEN, ids=repr)
@pytest.mark.parametrize(("layers", "time", "reset_every"), [(1, 1, 1), (1, 7, 7), (2, 7, 3)])
def test_derivatives_written_out_are_those_of_the_tape(cell, layers, time, reset_every):
    network, parameters = a_network(cell, layers)
    written = gradient_of(network, parameters, time, reset_every, time)
    network.steps = TapedSteps(network.advance, network.features)
    taped = gradient_of(network, parameters, time, reset_every, time)
    assert any(np.abs(part).max() > 1e-3 for part in taped)
    for one, other in zip(written, taped, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 6])
def test_the_head_gives_the_same_however_many_steps_it_sees_at_once(size):
    network, parameters = a_network(LSTM())
    whole, blocks = (gradient_of(network, parameters, 7, 7, steps) for steps in (7, size))
    for one, other in zip(whole, blocks, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(("cell", "layers", "block"), [("lstm", 1, 3), ("gru", 2, 4), ("mlp", 1, 4)])
def test_a_window_gives_the_same_block_by_block(cell, layers, block):
    network, parameters = a_network(CELLS[cell](), layers)
    whole = gradient_of(network, parameters, 7, 7, 7)
    for one, other in zip(whole, gradient_of(network, parameters, 7, 7, 2, block), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_gradient_of_a_large_kernel_is_that_of_a_small_one(monkeypatch):
    network, parameters = a_network(GRU())
    small = gradient_of(network, parameters, 7, 7, 7)
    monkeypatch.setattr(symbols, "ONE_HOT_ROWS", 1)
    for one, other in zip(small, gradient_of(network, parameters, 7, 7, 7), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "block"),
    [
        ({"gap": 1_000, "replicates": 20}, 1_001),
        ({"gap": 100_000}, 317),
        ({"gap": 10_000, "replicates": 10}, 101),
        ({"gap": 100_000, "stateful": False, "lags": 2}, 200_002),
    ],
)
def test_a_window_that_would_keep_much_goes_in_blocks_of_about_the_square_root_of_its_steps(settings, block):
    assert block_steps(RunConfig.from_settings(settings | {"fillers": "fresh"})) == block
