"""Initial weights come from the seed, whatever other threads of the process draw."""

import random
import threading

import numpy as np
import pytest

from seqmem.backend.seeding import seeded
from seqmem.cells import CELLS
from seqmem.models import network as network_module
from seqmem.models.network import Network
from seqmem.models.start import Start, built_weights
from seqmem.settings import Init
from seqmem.tasks.streams import stream_rng

LSTM, RNN = CELLS["lstm"](), CELLS["rnn"]()


@pytest.fixture
def restless_thread():
    """A thread that draws from Python's generator as long as the test runs."""
    ended = threading.Event()

    def draw():
        while not ended.is_set():
            random.random()
            random.randint(1, 9)

    thread = threading.Thread(target=draw)
    thread.start()
    yield
    ended.set()
    thread.join()


def initial_weights():
    network = Network(LSTM, 6, 1, 5, 5, "sigmoid")
    return np.stack([network.initial_parameters(seed, Start(LSTM)) for seed in range(4)])


def test_other_threads_do_not_change_initial_weights(request):
    quiet = initial_weights()
    request.getfixturevalue("restless_thread")
    assert np.array_equal(initial_weights(), quiet)


def test_the_generators_of_the_process_are_given_back():
    before, numpy_before = random.getstate(), np.random.get_state()[1].copy()
    with seeded(7):
        first = random.randint(1, 10**9)
    with seeded(7):
        again = random.randint(1, 10**9)
    assert first == again == random.Random(7).randint(1, 10**9)
    assert random.getstate() == before
    assert np.array_equal(np.random.get_state()[1], numpy_before)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", sorted(CELLS))
def test_weights_are_those_of_layers_that_keras_makes_anew(name, layers):
    cell = CELLS[name]()
    network = Network(cell, 5, layers, 4, 3, "softmax")
    for seed in (0, 9):
        with seeded(int(stream_rng(seed, "weights").integers(2**31))):
            built = [built_weights(layer, inputs) for layer, inputs in network._new_layers()]
        arrays = [array for weights in built for _, array in weights]
        # what the cell's own settings change is changed in both
        names = [name for weights in built for name, _ in weights]
        in_cell = network.cell_weight_count
        arrays[:in_cell] = [cell.initial_weight(*pair) for pair in zip(names[:in_cell], arrays[:in_cell], strict=True)]
        assert np.array_equal(network.initial_parameters(seed, Start(cell)), network.flatten(arrays))


def test_a_start_drawn_again_is_the_same_also_after_many_others(monkeypatch):
    monkeypatch.setattr(network_module, "MAX_CACHED_STARTS", 8)  # the real number takes five seconds
    network = Network(RNN, 1, 1, 2, 2, "sigmoid")
    first = network.initial_parameters(0, Start(RNN))
    assert network.initial_parameters(0, Start(RNN)) is first
    assert not np.array_equal(network.initial_parameters(0, Start(RNN, Init("uniform", 0.2))), first)
    for seed in range(1, 8):
        network.initial_parameters(seed, Start(RNN))
    again = network.initial_parameters(0, Start(RNN))
    assert again is not first
    assert np.array_equal(again, first)
