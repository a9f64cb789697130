"""Free running: each prediction of a network is its next input."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from seqmem.backend.compiled import compiled
from seqmem.backend.lazy import Tensor, TensorArray, tf
from seqmem.backend.loops import advanced
from seqmem.evaluation.predictions import SHOWN_SEQUENCES, digits, shown_symbols
from seqmem.models.network import Network
from seqmem.models.population import Population
from seqmem.models.steps import choose
from seqmem.results.evaluation import FreeRun
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.layout import Layout


@functools.lru_cache(maxsize=4)
def compile_generation(network: Network, context: int, lags: int, reset_every: int) -> Callable:
    """Compiles free running.

    Args:
        network: The network of every replicate.
        context: Symbols in an input vector.
        lags: Time steps of a sample.
        reset_every: Samples between resets of the state; 0 for no resets.

    Returns:
        A function of parameters `(replicate, parameters)`, `first` int32 `(replicate, row)` and a number of steps. It
        returns the generated symbols, int32, and the largest output at each, float32, `(step, replicate, row)`.
    """

    @compiled(network, context, lags, reset_every)
    def generate(parameters: Tensor, first: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        replicates, rows = first.shape
        values = network.split(parameters)
        start = network.initial_states(replicates, rows)
        seen = tf.concat([tf.fill((replicates, rows, context + lags - 2), -1), first[..., None]], axis=-1)
        records = [tf.TensorArray(dtype, steps, element_shape=(replicates, rows)) for dtype in (tf.int32, tf.float32)]

        def body(step: Tensor, states: list[Tensor], seen: Tensor, records: list[TensorArray]) -> tuple:
            if reset_every:
                states = choose(step % reset_every == 0, start, states)
            for lag in range(lags):
                window = seen[..., lag : lag + context]
                output, states, _ = network.steps.forward(values[: network.cell_weight_count], window, states)
            logits = network.logits(values, output)
            symbol = tf.argmax(logits, axis=-1, output_type=tf.int32)
            outcome = (symbol, tf.reduce_max(network.probabilities(logits), axis=-1))
            records = [array.write(step, part) for array, part in zip(records, outcome, strict=True)]
            seen = tf.concat([seen[..., 1:], symbol[..., None]], axis=-1)
            return advanced(step, apart=True), states, seen, records

        *_, records = tf.while_loop(lambda step, *_: step < steps, body, (tf.constant(0), start, seen, records))
        symbols, outputs = records
        return symbols.stack(), outputs.stack()

    return generate


def free_runs(
    population: Population,
    sequences: Sequence[SequenceBatch],
    replicates: Iterable[int],
    steps: int,
    alphabet: tuple[str, ...],
    layout: Layout,
) -> tuple[FreeRun, ...]:
    """Runs replicates freely for some steps from each different first symbol of their sequences."""
    starts = [_different_starts(batch) for batch in sequences]
    rows = max(map(len, starts))
    first = np.stack(
        [batch.inputs[np.resize(rows_of, rows), 0] for batch, rows_of in zip(sequences, starts, strict=True)]
    )
    kept = layout.reset_every == layout.length
    reset_every = 0 if kept else layout.reset_every // layout.lags
    recipe = (layout.context, layout.lags, reset_every)
    generate = compile_generation(population.network, *recipe)
    symbols, outputs = (array.numpy() for array in generate(population.parameters.value, tf.constant(first), steps))
    runs = []
    for replicate in replicates:
        batch = sequences[replicate]
        for column, row in enumerate(starts[replicate]):
            length = int(batch.valid[row].sum())
            runs.append(
                FreeRun(
                    replicate=replicate,
                    prompt=shown_symbols(batch.inputs[row, :1], alphabet),
                    generated=shown_symbols(symbols[:, replicate, column], alphabet),
                    probability=tuple(map(digits, outputs[:, replicate, column])),
                    expected=shown_symbols(batch.targets[row, :length][:steps], alphabet),
                )
            )
    return tuple(runs)


def _different_starts(batch: SequenceBatch) -> np.ndarray:
    """Rows of the first sequences that begin with different symbols."""
    _, rows = np.unique(batch.inputs[:, 0], return_index=True)
    return np.sort(rows)[:SHOWN_SEQUENCES]
