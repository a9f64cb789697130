"""A recurrent cell of one's own, for `--cell experiments.cells.keeper:Keeper`."""

import keras
from keras import ops


class Keeper(keras.layers.Layer):
    """Units that only leak: each keeps a share of its state that it learns, and has no gate and no recurrent weights.

    The shares start spread over time spans from 1 to 1,000 steps.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        spans = keras.initializers.RandomUniform(0.0, 6.9)
        self.kept = self.add_weight(shape=(self.units,), initializer=spans, name="kept")

    def call(self, inputs, states):
        kept = ops.sigmoid(self.kept)
        state = kept * states[0] + ops.tanh(ops.matmul(inputs, self.kernel))
        return ops.tanh(state), [state]

    def get_config(self):
        return super().get_config() | {"units": self.units}
