"""Areas under the ROC curve, for labels and for shuffled labels."""

from __future__ import annotations

import numpy as np

SHUFFLES = 199  # a value above all of them has a probability of 1 in 200 by chance


def telling(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns how well each column tells the classes apart, from 0.5 (not at all) to 1.

    The area under the ROC curve, whichever of two classes has the larger values; with several classes its mean over
    all pairs of classes (Hand and Till 2001, doi:10.1023/A:1010920819831). Ties count one half.

    Args:
        values: float `(rows, columns)`.
        labels: int `(rows,)`, the classes; or `(shuffles, rows)`, several orders of them.

    Returns:
        `(columns,)` or `(shuffles, columns)`; NaN where there are fewer than two classes.
    """
    classes, indices = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        return np.full((*np.shape(labels)[:-1], values.shape[1]), np.nan)
    several = indices.reshape(-1, len(values))
    belongs = (several[:, None] == np.arange(len(classes))[:, None]).astype(np.float32)  # (shuffles, classes, rows)
    mean = belongs / belongs.sum(axis=2, keepdims=True)
    first, second = np.triu_indices(len(classes), 1)
    areas = np.empty((len(several), values.shape[1]))
    for column, numbers in enumerate(values.T):
        above = np.sign(numbers[:, None] - numbers[None]).astype(np.float32)
        # of each pair of classes: how much more often the first is above than below
        ahead = mean @ above @ mean.transpose(0, 2, 1)
        areas[:, column] = 0.5 + np.abs(ahead[:, first, second]).mean(axis=1) / 2
    return areas.reshape(*np.shape(labels)[:-1], -1)


def telling_by_chance(values: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    """Returns `telling` for `SHUFFLES` random orders of the labels, `(shuffles, columns)`."""
    rng = np.random.default_rng(seed)
    return telling(values, rng.permuted(np.tile(labels, (SHUFFLES, 1)), axis=1))
