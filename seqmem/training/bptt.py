"""Truncated backpropagation through time over a population, compiled into one call for many updates.

A `while_loop` inside `vectorized_map` does not compile, and a gradient taken from outside through a loop of
`vectorized_map` calls does not either. So the backward pass is written out: a forward loop that keeps the states, and
a backward loop that takes each step again under a tape of its own.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import tf
from seqmem.models.network import Network
from seqmem.models.population import Population
from seqmem.training.optimizers import PopulationOptimizer, clip_by_norm, restore_rows


@dataclasses.dataclass(frozen=True)
class ChunkPlan:
    """What is compiled into a chunk.

    Attributes:
        time: Time steps of a row, a multiple of `window`.
        window: Time steps of an update.
        reset_every: Time steps after which the state starts anew; it divides `window`, or is `time`.
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


def compile_chunk(network: Network, parameters: Any, optimizer: PopulationOptimizer, plan: ChunkPlan) -> Callable:
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
    window_steps = plan.window
    resets_inside = plan.reset_every < window_steps
    resets_at_windows = plan.reset_every < plan.time

    def restarted(states: list[Any], step: Any) -> list[Any]:
        if not resets_inside:
            return states
        first = network.initial_states(*states[0].shape[:2])
        return [tf.where(step % plan.reset_every == 0, new, old) for new, old in zip(first, states, strict=True)]

    def cut(pull: list[Any], step: Any) -> list[Any]:
        if not resets_inside:
            return pull
        return [tf.where(step % plan.reset_every == 0, tf.zeros_like(part), part) for part in pull]

    def forward(arguments: Any) -> list[Any]:
        values, inputs, states, valid = arguments
        _, following = network.advance(values, _one_hot(inputs, plan.input_size), states)
        return _frozen(following, states, valid) if plan.masked else following

    def backward(arguments: Any) -> Any:
        values, inputs, states, valid, targets, weights, pull = arguments
        with tf.GradientTape() as tape:
            tape.watch([values, states])
            output, following = network.advance(values, _one_hot(inputs, plan.input_size), states)
            if plan.masked:
                following = _frozen(following, states, valid)
            losses = network.losses(network.logits(values, output), tf.one_hot(targets, plan.output_size))
            loss = tf.reduce_sum(losses * weights)
            pulled = tf.add_n([loss, *(tf.reduce_sum(a * b) for a, b in zip(following, pull, strict=True))])
        gradients = tape.gradient(pulled, [values, states], unconnected_gradients="zero")
        return *gradients, loss, following

    def through_one_step(values: list[Any], arrays: list[Any], states: list[Any]) -> Any:
        inputs, targets, weights, valid = [array[0] for array in arrays]
        rest = [tf.zeros_like(state) for state in states]
        gradient, _, loss, following = tf.vectorized_map(
            backward, (values, inputs, states, valid, targets, weights, rest)
        )
        return gradient, loss, following

    def through_time(values: list[Any], arrays: list[Any], states: list[Any]) -> Any:
        inputs, targets, weights, valid = arrays
        kept = [
            tf.TensorArray(tf.float32, window_steps, element_shape=state.shape, clear_after_read=False)
            for state in states
        ]
        for step in tf.range(window_steps):
            states = restarted(states, step)
            kept = [array.write(step, state) for array, state in zip(kept, states, strict=True)]
            states = tf.vectorized_map(forward, (values, inputs[step], states, valid[step]))
        pull = [tf.zeros_like(state) for state in states]
        gradient, loss = [tf.zeros_like(value) for value in values], tf.zeros_like(weights[0, :, 0])
        # the last step has nothing behind it, and could do without its forward step and this pull: but written out
        # apart from the loop, it would be compiled a second time
        for back in tf.range(window_steps):
            step = window_steps - 1 - back
            then = [array.read(step) for array in kept]
            arguments = (values, inputs[step], then, valid[step], targets[step], weights[step], pull)
            part, pull, part_loss, _ = tf.vectorized_map(backward, arguments)
            pull = cut(pull, step)
            gradient = [one + other for one, other in zip(gradient, part, strict=True)]
            loss += part_loss
        return gradient, loss, states

    through = through_time if window_steps > 1 else through_one_step

    def train_window(arrays: list[Any], states: list[Any]) -> Any:
        inputs, targets, weights, valid = arrays
        total = tf.reduce_sum(weights, axis=[0, 2])
        weights = weights / tf.maximum(total, 1.0)[:, None]
        gradient, loss, following = through(network.split(parameters.value), [inputs, targets, weights, valid], states)
        joined = network.join(gradient)
        if plan.clip_norm is not None:
            joined = clip_by_norm(joined, plan.clip_norm)
        optimizer.update(joined, skip=(total == 0.0)[:, None] if plan.partial else None)
        return loss, tf.cast(total > 0.0, tf.float32), following

    @compiled
    def train_chunk(inputs: Any, targets: Any, weights: Any, valid: Any, count: Any, active: Any) -> Any:
        before = [tf.identity(variable.value) for variable in optimizer.variables]
        updates, _, replicates, batch = targets.shape
        loss, made = tf.zeros([replicates]), tf.zeros([replicates])
        windows = [
            tf.reshape(array, (updates, plan.time // window_steps, window_steps, *array.shape[2:]))
            for array in (inputs, targets, weights, valid)
        ]
        index = tf.constant(0)
        # `tf.range(count)` would make the count a part of the program, and every new one would compile again
        while index < count:
            states = network.initial_states(replicates, batch)
            for window in tf.range(plan.time // window_steps):
                pieces = [array[index, window] for array in windows]
                if resets_at_windows:
                    states = network.initial_states(replicates, batch)
                window_loss, window_made, states = train_window(pieces, states)
                loss, made = loss + window_loss, made + window_made
            index += 1
        restore_rows(optimizer.variables, before, ~active[:, None])
        return loss / tf.maximum(made, 1.0)

    return train_chunk


def _one_hot(symbols: Any, size: int) -> Any:
    """float32 `(batch, context * size)` from int32 `(batch, context)`; -1 gives zeros."""
    return tf.reshape(tf.one_hot(symbols, size), (symbols.shape[0], symbols.shape[1] * size))


def _frozen(following: list[Any], states: list[Any], valid: Any) -> list[Any]:
    """The next states where a step exists, else the states as they were."""
    return [tf.where(valid[:, None], after, before) for after, before in zip(following, states, strict=True)]
