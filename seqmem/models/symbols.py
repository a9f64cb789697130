"""Symbols as one-hot vectors, and their products with a kernel."""

from __future__ import annotations

from seqmem.backend.lazy import Tensor, tf

# Up to this many rows of a kernel, its gradient is a matrix product with one-hot vectors; beyond, rows are added up.
ONE_HOT_ROWS = 64


def one_hot_vectors(symbols: Tensor, features: int) -> Tensor:
    """float32 `(..., features)` from int32 `(..., context)`: one-hot vectors side by side, zeros for -1."""
    *lead, context = symbols.shape
    return tf.reshape(tf.one_hot(symbols, features // context), (*lead, features))


def kernel_rows(kernel: Tensor, symbols: Tensor) -> Tensor:
    """The product of one-hot vectors with a kernel `(replicate, features, size)`, without the vectors."""
    replicates, features, size = kernel.shape
    rows = tf.gather(tf.reshape(kernel, (replicates * features, size)), tf.maximum(_row_numbers(symbols, features), 0))
    return tf.reduce_sum(tf.where((symbols >= 0)[..., None], rows, 0.0), axis=-2)


def added_rows(symbols: Tensor, d_rows: Tensor, features: int) -> Tensor:
    """The derivative by the kernel from that by its picked rows, `(time, replicate, batch, size)`."""
    _, replicates, _, size = d_rows.shape
    if features <= ONE_HOT_ROWS:
        return tf.einsum("trbf,trbk->rfk", one_hot_vectors(symbols, features), d_rows)
    each = tf.repeat(d_rows[..., None, :], symbols.shape[-1], axis=-2)
    # a row -1 is left out
    numbers = _row_numbers(symbols, features)
    total = tf.math.unsorted_segment_sum(tf.reshape(each, (-1, size)), tf.reshape(numbers, [-1]), replicates * features)
    return tf.reshape(total, (replicates, features, size))


def _row_numbers(symbols: Tensor, features: int) -> Tensor:
    """Where the rows of `symbols` are among those of all replicates' kernels, one after another; -1 for none."""
    *_, replicates, _, context = symbols.shape
    first = features * tf.range(replicates)[:, None, None] + features // context * tf.range(context)
    return tf.where(symbols >= 0, symbols + first, -1)
