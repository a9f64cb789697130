"""Loops as XLA compiles them on a processor."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator

from seqmem.backend.lazy import Tensor, tf

_ALL_APART = contextvars.ContextVar("_ALL_APART", default=False)


def advanced(index: Tensor, by: int = 1, *, apart: bool) -> Tensor:
    """Returns `index + by`, the index of a loop's next step.

    XLA makes one kernel of a loop whose step touches less than `process.LOOP_BYTES`, which saves the start of dozens of
    small kernels at each step. But in there a product of two matrices is computed number by number, several times as
    slowly as outside, and some large sums are not implemented. XLA leaves a loop with a scatter as it is: where
    `apart`, the index comes from one, for 0.1 microseconds.

    Args:
        index: int32 scalar.
        by: What is added.
        apart: Whether the loop is to stay as it is: where it multiplies matrices of several rows.
    """
    if not (apart or _ALL_APART.get()):
        return index + by
    return tf.math.unsorted_segment_sum(tf.stack([index, tf.constant(by)]), tf.zeros(2, tf.int32), 1)[0]


@contextlib.contextmanager
def all_apart() -> Iterator[None]:
    """Keeps apart all loops that are traced meanwhile."""
    token = _ALL_APART.set(True)
    try:
        yield
    finally:
        _ALL_APART.reset(token)
