"""The plain recurrent network of Elman 1990; Keras' own.

With input x, and output h, which is the state too::

    h = tanh(x W + h U + b)
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from seqmem.backend.lazy import KerasLayer, keras
from seqmem.cells.cell import Cell, Shapes


@dataclasses.dataclass(frozen=True)
class SimpleRNN(Cell):
    """Keras' simple cell. No gate holds its state, so it fades or explodes over a long gap."""

    name: ClassVar[str] = "rnn"
    summary: ClassVar[str] = "plain tanh units"

    def weights(self, inputs: int, units: int) -> Shapes:
        """Kernel, recurrent kernel and bias."""
        return {"kernel": (inputs, units), "recurrent_kernel": (units, units), "bias": (units,)}

    def layer(self, units: int) -> KerasLayer:
        """Makes Keras' cell."""
        return keras.layers.SimpleRNNCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Makes Keras' layer of these cells."""
        return keras.layers.SimpleRNN(units, return_sequences=True, stateful=stateful)
