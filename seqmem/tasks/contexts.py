"""Contexts, the last symbols that a predictor sees, as numbers."""

from __future__ import annotations

import numpy as np


def context_ids(symbols: np.ndarray, order: int) -> np.ndarray:
    """Numbers the contexts of the last `order` symbols.

    A separate mark stands before the start of a sequence, so a context longer than the prefix also tells the position.

    Args:
        symbols: int `(batch, time)`, the symbol each step sees.
        order: How many symbols the predictor sees, at least 1.

    Returns:
        int64 `(batch, time)`: equal numbers where, and only where, the last `order` symbols are equal.
    """
    ids = np.zeros(symbols.shape, np.int64)
    for back in range(min(order, symbols.shape[1] + 1)):
        ids = refine(ids, _shifted(symbols, back))
    return ids


def prefix_ids(symbols: np.ndarray) -> np.ndarray:
    """Numbers the whole prefixes, int64 `(batch, time)`: equal where all symbols up to the step are equal."""
    ids = np.zeros(symbols.shape, np.int64)
    for step in range(symbols.shape[1]):
        before = ids[:, step - 1] if step else ids[:, 0]
        ids[:, step] = refine(before, symbols[:, step])
    # equal numbers at different steps stand for different prefixes: add the step to tell them apart
    return ids + np.arange(symbols.shape[1]) * len(symbols)


def settling_lengths(symbols: np.ndarray, targets: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Finds how many last symbols settle each target.

    Args:
        symbols: int `(batch, time)`, the symbol each step sees.
        targets: int `(batch, time)`, the symbol each step is to predict.
        valid: bool `(batch, time)`, the steps that exist.

    Returns:
        int64 `(batch, time)`: the length of the shortest suffix of the prefix that determines the target wherever
        it occurs in these sequences (one more than the prefix if its position at the start is needed too); 0 where
        even the whole prefix leaves the target open, or where there is no step.
    """
    lengths = np.zeros(symbols.shape, np.int64)
    open_steps = agreeing(prefix_ids(symbols), targets, valid)
    ids = np.zeros(symbols.shape, np.int64)
    for order in range(1, symbols.shape[1] + 2):
        if not open_steps.any():
            break
        ids = refine(ids, _shifted(symbols, order - 1))
        settled_now = open_steps & agreeing(ids, targets, valid)
        lengths[settled_now] = order
        open_steps &= ~settled_now
    return lengths


def agreeing(ids: np.ndarray, targets: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Returns bool, same shape: the valid steps whose number always occurs with the same target."""
    agree = np.zeros(ids.shape, bool)
    if not valid.any():
        return agree
    _, group = np.unique(ids[valid], return_inverse=True)
    lowest = np.full(group.max() + 1, np.iinfo(np.int64).max)
    highest = np.full(group.max() + 1, -1)
    np.minimum.at(lowest, group, targets[valid])
    np.maximum.at(highest, group, targets[valid])
    agree[valid] = (lowest == highest)[group]
    return agree


def _shifted(symbols: np.ndarray, back: int) -> np.ndarray:
    """The symbol seen `back` steps ago, -1 before the start."""
    if not back:
        return symbols
    earlier = np.full(symbols.shape, -1, symbols.dtype)
    earlier[:, back:] = symbols[:, :-back]
    return earlier


def refine(ids: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """Splits each numbered group, int of any shape, by the symbol (-1 or more), and numbers the parts from 0."""
    wide = ids.astype(np.int64) * (int(symbols.max(initial=0)) + 2) + symbols + 1
    return np.unique(wide, return_inverse=True)[1].reshape(ids.shape)
