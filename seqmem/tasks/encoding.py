"""From sequences to what a network is fed: pairs of inputs and targets, and one-hot vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from seqmem.tasks.batch import SequenceBatch


@dataclasses.dataclass(frozen=True)
class Examples:
    """What a network sees and is to predict, one row of a batch beside the other.

    Attributes:
        inputs: int32 `(..., time, context)`, the symbols that make up each input vector; -1 stands for none.
        targets: int32 `(..., time)`.
        valid: bool `(..., time)`, the steps that exist.
        weights: float32 `(..., time)`, 1 at the steps that are trained.
    """

    inputs: np.ndarray
    targets: np.ndarray
    valid: np.ndarray
    weights: np.ndarray


def examples_of(batch: SequenceBatch, loss_at: str = "all") -> Examples:
    """Pairs each symbol with the next; `loss_at` is `all` or `recall`."""
    trained = batch.recall if loss_at == "recall" else batch.valid
    return Examples(batch.inputs[..., None], batch.targets, batch.valid, trained.astype(np.float32))


def stack_examples(parts: Sequence[Examples], time: int) -> Examples:
    """Stacks the examples `(row, time)` of each replicate to `(row, time, replicate)`, padded to `time` steps."""

    def stacked(arrays: Sequence[np.ndarray]) -> np.ndarray:
        joined = np.stack(arrays, axis=2)
        padding = [(0, 0)] * joined.ndim
        padding[1] = (0, time - joined.shape[1])
        return np.pad(joined, padding)

    names = [field.name for field in dataclasses.fields(Examples)]
    return Examples(*(stacked([getattr(part, name) for part in parts]) for name in names))


def one_hot(symbols: np.ndarray, alphabet_size: int) -> np.ndarray:
    """Returns one-hot vectors, float32 `(..., alphabet)`; zeros where a symbol is -1."""
    return (symbols[..., None] == np.arange(alphabet_size)).astype(np.float32)
