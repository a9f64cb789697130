"""Compilation with XLA; a damaged cache of programs is emptied."""

from __future__ import annotations

import functools
from collections.abc import Callable

from seqmem.backend import process
from seqmem.backend.lazy import Tensor, tf
from seqmem.errors import SeqmemError


def compiled(function: Callable) -> Callable:
    """Compiles a function of tensors at its first call; a decorator.

    If an entry of the cache is truncated or foreign, TensorFlow raises, and keeps raising for this function object. The
    cache is then emptied and the function compiled again, so damage costs time only.

    Raises:
        SeqmemError: At a call, if there is not enough memory.
    """
    current = tf.function(function, jit_compile=True, autograph=False)

    @functools.wraps(function)
    def call(*arguments: Tensor) -> Tensor:
        nonlocal current
        try:
            return current(*arguments)
        except tf.errors.ResourceExhaustedError:
            raise SeqmemError("out of memory: ask for fewer units, replicates, symbols or sequences") from None
        except tf.errors.OpError:
            if not process.clear_cache():
                raise
            current = tf.function(function, jit_compile=True, autograph=False)
            return current(*arguments)

    return call
