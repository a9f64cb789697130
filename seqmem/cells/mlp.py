"""The control without memory: a hidden layer in place of a cell.

With input x and output h::

    h = tanh(x W + b)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import ModuleType
from typing import ClassVar

from seqmem.backend.lazy import KerasLayer, Tensor, keras
from seqmem.cells.cell import Shapes
from seqmem.cells.step_layer import StepCell


@dataclasses.dataclass(frozen=True)
class MLP(StepCell):
    """A dense tanh layer, which keeps no state from one step to the next."""

    name: ClassVar[str] = "mlp"
    summary: ClassVar[str] = "a hidden layer without memory"
    keeps_state: ClassVar[bool] = False

    def weights(self, inputs: int, units: int) -> Shapes:
        return {"kernel": (inputs, units), "bias": (units,)}

    def initial(self, units: int) -> dict[str, str]:
        return {"kernel": "glorot_uniform", "bias": "zeros"}  # as in Keras' Dense

    def state_sizes(self, units: int) -> tuple[int, ...]:
        return (1,)  # Keras requires a state; this one stays 0, and nothing reads it

    def step(
        self, ops: ModuleType, weights: dict[str, Tensor], inputs: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, Sequence[Tensor]]:
        return ops.tanh(ops.matmul(inputs, weights["kernel"]) + weights["bias"]), states

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        return keras.layers.Dense(units, activation="tanh")
