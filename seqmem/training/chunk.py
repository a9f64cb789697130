"""Many updates of all replicates, compiled into one call.

Parameters and the optimizer's slots go through the loop of a chunk as one tensor per weight: variables are read before
it and written after it. That is up to half the time of an update of one step, and leaves a function of tensors alone.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import Tensor, tf
from seqmem.backend.loops import advanced
from seqmem.models.network import Network
from seqmem.models.population import Population
from seqmem.models.steps import choose
from seqmem.training import bptt, traces
from seqmem.training.optimizers import PopulationOptimizer, clip_by_norm, per_replicate
from seqmem.training.window import Window

# How the gradient of a window is taken.
GRADIENTS = {"bptt": bptt.build_gradient, "traces": traces.build_gradient}


@dataclasses.dataclass(frozen=True)
class ChunkPlan:
    """What is compiled into a chunk.

    Attributes:
        gradient: One of `GRADIENTS`.
        time: Time steps of a row, a multiple of `window`.
        window: Time steps of an update.
        reset_every: Time steps after which the state starts again; it divides `window`, or is `time`.
        masked: Whether some steps do not exist (sequences of unequal length): their state is frozen.
        partial: Whether some windows train some replicates only: the others make no update.
        head_steps: Steps of a window that the head sees at once.
        block: Steps of a window that are kept at once on the way back.
        clip_norm: Norm that each replicate's gradient is clipped to; None to leave it.
        watched: Whether the largest error of each presentation is wanted.
        joining: Whether cells may join later than their heads; see `Construction`.
    """

    gradient: str
    time: int
    window: int
    reset_every: int
    masked: bool
    partial: bool
    head_steps: int
    block: int
    clip_norm: float | None
    watched: bool
    joining: bool


@functools.lru_cache(maxsize=4)
def compiled_trainer(population: Population, optimizer: str, plan: ChunkPlan) -> tuple[PopulationOptimizer, Callable]:
    """Returns an optimizer and a compiled chunk, the same again for the same population and plan."""
    rule = PopulationOptimizer(optimizer, population.parameters)
    return rule, compile_chunk(population.network, rule, plan)


def compile_chunk(network: Network, optimizer: PopulationOptimizer, plan: ChunkPlan) -> Callable:
    """Compiles the training of many batches, one after another.

    Args:
        network: The network of every replicate.
        optimizer: Holds parameters and slots, changed in place.
        plan: What else is fixed.

    Returns:
        A function of the arrays of a `Window`, as its batches follow each other: `inputs` int32 `(update, time,
        replicate, batch, context)`, the others alike, `order` int32 `(update, time)`; then `count` (how many of the
        updates to make; the arrays' own length never changes, so nothing compiles again), and bool `(replicate,)`
        `active` (who trains) and `joined` (whose cell takes part). It gives the mean training loss of each replicate,
        float32 `(replicate,)`, and its largest error in each update, float32 `(update, replicate)`: zeros unless
        watched.
    """
    train = _compiled_updates(network, optimizer, plan)

    def train_chunk(arrays: list[Tensor], count: Tensor, active: Tensor, joined: Tensor) -> tuple[Tensor, Tensor]:
        values = [tf.convert_to_tensor(variable) for variable in optimizer.variables]
        *after, loss, errors = train(values, optimizer.rate, arrays, count, active, joined)
        for variable, value in zip(optimizer.variables, after, strict=True):
            variable.assign(value)
        return loss, errors

    return train_chunk


def _compiled_updates(network: Network, optimizer: PopulationOptimizer, plan: ChunkPlan) -> Callable:
    """The updates of a chunk, as a function of the optimizer's variables, its rate and the arguments of a chunk."""
    windows_per_row = plan.time // plan.window
    first_states_of, train_window = _window_builder(network, optimizer, plan)

    @compiled(network, optimizer, plan, own=network.own)
    def train(
        variables: list[Tensor], rate: Tensor, arrays: list[Tensor], count: Tensor, active: Tensor, joined: Tensor
    ) -> list[Tensor]:
        *stacked, made_before = variables
        updates, _, replicates, batch = arrays[1].shape
        windows = [tf.reshape(array, (updates * windows_per_row, plan.window, *array.shape[2:])) for array in arrays]
        # parameters and slots, each as one tensor per weight
        before = [network.split(each) for each in stacked]

        def body(index: Tensor, values: list, made: Tensor, states: list[Tensor], scores: tuple) -> tuple:
            loss, windows_made, *errors = scores
            window = Window(*(tf.gather(array, index) for array in windows))
            if plan.reset_every < plan.time or windows_per_row == 1:
                states = first_states_of(replicates, batch)
            else:
                states = choose(index % windows_per_row == 0, first_states_of(replicates, batch), states)
            values, made, states, (window_loss, error), trained = train_window(
                window, values, made, states, rate, joined
            )
            if plan.watched:
                update = index // windows_per_row
                errors = [tf.tensor_scatter_nd_max(*errors, [[update]], error[None])]
            scores = (loss + window_loss, windows_made + tf.cast(trained, tf.float32), *errors)
            return advanced(index, apart=plan.window * batch > 1), values, made, states, scores

        # No constant that stays as it is goes through a loop: XLA names several of them in an order of its own each
        # time, and would not find what it has compiled.
        unseen = tf.zeros([updates, replicates])
        zeros = (tf.zeros([replicates]), tf.zeros([replicates]), *[unseen] * plan.watched)
        carried = (tf.constant(0), before, made_before, first_states_of(replicates, batch), zeros)
        # a `tf.range(count)` would make the count a part of the program, and every new one would compile again
        end = count * windows_per_row
        _, after, made, _, (loss, windows_made, *errors) = tf.while_loop(lambda index, *_: index < end, body, carried)

        # a replicate that no longer trains went along, and gets its values from before back
        after = [network.join(each) for each in after]
        kept = [tf.where(active[:, None], new, old) for new, old in zip([*after, made], variables, strict=True)]
        return [*kept, loss / tf.maximum(windows_made, 1.0), *(errors or [unseen])]

    return train


def _window_builder(network: Network, optimizer: PopulationOptimizer, plan: ChunkPlan) -> tuple[Callable, Callable]:
    """Builds the states that a sequence starts from, and one update: a window's gradient, clipped and applied."""
    first_states_of, run_window = GRADIENTS[plan.gradient](
        network, plan.window, plan.reset_every, plan.masked, plan.head_steps, plan.block
    )

    def train_window(
        window: Window, values: list[list[Tensor]], made: Tensor, states: list[Tensor], rate: Tensor, joined: Tensor
    ) -> tuple:
        # the loss of a window is the weighted mean over its steps and rows: sum(w l) / sum(w)
        total = tf.reduce_sum(window.weights, axis=[0, 2])
        window = dataclasses.replace(window, weights=window.weights / tf.maximum(total, 1.0)[:, None])
        states, gradient_of = run_window(values[0], window, states)
        trained = total > 0.0

        def update() -> tuple:
            loss, error, gradient = gradient_of()
            if plan.joining:
                # the head's weights for a cell that has not joined are zero and stay so: no error reaches that cell
                kernel = gradient[network.cell_weight_count]
                seen = tf.range(network.seen)[:, None] < network.units
                gradient[network.cell_weight_count] = tf.where(seen & ~per_replicate(joined, kernel), 0.0, kernel)
            if plan.clip_norm is not None:
                gradient = clip_by_norm(gradient, plan.clip_norm)
            stepped = [optimizer.step(part, own, made, rate) for part, *own in zip(gradient, *values, strict=True)]
            following = [list(tensors) for tensors in zip(*stepped, strict=True)]
            if not plan.partial:
                return following, made + 1, loss, error
            # without a trained step there is no update: Adam would move the weights on a gradient of zero too
            following = [_choose_replicates(trained, new, old) for new, old in zip(following, values, strict=True)]
            return following, *_choose_replicates(trained, [made + 1], [made]), loss, error

        if plan.partial:
            # where only the last step is asked, most windows train nobody
            zero = tf.zeros_like(total)
            following, made, *scores = tf.cond(tf.reduce_any(trained), update, lambda: (values, made, zero, zero))
        else:
            following, made, *scores = update()
        return following, made, states, scores, trained

    return first_states_of, train_window


def _choose_replicates(replicates: Tensor, chosen: list[Tensor], others: list[Tensor]) -> list[Tensor]:
    """The chosen tensors for the replicates that are marked, bool `(replicate,)`, the others elsewhere."""
    return [tf.where(per_replicate(replicates, new), new, old) for new, old in zip(chosen, others, strict=True)]
