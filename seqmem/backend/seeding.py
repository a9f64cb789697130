"""Temporary seeds of the process-wide random generators."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

import numpy as np

from seqmem.backend.lazy import keras


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seeds Keras, numpy and Python within a `with` block, and restores their states after it.

    Keras draws the seeds of its initializers by `random.randint`. Other threads (the event loop of a Dask worker) may
    draw from the same generator at any moment, so this thread gets a generator of its own.

    Args:
        seed: Below 2**32.
    """
    random_state, numpy_state = random.getstate(), np.random.get_state()
    shared, own, thread = random.randint, random.Random(seed), threading.get_ident()

    def randint(a: int, b: int) -> int:
        return own.randint(a, b) if threading.get_ident() == thread else shared(a, b)

    try:
        keras.utils.set_random_seed(seed)
        random.randint = randint
        yield
    finally:
        random.randint = shared
        random.setstate(random_state)
        np.random.set_state(numpy_state)
