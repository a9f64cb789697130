"""The gated recurrent unit; Keras' own.

Cho and others 2014 (arXiv:1406.1078), in the variant that cuDNN computes. With input x and state h, which is the
output too::

    z, r = sigmoid(x W + b + h U + d)       update and reset gate, each with weights of its own
    g    = tanh(x W + b + r * (h U + d))    the candidate
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
    """Keras' GRU cell; its weights hold the parts z, r, g side by side, its bias the rows b and d."""

    name: ClassVar[str] = "gru"
    summary: ClassVar[str] = "gated recurrent unit"
    kept_units: ClassVar[tuple[int, ...]] = (4,)

    def weights(self, inputs: int, units: int) -> Shapes:
        """Kernel, recurrent kernel and both biases of the three parts."""
        return {"kernel": (inputs, 3 * units), "recurrent_kernel": (units, 3 * units), "bias": (2, 3 * units)}

    def layer(self, units: int) -> KerasLayer:
        """Makes Keras' cell."""
        return keras.layers.GRUCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Makes Keras' layer of these cells."""
        return keras.layers.GRU(units, return_sequences=True, stateful=stateful)

    def forward(self, products: Sequence[Tensor], states: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Returns the next h, and z, r, g and the product that r lets through."""
        (x_z, x_r, x_g), (h_z, h_r, h_g) = (tf.split(product, 3, axis=-1) for product in products)
        z, r = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        g = tf.tanh(x_g + r * h_g)
        return [z * states[0] + (1.0 - z) * g], [tf.concat([z, r, g, h_g], axis=-1)]

    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], gradient: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns dL/d(x W + b), dL/d(h U + d), and dL/dh of the step before, as far as z lets h through."""
        (z, r, g, h_g), [h], [d_h] = tf.split(kept[0], 4, axis=-1), states, gradient
        # the next h = z h + (1 - z) g; sigmoid' = s (1 - s), tanh' = 1 - tanh^2
        d_z = d_h * (h - g) * z * (1.0 - z)
        d_g = d_h * (1.0 - z) * (1.0 - g * g)
        d_r = d_g * h_g * r * (1.0 - r)
        # r stands between g and its part of h U + d
        return [tf.concat([d_z, d_r, part], axis=-1) for part in (d_g, d_g * r)], [d_h * z]

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Opens the update gate by `held`: it multiplies the old state, and sees the sum of both rows."""
        changed = bias.copy()
        changed[:, : len(held)] = held, np.zeros_like(held)
        return changed
