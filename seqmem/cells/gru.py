"""The gated recurrent unit; Keras' own.

Cho and others 2014 (arXiv:1406.1078), in the variant that cuDNN computes. With input x and state h, which is the
output too::

    z, r = sigmoid(x W + b + h U + d)       update and reset gate, each with weights of its own
    g    = tanh(x W + b + r * (h U + d))    the candidate
    h    = z * h + (1 - z) * g
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, keras
from seqmem.cells.cell import Cell, Shapes


@dataclasses.dataclass(frozen=True)
class GRU(Cell):
    """Keras' GRU cell; its weights hold the parts z, r, g side by side, its bias the rows b and d."""

    name: ClassVar[str] = "gru"
    summary: ClassVar[str] = "gated recurrent unit"

    def weights(self, inputs: int, units: int) -> Shapes:
        """Kernel, recurrent kernel and both biases of the three parts."""
        return {"kernel": (inputs, 3 * units), "recurrent_kernel": (units, 3 * units), "bias": (2, 3 * units)}

    def layer(self, units: int) -> KerasLayer:
        """Makes Keras' cell."""
        return keras.layers.GRUCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Makes Keras' layer of these cells."""
        return keras.layers.GRU(units, return_sequences=True, stateful=stateful)

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Opens the update gate by `held`: it multiplies the old state, and sees the sum of both rows."""
        changed = bias.copy()
        changed[:, : len(held)] = held, np.zeros_like(held)
        return changed
