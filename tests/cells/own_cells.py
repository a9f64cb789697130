"""Cells of a user's own, good and bad, for the tests of the probe."""

import random

import keras
import numpy as np
from keras import ops


class Leaky(keras.layers.Layer):
    """A good one: half of the old state, half of the new."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="recurrent")

    def call(self, inputs, states):
        new = ops.tanh(ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent))
        mixed = 0.5 * states[0] + 0.5 * new
        return mixed, [mixed]


class WithDropout(Leaky):
    def __init__(self, units):
        super().__init__(units)
        self.drop = keras.layers.Dropout(0.5)


class WithStatistics(Leaky):
    def __init__(self, units):
        super().__init__(units)
        self.norm = keras.layers.BatchNormalization()


class Loop(Leaky):
    def call(self, inputs, states):
        new, _ = super().call(inputs, states)
        new = ops.fori_loop(0, 3, lambda _, value: value * 0.9, new)
        return new, [new]


class Branch(Leaky):
    def call(self, inputs, states):
        new, _ = super().call(inputs, states)
        new = ops.cond(ops.sum(new) > 0, lambda: new, lambda: -new)
        return new, [new]


class Random(Leaky):
    def call(self, inputs, states):
        new, _ = super().call(inputs, states)
        return new * random.random(), [new]


class OtherWhenTraining(Leaky):
    def call(self, inputs, states, training=False):
        new, following = super().call(inputs, states)
        return (new * 0.5 if training else new), following


class UnseededStart(Leaky):
    def build(self, input_shape):
        super().build(input_shape)
        self.recurrent.assign(np.random.default_rng().random((self.units, self.units)))


class Wide(Leaky):
    def call(self, inputs, states):
        new, following = super().call(inputs, states)
        return ops.concatenate([new, new], -1), following


class MoreStates(Leaky):
    def call(self, inputs, states):
        new, _ = super().call(inputs, states)
        return new, [new, new]


class OutputOnly(Leaky):
    def call(self, inputs, states):
        return super().call(inputs, states)[0]


class Stateless(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()


class WithoutUnits(keras.layers.Layer):
    def __init__(self):
        super().__init__()


class NotALayer:
    pass


def function(units):
    return units
