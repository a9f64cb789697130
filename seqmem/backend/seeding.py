"""Seeds for the random generators of the whole process, for a while."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Iterator

import numpy as np

from seqmem.backend.lazy import keras


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Lets everything that Keras, numpy and Python draw within come from a seed.

    Keras takes the seeds of its initializers from Python's generator by `random.randint`. In a process with other
    threads (the event loop of a Dask worker) these draw from it at any moment, so this thread gets one of its own.

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
