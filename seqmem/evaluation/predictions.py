"""A few sequences with the predictions of a network at each step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from seqmem.evaluation.forward import StepOutputs
from seqmem.results.run import Prediction
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.task import Task

SHOWN_SEQUENCES = 8
# Of long sequences fewer are stored: each step takes some 80 bytes of a result.
SHOWN_STEPS = 200_000


def predictions(
    outputs: StepOutputs, sequences: Sequence[SequenceBatch], replicates: Iterable[int], task: Task
) -> tuple[Prediction, ...]:
    """Returns the first sequences of each chosen replicate, at most `SHOWN_SEQUENCES` and `SHOWN_STEPS` of them."""
    most = min(SHOWN_SEQUENCES, max(1, SHOWN_STEPS // task.time))
    return tuple(
        _prediction(outputs, sequences[replicate], replicate, row, task)
        for replicate in replicates
        for row in range(min(most, len(sequences[replicate])))
    )


def shown_symbols(indices: np.ndarray, alphabet: tuple[str, ...]) -> tuple[str | int, ...]:
    """Returns symbols as words, those that are whole numbers as numbers."""
    words = [alphabet[index] for index in indices]
    return tuple(int(word) if word.isascii() and word.isdigit() and str(int(word)) == word else word for word in words)


def digits(value: float) -> float:
    """Returns a number rounded to six digits, the precision of float32."""
    return float(f"{value:.6g}")


def _prediction(outputs: StepOutputs, batch: SequenceBatch, replicate: int, row: int, task: Task) -> Prediction:
    steps = batch.valid[row]
    expected = shown_symbols(batch.targets[row][steps], task.output_symbols)

    def numbers(array: np.ndarray) -> tuple[float, ...]:
        return tuple(map(digits, array[replicate, row][steps]))

    return Prediction(
        replicate=replicate,
        inputs=shown_symbols(batch.inputs[row][steps], task.input_symbols),
        expected=tuple(word if asked else None for word, asked in zip(expected, batch.asked[row][steps], strict=True)),
        predicted=shown_symbols(outputs.predicted[replicate, row][steps], task.output_symbols),
        probability=numbers(outputs.probability),
        margin=numbers(outputs.margin),
        error=numbers(outputs.error),
        settled=tuple(batch.settled[row][steps].tolist()),
        recall=tuple(batch.recall[row][steps].tolist()),
    )
