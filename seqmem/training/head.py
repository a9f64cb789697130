"""The loss of a window, and its derivatives by head and outputs.

`d_x` stands for dL/dx throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqmem.backend.lazy import Tensor, tf
from seqmem.models.network import Network

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
    network: Network, head: Sequence[Tensor], outputs: Tensor, targets: Tensor, weights: Tensor
) -> tuple[Tensor, list[Tensor], Tensor]:
    """Returns the loss of each replicate, its derivatives by the head's parameters, and by the outputs.

    Args:
        network: Whose head it is.
        head: Its parameters, `(replicate, *shape)`.
        outputs: Of the cell, float32 `(time, replicate, batch, units)`.
        targets: int32 `(time, replicate, batch)`.
        weights: float32 of the same shape, how much the loss of each step counts.
    """
    time, replicates, batch, units = outputs.shape
    # all steps and rows of a replicate side by side: one matrix product for each
    seen = _rows(outputs)
    with tf.GradientTape() as tape:
        tape.watch([head, seen])
        logits = network.logits(head, seen)
        losses = network.losses(logits, tf.one_hot(_rows(targets), logits.shape[-1]))
        loss = tf.reduce_sum(losses * _rows(weights), axis=1)
        # a replicate's parameters have a part in its own loss alone, so the sum has the derivatives of each
        total = tf.reduce_sum(loss)
    d_head, d_seen = tape.gradient(total, [head, seen])
    return loss, d_head, tf.transpose(tf.reshape(d_seen, (replicates, time, batch, units)), (1, 0, 2, 3))


def head_gradient_in_blocks(
    network: Network,
    head: Sequence[Tensor],
    outputs: Tensor,
    targets: Tensor,
    weights: Tensor,
    order: Tensor,
    size: int,
) -> tuple[Tensor, list[Tensor], Tensor]:
    """Returns the same, but sees only the steps that are trained, `size` of them at once.

    Args:
        network: As for `head_gradient`.
        head: As there.
        outputs: As there.
        targets: As there.
        weights: As there.
        order: int32 `(time,)`, step indices, those with a nonzero weight first.
        size: Steps in a block.
    """
    time = outputs.shape[0]
    trained = tf.math.count_nonzero(tf.reduce_any(weights != 0.0, axis=[1, 2]), dtype=tf.int32)

    def block(first: Tensor, loss: Tensor, d_head: list[Tensor], d_outputs: Tensor) -> tuple:
        places = first + tf.range(size)
        steps = tf.gather(order, tf.minimum(places, time - 1))
        taken = [tf.gather(array, steps) for array in (outputs, targets, weights)]
        # the last block is filled up with steps that do not count
        taken[2] = tf.where((places < time)[:, None, None], taken[2], 0.0)
        part, d_head_part, d_taken = head_gradient(network, head, *taken)
        d_head = [total + part for total, part in zip(d_head, d_head_part, strict=True)]
        d_outputs = tf.tensor_scatter_nd_add(d_outputs, steps[:, None], d_taken)
        return first + size, loss + part, d_head, d_outputs

    nothing = [tf.zeros_like(weight) for weight in head]
    start = (tf.constant(0), tf.zeros_like(weights[0, :, 0]), nothing, tf.zeros_like(outputs))
    _, loss, d_head, d_outputs = tf.while_loop(lambda first, *_: first < trained, block, start)
    return loss, d_head, d_outputs


def _rows(array: Tensor) -> Tensor:
    """`(replicate, time * batch, ...)` from `(time, replicate, batch, ...)`."""
    moved = tf.transpose(array, (1, 0, *range(2, len(array.shape))))
    return tf.reshape(moved, (moved.shape[0], -1, *moved.shape[3:]))
