"""The gradient of a window: derivatives written out equal those of a tape, and the head may see any steps at once."""

import numpy as np
import pytest

from seqmem.backend.lazy import tf
from seqmem.cells import CELLS
from seqmem.cells.recurrence import Recurrence
from seqmem.models import steps
from seqmem.models.network import Network
from seqmem.models.start import Start
from seqmem.models.steps import TapedSteps
from seqmem.settings import Init
from seqmem.training.bptt import Window, window_gradient

WRITTEN = [name for name, cell in CELLS.items() if issubclass(cell, Recurrence)]
SYMBOLS, CONTEXT, REPLICATES, BATCH = 5, 2, 2, 3


def a_network(cell: str, layers: int = 1) -> tuple[Network, list]:
    network = Network(CELLS[cell](), 4, layers, SYMBOLS * CONTEXT, SYMBOLS, "softmax")
    seeds = [network.initial_parameters(seed, Start(CELLS[cell](), Init("uniform", 0.8))) for seed in range(REPLICATES)]
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
        np.argsort(~trained, kind="stable").astype(np.int32),
    )
    return Window(*map(tf.constant, arrays))


def gradient_of(network: Network, parameters: list, time: int, reset_every: int, head_steps: int) -> list[np.ndarray]:
    """The loss, every derivative and the last states, from states that are not zero."""
    gradient = window_gradient(network, time, reset_every, True, head_steps)
    states = [state + 0.5 for state in network.initial_states(REPLICATES, BATCH)]
    window = a_window(time)
    # compiled, as `while_loop` takes no parameters by name
    found = tf.function(lambda: gradient(parameters, window, states), jit_compile=True, autograph=False)()
    return [part.numpy() for part in tf.nest.flatten(found)]


@pytest.mark.parametrize("cell", WRITTEN)
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
    network, parameters = a_network("lstm")
    whole, blocks = (gradient_of(network, parameters, 7, 7, steps) for steps in (7, size))
    for one, other in zip(whole, blocks, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_gradient_of_a_large_kernel_is_that_of_a_small_one(monkeypatch):
    network, parameters = a_network("gru")
    small = gradient_of(network, parameters, 7, 7, 7)
    monkeypatch.setattr(steps, "ONE_HOT_ROWS", 1)
    for one, other in zip(small, gradient_of(network, parameters, 7, 7, 7), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
