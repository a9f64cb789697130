"""The control without memory: a hidden layer in the place of a recurrent cell."""

from __future__ import annotations

from typing import Any

from seqmem.backend.lazy import keras


@keras.saving.register_keras_serializable(package="seqmem")
class MLPCell(keras.layers.Layer):
    """A dense tanh layer with the protocol of a Keras cell. It keeps nothing from one step to the next.

    Keras' RNN wants every cell to have a state, so there is one number that stays 0 and that nothing reads.

    Args:
        units: Units of the hidden layer.
    """

    def __init__(self, units: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = self.output_size = units
        self.state_size = 1

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        """Returns the hidden layer `(batch, units)` and the states as they came."""
        return keras.ops.tanh(keras.ops.matmul(inputs, self.kernel) + self.bias), states

    def get_config(self) -> dict[str, Any]:
        """Returns what builds the same cell again."""
        return super().get_config() | {"units": self.units}
