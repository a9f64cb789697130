"""The simple recurrent network of Elman 1990; Keras' own.

With input x, and output h, which is also the state::

    h = tanh(x W + h U + b)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

from seqmem.backend.lazy import KerasLayer, Tensor, keras, tf
from seqmem.cells.cell import Shapes
from seqmem.cells.recurrence import Recurrence


@dataclasses.dataclass(frozen=True)
class SimpleRNN(Recurrence):
    """Keras' simple cell. No gate keeps its state, so gradients vanish or explode over a long gap."""

    name: ClassVar[str] = "rnn"
    summary: ClassVar[str] = "plain tanh units"
    kept_units: ClassVar[tuple[int, ...]] = (1,)

    def weights(self, inputs: int, units: int) -> Shapes:
        return {"kernel": (inputs, units), "recurrent_kernel": (units, units), "bias": (units,)}

    def layer(self, units: int) -> KerasLayer:
        return keras.layers.SimpleRNNCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        return keras.layers.SimpleRNN(units, return_sequences=True, stateful=stateful)

    def forward(
        self, products: Sequence[Tensor], states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Returns the next h, which is also all that `backward` needs."""
        h = tf.tanh(products[0])
        return h, [h], [h]

    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], d_output: Tensor, d_states: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns dL/d(x W + h U + b), with tanh' = 1 - h^2; the previous h enters through h U only."""
        d_h = d_states[0] + d_output
        return [d_h * (1.0 - kept[0] * kept[0])], [tf.zeros_like(states[0])]
