"""Keras' optimizers over stacked replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from seqmem.backend.lazy import KerasVariable, Tensor, keras, tf

_KERAS = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}


class PopulationOptimizer:
    """A Keras optimizer on parameters `(replicate, parameters)` that can skip single replicates.

    Keras' update rules work element by element, so they serve a stack as they stand, but for one number: the count
    of updates, which Adam's bias correction uses. It is kept for each replicate here, `(replicate, 1)`.

    Args:
        name: `adam`, `rmsprop` or `sgd`.
        parameters: The stacked Keras variable.
    """

    def __init__(self, name: str, parameters: KerasVariable):
        # int64: TensorFlow keeps int32 variables off a GPU, where a compiled function cannot reach them
        self.updates = keras.Variable(tf.zeros((parameters.shape[0], 1), tf.int64), dtype="int64", trainable=False)
        self._name, self._parameters = name, parameters
        # The rule is built for a single number, and is given arrays in its place: it never asks how many there are.
        self._number = keras.Variable(0.0)
        self._rule = _pure(getattr(keras.optimizers, _KERAS[name]))()
        self._rule.build([self._number])
        others = (self._rule.iterations, self._rule._learning_rate)
        self._number_slots = [slot for slot in self._rule.variables if all(slot is not other for other in others)]
        self.slots = [keras.Variable(tf.zeros(parameters.shape), trainable=False) for _ in self._number_slots]

    def __repr__(self) -> str:
        return f"PopulationOptimizer({self._name}, {tuple(self._parameters.shape)})"

    @property
    def variables(self) -> list[KerasVariable]:
        """All that an update changes: parameters, slots and counts."""
        return [self._parameters, *self.slots, self.updates]

    def reset(self, learning_rate: float) -> None:
        """Starts again: empty slots, no updates yet."""
        self._rule.learning_rate = learning_rate
        for variable in (*self.slots, self.updates):
            variable.assign(tf.zeros_like(variable.value))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns slots and counts by name, for a checkpoint."""
        slots = {f"optimizer/slot_{index}": slot.numpy() for index, slot in enumerate(self.slots)}
        return slots | {"optimizer/updates": self.updates.numpy().astype(np.int32)}

    def load(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Takes over slots and counts as `arrays` gave them."""
        for index, slot in enumerate(self.slots):
            slot.assign(arrays[f"optimizer/slot_{index}"])
        self.updates.assign(arrays["optimizer/updates"])

    @property
    def rate(self) -> Tensor:
        """The learning rate, float32."""
        return tf.convert_to_tensor(self._rule.learning_rate)

    def step(self, gradient: Tensor, values: Sequence[Tensor], updates: Tensor, rate: Tensor) -> list[Tensor]:
        """Returns one weight and its slots after an update; nothing is assigned.

        Args:
            gradient: float32 `(replicate, *shape)`.
            values: The weight and its slots, of the same shape.
            updates: int64 `(replicate, 1)`, made so far.
            rate: The learning rate.
        """
        variables = [self._number, *self._number_slots]
        with keras.StatelessScope() as scope:
            scope.add_update((self._rule.iterations, per_replicate(updates, gradient)))
            for variable, value in zip(variables, values, strict=True):
                scope.add_update((variable, value))
            self._rule.scope = scope
            self._rule.update_step(gradient, self._number, rate)
            return [scope.get_current_value(variable) for variable in variables]


def _pure(rule: type) -> type:
    """A Keras optimizer that writes into the scope it is used in; on TensorFlow, Keras' own assign variables."""

    class PureRule(rule):
        scope: Any

        def assign(self, variable: KerasVariable, value: Tensor) -> None:
            self.scope.add_update((variable, value))

        def assign_add(self, variable: KerasVariable, value: Tensor) -> None:
            self.assign(variable, variable.value + value)

        def assign_sub(self, variable: KerasVariable, value: Tensor) -> None:
            self.assign(variable, variable.value - value)

        def _get_variable_index(self, variable: KerasVariable) -> int:
            return 0

    return PureRule


def clip_by_norm(gradients: Sequence[Tensor], norm: float) -> list[Tensor]:
    """Scales each replicate's gradient, `(replicate, *shape)` per weight, down to `norm` where it is longer."""
    squares = [tf.reduce_sum(tf.square(gradient), axis=range(1, len(gradient.shape))) for gradient in gradients]
    scale = tf.minimum(1.0, norm / tf.maximum(tf.sqrt(tf.add_n(squares)), 1e-12))
    return [gradient * per_replicate(scale, gradient) for gradient in gradients]


def per_replicate(numbers: Tensor, like: Tensor) -> Tensor:
    """Gives one number per replicate as many axes as `like` has, so that it goes with each of its elements."""
    return tf.reshape(numbers, (-1, *[1] * (len(like.shape) - 1)))
