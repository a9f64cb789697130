"""Keras' optimizers over stacked replicates."""

from __future__ import annotations

from collections.abc import Mapping

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
        self.updates = keras.Variable(tf.zeros((parameters.shape[0], 1), tf.int32), dtype="int32", trainable=False)
        counted = type(
            "Counted", (getattr(keras.optimizers, _KERAS[name]),), {"iterations": property(lambda _: self.updates)}
        )
        self._parameters = parameters
        self._rule = counted()
        self._rule.build([parameters])
        self.slots = [variable for variable in self._rule.variables if variable.shape == parameters.shape]

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
        return slots | {"optimizer/updates": self.updates.numpy()}

    def load(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Takes over slots and counts as `arrays` gave them."""
        for index, slot in enumerate(self.slots):
            slot.assign(arrays[f"optimizer/slot_{index}"])
        self.updates.assign(arrays["optimizer/updates"])

    def update(self, gradient: Tensor, skip: Tensor | None = None) -> None:
        """Applies one update.

        Args:
            gradient: float32 `(replicate, parameters)`.
            skip: bool `(replicate, 1)`, the replicates to leave untouched; None where all take part.
        """
        before = [variable.value for variable in self.variables] if skip is not None else []
        before = [tf.identity(value) for value in before]
        self._rule.update_step(gradient, self._parameters, self._rule.learning_rate)
        self.updates.assign_add(tf.ones_like(self.updates.value))
        if skip is not None:
            restore_rows(self.variables, before, skip)


def restore_rows(variables: list[KerasVariable], before: list[Tensor], rows: Tensor) -> None:
    """Gives the replicates where `rows` (bool `(replicate, 1)`) is true their values from before."""
    for variable, value in zip(variables, before, strict=True):
        variable.assign(tf.where(rows, value, variable.value))


def clip_by_norm(gradient: Tensor, norm: float) -> Tensor:
    """Scales each replicate's gradient, `(replicate, parameters)`, down to `norm` where it is longer."""
    length = tf.sqrt(tf.reduce_sum(tf.square(gradient), axis=1, keepdims=True))
    return gradient * tf.minimum(1.0, norm / tf.maximum(length, 1e-12))
