"""The gated recurrent unit; Keras' own.

Cho and others 2014 (arXiv:1406.1078), in the variant that cuDNN computes. With input x and state h, which is the
output too::

    z, r = sigmoid(x W + b + h U + d)       update and reset gate, each with its own weights
    g    = tanh(x W + b + r * (h U + d))    candidate
    h    = z * h + (1 - z) * g
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, Tensor, keras, tf
from seqmem.cells.cell import Shapes
from seqmem.cells.recurrence import Recurrence


@dataclasses.dataclass(frozen=True)
class GRU(Recurrence):
    """Keras' GRU cell; each weight holds the parts z, r, g side by side, the bias the rows b and d."""

    name: ClassVar[str] = "gru"
    summary: ClassVar[str] = "gated recurrent unit"
    kept_units: ClassVar[tuple[int, ...]] = (4,)

    def weights(self, inputs: int, units: int) -> Shapes:
        return {"kernel": (inputs, 3 * units), "recurrent_kernel": (units, 3 * units), "bias": (2, 3 * units)}

    def layer(self, units: int) -> KerasLayer:
        return keras.layers.GRUCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        return keras.layers.GRU(units, return_sequences=True, stateful=stateful)

    def forward(
        self, products: Sequence[Tensor], states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Returns the next h; keeps z, r, g and the product h U + d of the candidate."""
        (x_z, x_r, x_g), (h_z, h_r, h_g) = (tf.split(product, 3, axis=-1) for product in products)
        z, r = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        g = tf.tanh(x_g + r * h_g)
        h = z * states[0] + (1.0 - z) * g
        return h, [h], [tf.concat([z, r, g, h_g], axis=-1)]

    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], d_output: Tensor, d_states: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns dL/d(x W + b), dL/d(h U + d), and the part of dL/dh (of the previous h) that goes through z h."""
        (z, r, g, h_g), [h], [d_h] = tf.split(kept[0], 4, axis=-1), states, d_states
        d_h += d_output
        # new h = z h + (1 - z) g; sigmoid' = s (1 - s), tanh' = 1 - tanh^2
        d_z = d_h * (h - g) * z * (1.0 - z)
        d_g = d_h * (1.0 - z) * (1.0 - g * g)
        d_r = d_g * h_g * r * (1.0 - r)
        # in g, the product h U + d is multiplied by r, the product x W + b is not
        return [tf.concat([d_z, d_r, part], axis=-1) for part in (d_g, d_g * r)], [d_h * z]

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Sets the bias of the update gate, the sum of both rows, to `held`: that gate multiplies the old state."""
        changed = bias.copy()
        changed[:, : len(held)] = held, np.zeros_like(held)
        return changed
