"""From sequences to what a network is fed: pairs of inputs and targets, and one-hot vectors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Examples:
    """What a network sees and is to predict, laid out by `seqmem.tasks.arrangement`.

    Attributes:
        inputs: int32 `(..., time, row, context)`, the symbols that make up each input vector; -1 stands for none.
        targets: int32 `(..., time, row)`.
        valid: bool `(..., time, row)`, the steps that exist.
        weights: float32 `(..., time, row)`, 1 at the steps that are trained.
    """

    inputs: np.ndarray
    targets: np.ndarray
    valid: np.ndarray
    weights: np.ndarray


def stack_examples(parts: Sequence[Examples]) -> Examples:
    """Stacks examples `(sequence, time, row)` of each replicate to `(sequence, time, replicate, row)`."""
    names = [field.name for field in dataclasses.fields(Examples)]
    return Examples(*(np.stack([getattr(part, name) for part in parts], axis=2) for name in names))


def one_hot(symbols: np.ndarray, alphabet_size: int) -> np.ndarray:
    """Returns one-hot vectors, float32 `(..., alphabet)`; zeros where a symbol is -1."""
    return (symbols[..., None] == np.arange(alphabet_size)).astype(np.float32)
