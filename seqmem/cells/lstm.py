"""Where the gates of Keras' LSTM are."""

from __future__ import annotations

import numpy as np

from seqmem.cells.cell import Bias


def lstm_chrono(bias: Bias, held: np.ndarray) -> Bias:
    """Opens the forget gate by `held` and closes the input gate by as much; Keras' gates are i, f, c, o."""
    _, _, *others = np.split(bias, 4)
    return np.concatenate([-held, held, *others])


def lstm_forget(bias: Bias, value: float) -> Bias:
    """Sets the forget gate, the second of i, f, c, o."""
    entry, forget, *others = np.split(bias, 4)
    return np.concatenate([entry, np.full_like(forget, value), *others])
