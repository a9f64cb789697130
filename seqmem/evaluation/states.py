"""States of one replicate over time, with chosen units silenced."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import Tensor, TensorArray, tf
from seqmem.backend.loops import advanced
from seqmem.models.network import Network
from seqmem.models.population import Population
from seqmem.models.steps import choose
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.layout import Layout

# Time steps of a compiled call, so that its outputs stay at some megabytes for sequences of any length.
STEPS_AT_ONCE = 512
# Numbers in the input vectors of a compiled call, which limit the variants per call.
INPUTS_AT_ONCE = 10_000_000


@dataclasses.dataclass(frozen=True)
class Unit:
    """The numbers that are silenced together: one unit of a layer, or one number of a state of another length.

    Attributes:
        name: Its number from 0; with several layers `layer.unit`, layers from 1. A state whose length is not a
            multiple of the units puts its own name in front.
        numbers: Indices of its numbers in the concatenated states of the network.
        states: The name of the state of each number.
    """

    name: str
    numbers: tuple[int, ...]
    states: tuple[str, ...]


def units_of(network: Network, layers: int, units: int, names: Sequence[str] = ()) -> list[Unit]:
    """Lists the units of a network of equal layers; `names` of states are by default `h`, or `s1`, `s2` and so on."""
    sizes = [int(state.shape[-1]) for state in network.initial_states(1, 1)]
    begins = np.cumsum([0, *sizes]).tolist()
    count = len(sizes) // layers
    names = names[:count] or (["h"] if count == 1 else [f"s{number}" for number in range(1, count + 1)])
    listed = []
    for layer in range(layers):
        lead = f"{layer + 1}." if layers > 1 else ""
        own = [(name, sizes[at], begins[at]) for at, name in enumerate(names, layer * count)]
        # a state whose length is a multiple of the units holds several parts side by side
        parts = [
            (f"{name}{part + 1}" if size > units else name, begin + part * units)
            for name, size, begin in own
            if size % units == 0
            for part in range(size // units)
        ]
        if parts:
            called, places = zip(*parts, strict=True)
            listed += [Unit(f"{lead}{at}", tuple(begin + at for begin in places), called) for at in range(units)]
        for name, size, begin in own:
            if size % units:
                listed += [Unit(f"{name} {lead}{at}", (begin + at,), (name,)) for at in range(size)]
    return listed


@dataclasses.dataclass(frozen=True)
class StateRun:
    """Outputs of one replicate with nothing silenced and with each of several sets of units silenced, and its states.

    Attributes:
        loss: float32 `(set + 1, recall step)`, nats; first with nothing silenced, then set by set.
        predicted: int32 of the same shape, the symbol with the largest output.
        best_cue: int32 of the same shape, the cue with the largest output.
        states: float32 `(step, sequence, number)`, the concatenated states after each requested step, with nothing
            silenced.
    """

    loss: np.ndarray
    predicted: np.ndarray
    best_cue: np.ndarray
    states: np.ndarray


@functools.lru_cache(maxsize=4)
def compile_states(network: Network, input_size: int, output_size: int, reset_every: int, lanes: int) -> Callable:
    """Compiles a forward pass of one replicate in which units are silenced.

    All variants run in one call; nothing is silenced in the first. Before each step, a silenced number is set to its
    mean over the sequences of the first variant: it still changes over time, but no longer differs between sequences.
    (Zero, as in Lakretz et al. 2019, arXiv:1903.07435, would also remove a unit that is a mere constant.)

    Args:
        network: The network.
        input_size: Length of a one-hot input.
        output_size: Length of a one-hot target.
        reset_every: Time steps between resets of the state; 0 for no resets.
        lanes: Rows per sequence.

    Returns:
        A function of parameters `(1, parameters)`, `inputs` int32 `(time, row, context)`, `targets` int32 and `valid`
        bool `(time, row)`, `cues` bool `(output,)`, `silenced` bool `(variant, size)` and states float32
        `(variant, row, size)` for each state, and the first time step. It returns loss, predicted and best_cue
        `(time, variant, row)`, the first variant's states `(time, row, numbers)`, and the states at the end.
    """

    @compiled(network, input_size, output_size, reset_every, lanes)
    def forward(
        parameters: Tensor,
        inputs: Tensor,
        targets: Tensor,
        valid: Tensor,
        cues: Tensor,
        silenced: list[Tensor],
        states: list[Tensor],
        start: Tensor,
    ) -> tuple:
        (time, rows), variants = targets.shape, silenced[0].shape[0]
        shape = (variants, rows)
        values = [value[0] for value in network.split(parameters)]
        first = [tf.repeat(state, variants, axis=0) for state in network.initial_states(1, rows)]
        kept = [tf.TensorArray(dtype, time, element_shape=shape) for dtype in (tf.float32, tf.int32, tf.int32)]
        course = tf.TensorArray(tf.float32, time, element_shape=(rows, sum(state.shape[-1] for state in states)))

        def body(index: Tensor, states: list[Tensor], kept: list[TensorArray], course: TensorArray) -> tuple:
            if reset_every:
                states = choose((start + index) % reset_every == 0, first, states)
            states = _silence(states, silenced, valid[index], lanes)
            vectors = tf.tile(tf.reshape(tf.one_hot(inputs[index], input_size), (rows, -1)), (variants, 1))
            flat = [tf.reshape(state, (variants * rows, -1)) for state in states]
            output, following = network.advance(values, vectors, flat)
            following = [tf.reshape(new, old.shape) for new, old in zip(following, states, strict=True)]
            states = choose(valid[index][None, :, None], following, states)
            logits = network.logits(values, network.head_input(output, vectors))
            wanted = tf.tile(tf.one_hot(targets[index], output_size), (variants, 1))
            outputs = (network.losses(logits, wanted), *_choices(logits, cues))
            kept = [array.write(index, tf.reshape(part, shape)) for array, part in zip(kept, outputs, strict=True)]
            course = course.write(index, tf.concat([state[0] for state in states], axis=-1))
            return advanced(index, apart=True), states, kept, course

        begin = (tf.constant(0), list(states), kept, course)
        _, states, kept, course = tf.while_loop(lambda index, *_: index < time, body, begin)
        return [array.stack() for array in kept], course.stack(), states

    return forward


def _silence(states: list[Tensor], silenced: list[Tensor], valid: Tensor, lanes: int) -> list[Tensor]:
    """Sets silenced numbers to their mean over the sequences of the first variant."""
    return [
        tf.where(chosen[:, None, :], _mean_over_sequences(state[0], valid, lanes), state)
        for chosen, state in zip(silenced, states, strict=True)
    ]


def _mean_over_sequences(state: Tensor, valid: Tensor, lanes: int) -> Tensor:
    """Mean of `(row, size)` over the sequences that have not ended, for each lane."""
    apart = tf.reshape(state, (-1, lanes, state.shape[-1]))
    exists = tf.cast(tf.reshape(valid, (-1, lanes, 1)), tf.float32)
    mean = tf.reduce_sum(apart * exists, axis=0) / tf.maximum(tf.reduce_sum(exists, axis=0), 1.0)
    return tf.tile(mean, (state.shape[0] // lanes, 1))


def _choices(logits: Tensor, cues: Tensor) -> tuple[Tensor, Tensor]:
    """The symbol with the largest output, and the cue with the largest."""
    best_cue = tf.argmax(tf.where(cues, logits, logits.dtype.min), axis=-1, output_type=tf.int32)
    return tf.argmax(logits, axis=-1, output_type=tf.int32), best_cue


class StateRunner:
    """Runs one replicate over sequences, with units silenced; `cues` are those among which `best_cue` is chosen."""

    def __init__(self, population: Population, replicate: int, layout: Layout, cues: np.ndarray):
        self._network, self._layout, self._cues = population.network, layout, cues
        self._parameters = population.parameters.value[replicate : replicate + 1]
        reset_every = 0 if layout.reset_every == layout.length else layout.reset_every
        input_size = self._network.features // layout.context
        self._forward = compile_states(self._network, input_size, len(cues), reset_every, layout.rows)

    def run(
        self, batch: SequenceBatch, steps: np.ndarray, sets: Sequence[Sequence[Unit]] = (), room: int = 0
    ) -> StateRun:
        """Runs the sequences with nothing silenced, and with each set of units silenced.

        Args:
            batch: The sequences.
            steps: int, the steps whose states are returned.
            sets: Units that are silenced together.
            room: Fewest sets per compiled call; smaller calls are padded, so that they need no other program.
        """
        most = max(1, INPUTS_AT_ONCE // (len(batch) * self._layout.rows * self._network.features))
        size = min(most, max(room, len(sets)))
        starts = range(0, max(1, len(sets)), max(1, size))
        parts = [self._run(batch, steps, sets[start : start + size], size) for start in starts]
        joined = [
            np.concatenate([parts[0][part][:1], *(each[part][1:] for each in parts)])[: 1 + len(sets)]
            for part in range(3)
        ]
        return StateRun(joined[0], joined[1], joined[2], parts[0][3])

    def _run(
        self, batch: SequenceBatch, steps: np.ndarray, sets: Sequence[Sequence[Unit]], size: int
    ) -> tuple[np.ndarray, ...]:
        """Loss, predicted and best_cue `(1 + size, recall step)`, and states; padding silences nothing."""
        layout, states = self._layout, self._network.initial_states(1 + size, len(batch) * self._layout.rows)
        sizes = [state.shape[-1] for state in states]
        silenced = np.zeros((1 + size, sum(sizes)), bool)
        for variant, units in enumerate(sets, 1):
            silenced[variant, [number for unit in units for number in unit.numbers]] = True
        chosen = [tf.constant(part) for part in np.split(silenced, np.cumsum(sizes)[:-1], axis=1)]
        windows = layout.lay_out(batch)
        inputs, targets, valid = (_joined_rows(array) for array in (windows.inputs, windows.targets, windows.valid))

        # places of the recall steps and of the requested steps
        sequence, recall = np.nonzero(batch.recall)
        place, lane = layout.places
        answers = np.zeros((3, 1 + size, len(sequence)))
        course = np.zeros((len(steps), len(batch), sum(sizes)), np.float32)
        chunk = min(STEPS_AT_ONCE, layout.length)
        for start in range(0, layout.length, chunk):
            pieces = [_piece(array, start, chunk) for array in (inputs, targets, valid)]
            kept, after, states = self._forward(
                self._parameters,
                *map(tf.constant, pieces),
                tf.constant(self._cues),
                chosen,
                states,
                tf.constant(start),
            )
            inside = (place[recall] >= start) & (place[recall] < start + chunk)
            at, row = place[recall][inside] - start, (sequence * layout.rows + lane[recall])[inside]
            for array, answer in zip(answers, kept, strict=True):
                array[:, inside] = answer.numpy()[at, :, row].T
            here = (place[steps] >= start) & (place[steps] < start + chunk)
            apart = after.numpy().reshape(chunk, len(batch), layout.rows, sum(sizes))
            course[here] = apart[place[steps][here] - start, :, lane[steps][here]]
        return answers[0], answers[1].astype(np.int32), answers[2].astype(np.int32), course


def _joined_rows(array: np.ndarray) -> np.ndarray:
    """From `(sequence, time, row, ...)` to `(time, sequence * row, ...)`."""
    moved = np.moveaxis(array, 0, 1)
    return moved.reshape(len(moved), -1, *moved.shape[3:])


def _piece(array: np.ndarray, start: int, length: int) -> np.ndarray:
    """`length` time steps, padded with zeros, which are not valid steps."""
    piece = array[start : start + length]
    return np.concatenate([piece, np.zeros((length - len(piece), *piece.shape[1:]), piece.dtype)])
