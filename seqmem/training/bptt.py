"""Backpropagation through time over a window of all replicates.

A window of several steps is a loop forward, which keeps what each step needs on the way back, the head over all steps
that are trained, and a loop backward. What lies before the window is taken as given: that is the truncation.

A long window goes block by block: the states at the start of each block are kept, and all else of a block is made again
on the way back (Chen et al. 2016, arXiv:1604.06174). Blocks of about sqrt(T) of T steps need room for 2 sqrt(T) steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seqmem.backend.lazy import Tensor, TensorArray, tf
from seqmem.backend.loops import advanced
from seqmem.models.network import Network
from seqmem.models.steps import choose
from seqmem.training.head import head_gradient, head_gradient_in_blocks
from seqmem.training.window import Window


def build_gradient(
    network: Network, time: int, reset_every: int, masked: bool, head_steps: int, block: int
) -> tuple[Callable, Callable]:
    """Builds the gradient of a window's loss L.

    Args:
        network: The network of every replicate.
        time: Steps of the window.
        reset_every: Steps after which the state starts again, where that is within the window.
        masked: Whether some steps do not exist.
        head_steps: Steps that the head sees at once.
        block: Steps that are kept at once; fewer than `time` only where no reset is within the window.

    Returns:
        A function `(replicates, batch) -> states` that gives the states a sequence starts from, and one `(parameters,
        window, states) -> (final states, gradient)`; the latter is a function `() -> (loss, error, derivatives)`, with
        loss and error as `head_gradient` gives them, for where the window is trained.
    """
    if block < time:
        return network.initial_states, _in_blocks(network, time, block, masked, head_steps)
    through_cell = _single_step(network, masked) if time == 1 else _through_time(network, time, reset_every, masked)

    def run_window(parameters: list[Tensor], window: Window, states: list[Tensor]) -> tuple:
        cell, head = parameters[: network.cell_weight_count], parameters[network.cell_weight_count :]
        outputs, following, backpropagate_cell = through_cell(cell, window, states)

        def backpropagate_window() -> tuple:
            loss, error, d_head, d_outputs = _through_head(network, head, outputs, window, head_steps)
            # no gradient comes from later windows, and what goes to earlier ones is dropped: this is the truncation
            d_cell, _ = backpropagate_cell(d_outputs, _zeros(following))
            return loss, error, [*d_cell, *d_head]

        return following, backpropagate_window

    return network.initial_states, run_window


def _through_head(network: Network, head: list[Tensor], outputs: Tensor, window: Window, head_steps: int) -> tuple:
    """The loss and the error, dL/dw of the head's own weights, and dL/dy of the cell's output at each step."""
    if head_steps == outputs.shape[0]:
        return head_gradient(network, head, outputs, window)
    return head_gradient_in_blocks(network, head, outputs, window, head_steps)


def _in_blocks(network: Network, time: int, block: int, masked: bool, head_steps: int) -> Callable:
    """Builds a window of several blocks; the last one is filled up with steps that do not exist."""
    count = -(-time // block)
    missing = count * block - time
    through_block = _through_time(network, block, block, masked or missing > 0)

    def run_window(parameters: list[Tensor], window: Window, states: list[Tensor]) -> tuple:
        cell, head = parameters[: network.cell_weight_count], parameters[network.cell_weight_count :]

        def blocks_of(array: Tensor) -> Tensor:
            filled = tf.concat([array, tf.zeros_like(array[:missing])], axis=0)
            return tf.reshape(filled, (count, block, *array.shape[1:]))

        *arrays, _ = window.arrays
        blocks = [blocks_of(array) for array in arrays]

        def block_at(index: Tensor) -> Window:
            pieces = [array[index] for array in blocks]
            trained = tf.reduce_any(pieces[2] != 0.0, axis=[1, 2])
            order = tf.math.top_k(tf.cast(trained, tf.float32), block).indices
            return Window(*pieces, *[order])

        def forward(index: Tensor, states: list[Tensor], starts: list[TensorArray]) -> tuple:
            _, following, _ = through_block(cell, block_at(index), states)
            return advanced(index, apart=True), following, _write(starts, states, index)

        def backward(
            index: Tensor, d_states: list[Tensor], loss: Tensor, error: Tensor, gradient: list[Tensor]
        ) -> tuple:
            piece = block_at(index)
            outputs, _, backpropagate_cell = through_block(cell, piece, _read(starts, index))
            more, largest, d_head, d_outputs = _through_head(network, head, outputs, piece, head_steps)
            d_cell, d_states = backpropagate_cell(d_outputs, d_states)
            gradient = [total + part for total, part in zip(gradient, [*d_cell, *d_head], strict=True)]
            return advanced(index, -1, apart=True), d_states, loss + more, tf.maximum(error, largest), gradient

        begin = (tf.constant(0), states, _record(count, [state.shape for state in states]))
        _, following, starts = tf.while_loop(lambda index, *_: index < count, forward, begin)

        def backpropagate_window() -> tuple:
            zero = tf.zeros_like(window.weights[0, :, 0])
            end = (tf.constant(count - 1), _zeros(following), zero, zero, _zeros(parameters))
            *_, loss, error, gradient = tf.while_loop(lambda index, *_: index >= 0, backward, end)
            return loss, error, gradient

        return following, backpropagate_window

    return run_window


def _single_step(network: Network, masked: bool) -> Callable:
    """Builds a window of one step: no loop, and no gradient comes from later steps."""
    steps = network.steps

    def through_step(cell: list[Tensor], window: Window, states: list[Tensor]) -> tuple:
        output, following, kept = steps.forward(cell, window.inputs[0], states)

        def backpropagate_cell(d_outputs: Tensor, d_following: list[Tensor]) -> tuple:
            # a step that does not exist has weight 0: no mask needed
            d_before, parts = steps.backward(cell, window.inputs[0], states, kept, d_outputs[0], d_following)
            if steps.part_sizes is not None:
                parts = _with_time(parts)
            d_cell = steps.weight_gradient(cell, window.inputs, _with_time(states), _with_time(kept), parts)
            return d_cell, d_before

        if masked:
            return output[None], choose(window.valid[0, ..., None], following, states), backpropagate_cell
        return output[None], following, backpropagate_cell

    return through_step


def _through_time(network: Network, time: int, reset_every: int, masked: bool) -> Callable:
    """Builds a window of several steps: s(t) are the states before step t, after a reset; y(t) is its output."""
    steps = network.steps
    back_through_time = _back_through_time(network, time, reset_every, masked)

    def run_window(cell: list[Tensor], window: Window, states: list[Tensor]) -> tuple:
        lead = states[0].shape[:2]
        weights = steps.for_loops(cell)

        def reset_states(step: Tensor, states: list[Tensor]) -> list[Tensor]:
            """At a reset, the first states."""
            if reset_every >= time:
                return states
            return choose(step % reset_every == 0, network.initial_states(*lead), states)

        def forward(step: Tensor, states: list[Tensor], records: list[list[TensorArray]]) -> tuple:
            # from s(t) to y(t) and s(t + 1)
            states = reset_states(step, states)
            output, following, kept = steps.forward(weights, window.inputs[step], states)
            if masked:
                following = choose(window.valid[step, :, :, None], following, states)
            new = (states, [output], kept)
            records = [_write(*pair, step) for pair in zip(records, new, strict=True)]
            return advanced(step, apart=lead[1] > 1), following, records

        shapes = ([state.shape for state in states], [(*lead, network.seen)], [(*lead, n) for n in steps.kept_sizes])
        start = (tf.constant(0), states, [_record(time, some) for some in shapes])
        end = last_step(window.valid) + 1 if masked else time
        _, following, (started_from, [outputs], kept) = tf.while_loop(lambda step, *_: step < end, forward, start)

        def backpropagate_cell(d_outputs: Tensor, d_following: list[Tensor]) -> tuple:
            return back_through_time(cell, window, started_from, kept, d_outputs, d_following)

        return outputs.stack(), following, backpropagate_cell

    return run_window


def _back_through_time(network: Network, time: int, reset_every: int, masked: bool) -> Callable:
    """Builds the way back: dL/dw of the cell's weights, and dL/ds(0), from dL/dy(t) and dL/ds after the last step."""
    steps = network.steps

    def zero_at_resets(step: Tensor, d_states: list[Tensor]) -> list[Tensor]:
        """Earlier states cannot affect the loss after a reset: there dL/ds(t) = 0."""
        return choose(step % reset_every == 0, _zeros(d_states), d_states) if reset_every < time else d_states

    def back_through_time(
        cell: list[Tensor],
        window: Window,
        started_from: list[TensorArray],
        kept: list[TensorArray],
        d_outputs: Tensor,
        d_following: list[Tensor],
    ) -> tuple[list[Tensor], list[Tensor]]:
        def backward(step: Tensor, d_states: list[Tensor], parts: list) -> tuple:
            # from dL/ds(t + 1) and dL/dy(t) to dL/ds(t), and the step's part of dL/dw
            exists = window.valid[step, :, :, None]
            d_step = choose(exists, d_states, _zeros(d_states)) if masked else d_states
            arguments = (_read(started_from, step), _read(kept, step), d_outputs[step], d_step)
            d_before, step_parts = steps.backward(weights, window.inputs[step], *arguments)
            if masked:
                # a step that does not exist hands its states on, and so their gradient
                d_before = choose(exists, d_before, d_states)
            if steps.part_sizes is None:
                parts = [total + part for total, part in zip(parts, step_parts, strict=True)]
            else:
                parts = _write(parts, step_parts, step)
            return advanced(step, -1, apart=lead[1] > 1), zero_at_resets(step, d_before), parts

        lead, weights = d_outputs.shape[1:3], steps.for_loops(cell)
        parts = _zeros(cell) if steps.part_sizes is None else _record(time, [(*lead, n) for n in steps.part_sizes])
        start = (last_step(window.valid) if masked else tf.constant(time - 1), d_following, parts)
        _, d_before, parts = tf.while_loop(lambda step, *_: step >= 0, backward, start)
        if steps.part_sizes is not None:
            parts = _stack(parts)
        return steps.weight_gradient(cell, window.inputs, _stack(started_from), _stack(kept), parts), d_before

    return back_through_time


def last_step(valid: Tensor) -> Tensor:
    """The last step that exists in any row, of bool `(time, replicate, batch)`; -1 where none does."""
    steps = tf.range(valid.shape[0])
    return tf.reduce_max(tf.where(tf.reduce_any(valid, axis=[1, 2]), steps, -1))


def _record(time: int, shapes: Sequence[Sequence[int]]) -> list[TensorArray]:
    """Room for tensors of these shapes of every step."""
    return [tf.TensorArray(tf.float32, time, element_shape=shape, clear_after_read=False) for shape in shapes]


def _zeros(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tf.zeros_like(tensor) for tensor in tensors]


def _with_time(tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor[None] for tensor in tensors]


def _write(arrays: Sequence[TensorArray], tensors: Sequence[Tensor], step: Tensor) -> list[TensorArray]:
    return [array.write(step, tensor) for array, tensor in zip(arrays, tensors, strict=True)]


def _read(arrays: Sequence[TensorArray], step: Tensor) -> list[Tensor]:
    return [array.read(step) for array in arrays]


def _stack(arrays: Sequence[TensorArray]) -> list[Tensor]:
    return [array.stack() for array in arrays]
