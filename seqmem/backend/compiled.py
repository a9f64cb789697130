"""Compilation with XLA, and a cache of programs that may be damaged."""

from __future__ import annotations

import functools
from collections.abc import Callable

from seqmem.backend import process
from seqmem.backend.lazy import Tensor, tf
from seqmem.errors import SeqmemError


def compiled(function: Callable) -> Callable:
    """Compiles a function of tensors at its first call; a decorator.

    A damaged cache of compiled programs costs time and nothing else: TensorFlow raises where an entry is truncated or
    not its own, and remembers that for the function, so the cache is emptied and the function compiled again.

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
