"""The arrays of `ExplicitSequences`, which imports this module when it needs it."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.contexts import settling_lengths


def sequence_batch(task: Any) -> SequenceBatch:
    """Returns all sequences, padded to the longest, with settled and recall steps found by `settling_lengths`."""
    index = {word: number for number, word in enumerate(task.alphabet)}
    symbols = np.zeros((len(task.sequences), task.time + 1), np.int32)
    valid = np.zeros((len(task.sequences), task.time), bool)
    for row, words in enumerate(task.sequences):
        symbols[row, : len(words)] = [index[word] for word in words]
        valid[row, : len(words) - 1] = True
    lengths = settling_lengths(symbols[:, :-1], symbols[:, 1:], valid)
    return SequenceBatch(symbols, valid, settled=lengths > 0, recall=lengths > 1)
