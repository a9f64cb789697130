"""A few sequences of a task, each symbol with its part in it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from seqmem.tasks import ExplicitSequences
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.conflicting_sampling import filler_strings
from seqmem.tasks.contexts import settling_lengths
from seqmem.tasks.explicit_arrays import sequence_batch
from seqmem.tasks.streams import stream_rng

LARGEST_SEARCH = 2_000_000  # steps times length, above which the deciding symbols are not looked for


@dataclasses.dataclass(frozen=True)
class Example:
    """One sequence.

    Attributes:
        symbols: Its symbols.
        parts: The part of each: `cue` (what a recall step must remember), `filler`, `trigger` or `recall`.
    """

    symbols: tuple[str, ...]
    parts: tuple[str, ...]


def example_sequences(config: Any, count: int) -> list[Example]:
    """Returns the first sequences of a task, one for each cue; a range of gaps shows its shortest and its longest.

    Nothing is enumerated, so that a task of any size answers at once.
    """
    task = config.task
    if isinstance(task, ExplicitSequences):
        return explicit_examples(task)[:count]
    if task.fillers == "fresh" and task.pool is None:
        strings = stream_rng(config.seed, "training").integers(0, task.filler_count, (count, task.gap[1]))
    else:
        one = dataclasses.replace(task, pool=1) if task.pool else task
        strings = filler_strings(one, stream_rng(config.seed, "strings")).repeat(count, axis=0)
    gaps = sorted(set(task.gap))
    cues = min(task.cues, max(1, count // len(gaps)))
    pairs = [(gap, cue) for gap in gaps for cue in range(cues)][:count]
    return [conflicting_example(task, cue, strings[row, :gap]) for row, (gap, cue) in enumerate(pairs)]


def conflicting_example(task: Any, cue: int, fillers: np.ndarray) -> Example:
    """Returns cue, fillers, trigger where there is one, and the cue again."""
    words, symbol = task.alphabet, task.alphabet[task.filler_count + cue]
    trigger = (words[-1],) if task.trigger else ()
    symbols = (symbol, *(words[index] for index in fillers), *trigger, symbol)
    return Example(symbols, ("cue", *["filler"] * len(fillers), *["trigger"] * len(trigger), "recall"))


def explicit_examples(task: ExplicitSequences) -> list[Example]:
    """Returns the user's sequences; the cue of a recall step is the oldest symbol that it takes to settle it."""
    batch = sequence_batch(task)
    size = batch.valid.size * batch.valid.shape[1]
    lengths = settling_lengths(batch.inputs, batch.targets, batch.valid) if size <= LARGEST_SEARCH else None
    examples = []
    for row, symbols in enumerate(task.sequences):
        parts = ["filler"] * len(symbols)
        for step in np.flatnonzero(batch.recall[row]):
            parts[step + 1] = "recall"
        if lengths is not None:
            for step in np.flatnonzero(batch.recall[row]):
                parts[max(0, step + 1 - lengths[row, step])] = "cue"
        examples.append(Example(tuple(symbols), tuple(parts)))
    return examples


def batch_examples(task: Any, batch: SequenceBatch) -> list[Example]:
    """Returns the sequences of a batch in their order."""
    if isinstance(task, ExplicitSequences):
        parts = {one.symbols: one for one in explicit_examples(task)}
    examples = []
    for symbols, valid in zip(batch.symbols, batch.valid, strict=True):
        indices = symbols[: int(valid.sum()) + 1]
        if isinstance(task, ExplicitSequences):
            examples.append(parts[tuple(task.alphabet[index] for index in indices)])
        else:
            fillers = indices[1 : len(indices) - 1 - task.trigger]
            examples.append(conflicting_example(task, int(indices[0]) - task.filler_count, fillers))
    return examples
