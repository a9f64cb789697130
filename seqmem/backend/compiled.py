"""Compilation with XLA; a damaged cache of programs is emptied."""

from __future__ import annotations

import functools
from collections.abc import Callable

from seqmem.backend import loops, process
from seqmem.backend.lazy import Tensor, tf
from seqmem.backend.naming import named_after
from seqmem.errors import SeqmemError


def compiled(*recipe: object) -> Callable[[Callable], Callable]:
    """Compiles a function of tensors at its first call; makes a decorator.

    If an entry of the cache is truncated or foreign, TensorFlow raises, and keeps raising for this function object. The
    cache is then emptied and the function compiled again, so damage costs time only.

    Args:
        recipe: What the function is made from. Its text names the program, by which the cache finds it.

    Raises:
        SeqmemError: At a call, if there is not enough memory.
    """

    def decorator(function: Callable) -> Callable:
        def new() -> Callable:
            return tf.function(function, jit_compile=True, autograph=False)

        current = new()

        @functools.wraps(function)
        def call(*arguments: Tensor) -> Tensor:
            nonlocal current
            shapes = [(getattr(part, "shape", part), getattr(part, "dtype", "")) for part in tf.nest.flatten(arguments)]
            with named_after(f"{function.__qualname__} {recipe} {shapes}"):
                try:
                    return current(*arguments)
                except tf.errors.ResourceExhaustedError:
                    raise SeqmemError("out of memory: ask for fewer units, replicates, symbols or sequences") from None
                except tf.errors.UnimplementedError:
                    # by the kernel of a whole loop, but not outside of it
                    current = new()
                    with loops.all_apart():
                        return current(*arguments)
                except tf.errors.OpError:
                    # also if the cache is empty: another thread may have emptied it a moment ago
                    process.clear_cache()
                    current = new()
                    return current(*arguments)

        return call

    return decorator
