"""The forward pass of a population, teacher-forced and compiled."""

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
from seqmem.tasks.layout import Layout, stack_windows


@dataclasses.dataclass(frozen=True)
class StepOutputs:
    """Outputs of a population at each step; arrays `(replicate, row, time)`.

    Attributes:
        loss: float32, nats.
        predicted: int32, the symbol with the largest output.
        probability: float32, that output.
        margin: float32, how far it is above the runner-up.
        error: float32, largest distance of any output from the one-hot target.
        best_cue: int32, the symbol with the largest output among the cues.
    """

    loss: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    margin: np.ndarray
    error: np.ndarray
    best_cue: np.ndarray


@functools.lru_cache(maxsize=8)
def compile_forward(network: Network, output_size: int, reset_every: int) -> Callable:
    """Compiles a forward pass, cached for each network.

    Args:
        network: The network of every replicate.
        output_size: Length of a one-hot target.
        reset_every: Time steps between resets of the state; 0 for no resets.

    Returns:
        A function of parameters `(replicate, parameters)`, `inputs` int32 `(time, replicate, row, context)`, `targets`
        int32 and `valid` bool `(time, replicate, row)`, `cues` bool `(output,)`, `asked` bool `(time,)`, and the number
        of steps to take. It returns the six arrays of `StepOutputs`, `(time, replicate, row)`: zeros at steps that are
        not asked.
    """

    def answers(values: list[Tensor], output: Tensor, targets: Tensor, cues: Tensor) -> tuple[Tensor, ...]:
        logits = network.logits(values, output)
        wanted = tf.one_hot(targets, output_size)
        outputs = network.probabilities(logits)
        predicted = tf.argmax(logits, axis=-1, output_type=tf.int32)
        best = tf.reduce_max(outputs, axis=-1)
        others = tf.where(tf.one_hot(predicted, output_size, on_value=True, off_value=False), 0.0, outputs)
        best_cue = tf.argmax(tf.where(cues, logits, logits.dtype.min), axis=-1, output_type=tf.int32)
        error = tf.reduce_max(tf.abs(outputs - wanted), axis=-1)
        margin = best - tf.reduce_max(others, axis=-1)
        return network.losses(logits, wanted), predicted, best, margin, error, best_cue

    @compiled(network, output_size, reset_every, own=network.own)
    def forward(
        parameters: Tensor, inputs: Tensor, targets: Tensor, valid: Tensor, cues: Tensor, asked: Tensor, count: Tensor
    ) -> list[Tensor]:
        time, replicates, rows = targets.shape
        values = network.split(parameters)
        dtypes = (tf.float32, tf.int32, tf.float32, tf.float32, tf.float32, tf.int32)
        records = [tf.TensorArray(dtype, time, element_shape=(replicates, rows)) for dtype in dtypes]

        def body(step: Tensor, states: list[Tensor], records: list[TensorArray]) -> tuple:
            if reset_every:
                states = choose(step % reset_every == 0, network.initial_states(replicates, rows), states)
            output, following, _ = network.steps.forward(values[: network.cell_weight_count], inputs[step], states)
            following = choose(valid[step, :, :, None], following, states)
            # the head sees every symbol of the alphabet, and often takes longer than the cell
            outputs = tf.cond(
                asked[step],
                lambda: answers(values, output, targets[step], cues),
                lambda: tuple(tf.zeros((replicates, rows), dtype) for dtype in dtypes),
            )
            records = [array.write(step, part) for array, part in zip(records, outputs, strict=True)]
            return advanced(step, apart=True), following, records

        begin = (tf.constant(0), network.initial_states(replicates, rows), records)
        *_, records = tf.while_loop(lambda step, *_: step < count, body, begin)
        return [array.stack() for array in records]

    return forward


def compile_step_outputs(population: Population, layout: Layout, sequences_at_once: int, cues: np.ndarray) -> None:
    """Compiles what `step_outputs` uses by taking no step with it; the arguments are those of `step_outputs`."""
    parameters = population.parameters.shape
    shape = (layout.length, parameters[0], sequences_at_once * layout.rows)
    inputs, targets = (tf.zeros(wanted, tf.int32) for wanted in ((*shape, layout.context), shape))
    arrays = (tf.zeros(parameters), inputs, targets, tf.zeros(shape, tf.bool))
    asked = tf.zeros(layout.length, tf.bool)
    _forward_of(population, layout, cues)(*arrays, tf.constant(cues), asked, tf.constant(0))


def step_outputs(
    population: Population,
    sequences: Sequence[SequenceBatch],
    layout: Layout,
    sequences_at_once: int,
    cues: np.ndarray,
    replicates: Sequence[int] | None = None,
    recall_only: bool = False,
) -> StepOutputs:
    """Runs the forward pass over the sequences of each replicate, with the layout of training.

    Args:
        population: The networks.
        sequences: One batch per replicate, all of the same number of sequences.
        layout: The layout of the steps.
        sequences_at_once: Sequences of one replicate in a compiled call.
        cues: bool `(output,)`, the symbols among which `best_cue` is chosen.
        replicates: Numbers of the replicates; None for all. A compiled call always has a place for every replicate of
            the population; if only a few are asked for, each fills several places with different sequences.
        recall_only: Whether outputs are wanted at recall steps alone; they are zeros at some or all others.
    """
    wanted = range(len(sequences)) if replicates is None else replicates
    forward = _forward_of(population, layout, cues)
    places = population.parameters.shape[0]
    count = len(sequences[0])
    starts = range(0, count, sequences_at_once)
    # blocks of sequences in the order in which they fill the places of calls
    blocks = [(index, start) for start in starts for index in range(len(wanted))]
    block_outputs: dict[tuple[int, int], list[np.ndarray]] = {}
    for first in range(0, len(blocks), places):
        taken = blocks[first : first + places]
        filled = [taken[place % len(taken)] for place in range(places)]
        pieces = [sequences[index][start : start + sequences_at_once] for index, start in filled]
        padded = [piece[np.resize(np.arange(len(piece)), sequences_at_once)] for piece in pieces]
        stacked = stack_windows([layout.lay_out(piece, "recall" if recall_only else "all") for piece in padded])

        def rows_joined(array: np.ndarray) -> Tensor:
            moved = np.moveaxis(array, 0, 2)
            return tf.constant(moved.reshape(*moved.shape[:2], -1, *moved.shape[4:]))

        inputs, targets, valid = (rows_joined(array) for array in (stacked.inputs, stacked.targets, stacked.valid))
        parameters = tf.gather(population.parameters.value, [wanted[index] for index, _ in filled])
        # nothing is asked after the last step that exists
        asked = (stacked.judged if recall_only else stacked.valid).any(axis=(0, 2, 3))
        steps = 1 + int(np.flatnonzero(asked).max(initial=-1))
        answers = forward(parameters, inputs, targets, valid, tf.constant(cues), tf.constant(asked), tf.constant(steps))
        shape = (*targets.shape[:2], sequences_at_once, layout.rows)
        apart = [layout.gather(np.moveaxis(answer.numpy().reshape(shape), 0, 2)) for answer in answers]
        for place, block in enumerate(taken):
            block_outputs[block] = [array[place, : len(pieces[place])] for array in apart]
    joined = [
        [np.concatenate(arrays) for arrays in zip(*(block_outputs[index, start] for start in starts), strict=True)]
        for index in range(len(wanted))
    ]
    return StepOutputs(*(np.stack(arrays) for arrays in zip(*joined, strict=True)))


def _forward_of(population: Population, layout: Layout, cues: np.ndarray) -> Callable:
    reset_every = 0 if layout.reset_every == layout.length else layout.reset_every
    return compile_forward(population.network, len(cues), reset_every)
