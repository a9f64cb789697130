"""Initial weights come from the seed, whatever other threads of the process draw."""

import random
import threading

import numpy as np
import pytest

from seqmem.backend.seeding import seeded
from seqmem.cells import CELLS
from seqmem.models import network as network_module
from seqmem.models.network import Network
from seqmem.models.start import Start
from seqmem.settings import Init

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
