"""Truncated backpropagation through time, for all replicates at once.

A `while_loop` inside `vectorized_map` does not compile, and a gradient taken from outside through a loop of
`vectorized_map` calls does not either. So the backward pass is written out: a forward loop that keeps the states, and
a backward loop that takes each step again under a tape of its own.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import Tensor, tf
from seqmem.models.network import Network
from seqmem.models.population import Population
from seqmem.training.optimizers import PopulationOptimizer, clip_by_norm, restore_rows


@dataclasses.dataclass(frozen=True)
class ChunkPlan:
    """What is compiled into a chunk.

    Attributes:
        time: Time steps of a row, a multiple of `window`.
        window: Time steps of an update.
        reset_every: Time steps after which the state starts again; it divides `window`, or is `time`.
        input_size, output_size: Lengths of a one-hot input and of a one-hot target.
        masked: Whether some steps do not exist (sequences of unequal length): their state is frozen.
        partial: Whether some windows train some replicates only: the others make no update.
        clip_norm: Norm that each replicate's gradient is clipped to; None to leave it.
    """

    time: int
    window: int
    reset_every: int
    input_size: int
    output_size: int
    masked: bool
    partial: bool
    clip_norm: float | None


@functools.lru_cache(maxsize=4)
def compiled_trainer(population: Population, optimizer: str, plan: ChunkPlan) -> tuple[PopulationOptimizer, Callable]:
    """Returns an optimizer and a compiled chunk, the same again for the same population and plan."""
    rule = PopulationOptimizer(optimizer, population.parameters)
    return rule, compile_chunk(population.network, population.parameters, rule, plan)


def compile_chunk(network: Network, parameters: Tensor, optimizer: PopulationOptimizer, plan: ChunkPlan) -> Callable:
    """Compiles the training of many batches, one after another.

    Args:
        network: The network of every replicate.
        parameters: Keras variable `(replicate, parameters)`, changed in place.
        optimizer: Holds the slots, changed in place.
        plan: What else is fixed.

    Returns:
        A function of `inputs` int32 `(update, time, replicate, batch, context)`, `targets` int32 and `weights`
        float32 `(update, time, replicate, batch)`, `valid` bool of the same shape, `count` (how many of the updates to
        make; the arrays' own length never changes, so nothing compiles again) and `active` bool `(replicate,)`.
        It gives the mean training loss of each replicate, float32 `(replicate,)`.
    """
    windows_per_row = plan.time // plan.window
    train_window = _window_builder(network, parameters, optimizer, plan)

    @compiled
    def train_chunk(
        inputs: Tensor, targets: Tensor, weights: Tensor, valid: Tensor, count: Tensor, active: Tensor
    ) -> Tensor:
        before = [tf.identity(variable.value) for variable in optimizer.variables]
        updates, _, replicates, batch = targets.shape
        loss, made = tf.zeros([replicates]), tf.zeros([replicates])
        windows = [
            tf.reshape(array, (updates, windows_per_row, plan.window, *array.shape[2:]))
            for array in (inputs, targets, weights, valid)
        ]
        index = tf.constant(0)
        # `tf.range(count)` would make the count a part of the program, and every new one would compile again
        while index < count:
            states = network.initial_states(replicates, batch)
            for window in tf.range(windows_per_row):
                pieces = [array[index, window] for array in windows]
                if plan.reset_every < plan.time:
                    states = network.initial_states(replicates, batch)
                window_loss, window_made, states = train_window(pieces, states)
                loss, made = loss + window_loss, made + window_made
            index += 1
        # a replicate that no longer trains went along, and gets its values from before back
        restore_rows(optimizer.variables, before, ~active[:, None])
        return loss / tf.maximum(made, 1.0)

    return train_chunk


def _window_builder(
    network: Network, parameters: Tensor, optimizer: PopulationOptimizer, plan: ChunkPlan
) -> Callable[[list[Tensor], list[Tensor]], tuple[Tensor, Tensor, list[Tensor]]]:
    """Builds one update: the gradient of a window of every replicate, clipped and applied."""
    backward = _backward_builder(network, plan)
    if plan.window > 1:
        backpropagate = _backpropagation_builder(network, plan, _forward_builder(network, plan), backward)
    else:
        backpropagate = _single_step_builder(backward)

    def train_window(arrays: list[Tensor], states: list[Tensor]) -> tuple[Tensor, Tensor, list[Tensor]]:
        inputs, targets, weights, valid = arrays
        # the loss of a window is the weighted mean over its steps and rows: sum(w l) / sum(w)
        total = tf.reduce_sum(weights, axis=[0, 2])
        weights = weights / tf.maximum(total, 1.0)[:, None]
        values = network.split(parameters.value)
        gradient, loss, following = backpropagate(values, [inputs, targets, weights, valid], states)
        joined = network.join(gradient)
        if plan.clip_norm is not None:
            joined = clip_by_norm(joined, plan.clip_norm)
        # without a trained step there is no update: Adam would move the weights on a gradient of zero too
        optimizer.update(joined, skip=(total == 0.0)[:, None] if plan.partial else None)
        return loss, tf.cast(total > 0.0, tf.float32), following

    return train_window


def _backpropagation_builder(network: Network, plan: ChunkPlan, forward: Callable, backward: Callable) -> Callable:
    """Builds the gradient of a window of several steps: forward through time, then backward through time."""

    def reset_states(states: list[Tensor], step: Tensor) -> list[Tensor]:
        """The states that a step starts from: at a reset, the first ones."""
        if plan.reset_every >= plan.window:
            return states
        first = network.initial_states(*states[0].shape[:2])
        return [tf.where(step % plan.reset_every == 0, new, old) for new, old in zip(first, states, strict=True)]

    def zero_at_resets(state_gradient: list[Tensor], step: Tensor) -> list[Tensor]:
        """At a reset nothing before it has a part in the loss behind it: dL/ds(step) = 0 from there back."""
        if plan.reset_every >= plan.window:
            return state_gradient
        return [tf.where(step % plan.reset_every == 0, tf.zeros_like(part), part) for part in state_gradient]

    def backpropagate_window(
        values: list[Tensor], arrays: list[Tensor], states: list[Tensor]
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        inputs, targets, weights, valid = arrays
        # forward: kept[t] is s(t), the state that step t starts from
        kept = [
            tf.TensorArray(tf.float32, plan.window, element_shape=state.shape, clear_after_read=False)
            for state in states
        ]
        for step in tf.range(plan.window):
            states = reset_states(states, step)
            kept = [array.write(step, state) for array, state in zip(kept, states, strict=True)]
            states = tf.vectorized_map(forward, (values, inputs[step], states, valid[step]))

        # backward: state_gradient is dL/ds(t + 1) of all losses behind step t, and nothing lies behind the last one;
        # gradient is dL/dw, added up over the steps
        state_gradient = [tf.zeros_like(state) for state in states]
        gradient, loss = [tf.zeros_like(value) for value in values], tf.zeros_like(weights[0, :, 0])
        # the last step has nothing behind it, and could do without its forward step and this gradient: but written
        # out apart from the loop, it would be compiled a second time
        for back in tf.range(plan.window):
            step = plan.window - 1 - back
            before = [array.read(step) for array in kept]
            arguments = (values, inputs[step], before, valid[step], targets[step], weights[step], state_gradient)
            step_gradient, state_gradient, step_loss, _ = tf.vectorized_map(backward, arguments)
            state_gradient = zero_at_resets(state_gradient, step)
            gradient = [total + part for total, part in zip(gradient, step_gradient, strict=True)]
            loss += step_loss
        return gradient, loss, states

    return backpropagate_window


def _single_step_builder(backward: Callable) -> Callable:
    """Builds the gradient of a window of one step: no state has to be kept, and no gradient comes from behind."""

    def backpropagate_step(
        values: list[Tensor], arrays: list[Tensor], states: list[Tensor]
    ) -> tuple[list[Tensor], Tensor, list[Tensor]]:
        inputs, targets, weights, valid = [array[0] for array in arrays]
        no_gradient = [tf.zeros_like(state) for state in states]
        gradient, _, loss, following = tf.vectorized_map(
            backward, (values, inputs, states, valid, targets, weights, no_gradient)
        )
        return gradient, loss, following

    return backpropagate_step


def _forward_builder(network: Network, plan: ChunkPlan) -> Callable:
    """Builds s(t + 1) from s(t) and the input at t, of one replicate."""

    def forward(arguments: tuple) -> list[Tensor]:
        values, inputs, states, valid = arguments
        _, following = network.advance(values, _one_hot(inputs, plan.input_size), states)
        return _freeze(following, states, valid) if plan.masked else following

    return forward


def _backward_builder(network: Network, plan: ChunkPlan) -> Callable:
    """Builds the derivatives of step t of one replicate, taken again under a tape."""

    def backward(arguments: tuple) -> tuple[list[Tensor], list[Tensor], Tensor, list[Tensor]]:
        values, inputs, states, valid, targets, weights, state_gradient = arguments
        with tf.GradientTape() as tape:
            tape.watch([values, states])
            output, following = network.advance(values, _one_hot(inputs, plan.input_size), states)
            if plan.masked:
                following = _freeze(following, states, valid)
            losses = network.losses(network.logits(values, output), tf.one_hot(targets, plan.output_size))
            loss = tf.reduce_sum(losses * weights)
            # l(t) + s(t + 1) . dL/ds(t + 1): its derivative is that of all losses from step t on
            later = [tf.reduce_sum(state * part) for state, part in zip(following, state_gradient, strict=True)]
            from_here = tf.add_n([loss, *later])
        # step t's part of dL/dw, and dL/ds(t)
        gradients = tape.gradient(from_here, [values, states], unconnected_gradients="zero")
        return *gradients, loss, following

    return backward


def _one_hot(symbols: Tensor, size: int) -> Tensor:
    """float32 `(batch, context * size)` from int32 `(batch, context)`; -1 gives zeros."""
    return tf.reshape(tf.one_hot(symbols, size), (symbols.shape[0], symbols.shape[1] * size))


def _freeze(following: list[Tensor], states: list[Tensor], valid: Tensor) -> list[Tensor]:
    """The next states where a step exists, else the states as they were."""
    return [tf.where(valid[:, None], after, before) for after, before in zip(following, states, strict=True)]
