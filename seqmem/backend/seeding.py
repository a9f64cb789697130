"""Temporary seeds of the process-wide random generators."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

import numpy as np

from seqmem.backend.lazy import keras

KERAS_SEEDS = 10**9  # the largest


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[list[int]]:
    """Seeds Keras, numpy and Python within a `with` block, and restores their states after it.

    Gives the seeds of initializers, which grow in number as the block makes these.

    Keras draws the seeds of its initializers by `random.randint`. Other threads (the event loop of a Dask worker) may
    draw from the same generator at any moment, so this thread gets a generator of its own.

    Args:
        seed: Below 2**32.
    """
    random_state, numpy_state = random.getstate(), np.random.get_state()
    shared, own, thread = random.randint, random.Random(seed), threading.get_ident()
    drawn: list[int] = []

    def randint(a: int, b: int) -> int:
        if threading.get_ident() != thread:
            return shared(a, b)
        drawn.append(own.randint(a, b))
        return drawn[-1]

    try:
        keras.utils.set_random_seed(seed)
        random.randint = randint
        yield drawn
    finally:
        random.randint = shared
        random.setstate(random_state)
        np.random.set_state(numpy_state)


def initializer_seeds(seed: int, count: int) -> list[int]:
    """Returns the first seeds that Keras gives to initializers in a block of `seeded`."""
    own = random.Random(seed)
    return [own.randint(1, KERAS_SEEDS) for _ in range(count)]
