"""Where the gates of Keras' GRU are."""

from __future__ import annotations

import numpy as np

from seqmem.cells.cell import Bias


def gru_chrono(bias: Bias, held: np.ndarray) -> Bias:
    """Opens the update gate by `held`: in Keras' GRU, z of z, r, h multiplies the old state.

    The bias is `(2, 3 * units)`, one row for the input and one for the recurrent kernel; z sees their sum.
    """
    changed = bias.copy()
    changed[:, : len(held)] = held, np.zeros_like(held)
    return changed
