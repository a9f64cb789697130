"""The arrays of `ExplicitSequences`, which imports this module when it needs it."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.contexts import agreeing, prefix_ids, refine


def sequence_batch(task: Any) -> SequenceBatch:
    """Returns all sequences, padded to the longest, with their settled and recall steps."""
    index = {word: number for number, word in enumerate(task.alphabet)}
    symbols = np.zeros((len(task.sequences), task.time + 1), np.int32)
    valid = np.zeros((len(task.sequences), task.time), bool)
    for row, words in enumerate(task.sequences):
        symbols[row, : len(words)] = [index[word] for word in words]
        valid[row, : len(words) - 1] = True
    settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], valid)
    return SequenceBatch(symbols, valid, settled, settled & contradicted(symbols, valid))


def contradicted(symbols: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Marks the steps that another sequence answers otherwise at the same place.

    Args:
        symbols: int `(batch, time + 1)`.
        valid: bool `(batch, time)`, the steps that exist.

    Returns:
        bool `(batch, time)`: another sequence has the same symbol there and another target, as many steps from its
        start, or as many from its end. So the place in the sequence does not settle the step, only the sequence does.
    """
    inputs, targets = symbols[:, :-1], symbols[:, 1:]
    from_start = np.broadcast_to(np.arange(valid.shape[1]), valid.shape)
    from_end = valid.sum(axis=1)[:, None] - from_start
    same = [agreeing(refine(place, inputs), targets, valid) for place in (from_start, from_end)]
    return valid & ~(same[0] & same[1])


def symbol_groups(batch: SequenceBatch) -> np.ndarray:
    """Numbers recall steps by their last symbol; see `ExplicitSequences.groups`."""
    return np.where(batch.recall, batch.inputs.astype(np.int64), -1)


def recalled_symbols(task: Any) -> np.ndarray:
    """Marks the targets of recall steps; see `ExplicitSequences.recallable`."""
    batch = sequence_batch(task)
    marked = np.zeros(len(task.alphabet), bool)
    marked[batch.targets[batch.recall]] = True
    return marked
