"""The loss of a window, and its derivatives by head and outputs.

`d_x` stands for dL/dx throughout.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from seqmem.backend.lazy import Tensor, tf
from seqmem.backend.loops import advanced
from seqmem.models.network import Network
from seqmem.training.window import Window

# Numbers that the head may give at once, over a whole window: 16 MiB of them.
MOST_LOGITS = 2**22
# Where few steps are trained, the head sees this many of them at once, but at most these numbers for a row.
FEW_STEPS, FEW_LOGITS = 16, 2**14


def steps_at_once(window: int, rows: int, alphabet: int, all_trained: bool) -> int:
    """Works out how many steps of a window the head sees at once.

    Args:
        window: Steps of a window.
        rows: Rows of all replicates together.
        alphabet: Outputs of the head.
        all_trained: Whether most steps of a window are trained; else many are left out.
    """
    most = max(1, MOST_LOGITS // (rows * alphabet))
    if not all_trained:
        most = min(most, FEW_STEPS, max(1, FEW_LOGITS // alphabet))
    return min(window, most)


def head_gradient(
    network: Network, head: Sequence[Tensor], outputs: Tensor, window: Window
) -> tuple[Tensor, Tensor, list[Tensor], Tensor]:
    """Returns loss and error of each replicate, and the loss's derivatives by the head's parameters and by the outputs.

    The error is the largest distance of any output from its one-hot target, at the steps that the criterion asks for.

    Args:
        network: Whose head it is.
        head: Its parameters, `(replicate, *shape)`.
        outputs: Of the cell, float32 `(time, replicate, batch, units)`.
        window: Its targets and weights are used, and the steps judged.
    """
    time, replicates, batch, units = outputs.shape
    # all steps and rows of a replicate side by side: one matrix product for each
    seen, weights = _rows(outputs), _rows(window.weights)
    with tf.GradientTape() as tape:
        tape.watch([head, seen])
        logits = network.logits(head, seen)
        targets = tf.one_hot(_rows(window.targets), logits.shape[-1])
        loss = tf.reduce_sum(network.losses(logits, targets) * weights, axis=1)
        # a replicate's parameters have a part in its own loss alone, so the sum has the derivatives of each
        total = tf.reduce_sum(loss)
    d_head, d_seen = tape.gradient(total, [head, seen])
    errors = tf.reduce_max(tf.abs(network.probabilities(logits) - targets), axis=-1)
    error = tf.reduce_max(tf.where(_rows(window.judged), errors, 0.0), axis=1)
    return loss, error, d_head, tf.transpose(tf.reshape(d_seen, (replicates, time, batch, units)), (1, 0, 2, 3))


def head_gradient_in_blocks(
    network: Network, head: Sequence[Tensor], outputs: Tensor, window: Window, size: int
) -> tuple[Tensor, Tensor, list[Tensor], Tensor]:
    """Returns the same, but sees only the steps that are trained, `size` of them at once.

    Args:
        network: As for `head_gradient`.
        head: As there.
        outputs: As there.
        window: As there.
        size: Steps in a block.
    """
    time = outputs.shape[0]
    trained = tf.math.count_nonzero(tf.reduce_any(window.weights != 0.0, axis=[1, 2]), dtype=tf.int32)

    def block(first: Tensor, loss: Tensor, error: Tensor, d_head: list[Tensor], d_outputs: Tensor) -> tuple:
        places = first + tf.range(size)
        steps = tf.gather(window.order, tf.minimum(places, time - 1))
        targets, weights, judged = (
            tf.gather(array, steps) for array in (window.targets, window.weights, window.judged)
        )
        # the last block is filled up with steps that do not count
        weights = tf.where((places < time)[:, None, None], weights, 0.0)
        taken = dataclasses.replace(window, targets=targets, weights=weights, judged=judged)
        part, error_part, d_head_part, d_taken = head_gradient(network, head, tf.gather(outputs, steps), taken)
        d_head = [total + part for total, part in zip(d_head, d_head_part, strict=True)]
        d_outputs = tf.tensor_scatter_nd_add(d_outputs, steps[:, None], d_taken)
        return advanced(first, size, apart=True), loss + part, tf.maximum(error, error_part), d_head, d_outputs

    nothing = [tf.zeros_like(weight) for weight in head]
    zero = tf.zeros_like(window.weights[0, :, 0])
    start = (tf.constant(0), zero, zero, nothing, tf.zeros_like(outputs))
    _, loss, error, d_head, d_outputs = tf.while_loop(lambda first, *_: first < trained, block, start)
    return loss, error, d_head, d_outputs


def _rows(array: Tensor) -> Tensor:
    """`(replicate, time * batch, ...)` from `(time, replicate, batch, ...)`."""
    moved = tf.transpose(array, (1, 0, *range(2, len(array.shape))))
    return tf.reshape(moved, (moved.shape[0], -1, *moved.shape[3:]))
