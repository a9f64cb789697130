"""The control without memory: a hidden layer in the place of a recurrent cell."""

from __future__ import annotations

import functools
from typing import Any

from seqmem.backend.lazy import KerasLayer, Tensor, keras


@functools.cache
def _cell_class() -> type[KerasLayer]:
    class MLPCell(keras.layers.Layer):  # type: ignore[name-defined]
        """A dense tanh layer with the protocol of a Keras cell. It keeps nothing from one step to the next.

        Keras' RNN wants every cell to have a state, so there is one number that stays 0 and that nothing reads.
        """

        def __init__(self, units: int):
            super().__init__()
            self.units = self.output_size = units
            self.state_size = 1

        def build(self, input_shape: Any) -> None:
            shape = (input_shape[-1], self.units)
            self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

        def call(self, inputs: Tensor, states: Any) -> tuple[Tensor, Any]:
            return keras.ops.tanh(keras.ops.matmul(inputs, self.kernel) + self.bias), states

    return MLPCell


def mlp_cell(units: int) -> KerasLayer:
    """Builds the hidden layer of so many units, as a Keras cell."""
    return _cell_class()(units)
