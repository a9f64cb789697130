"""A cell written as formulas, and the Keras layer that runs it."""

from __future__ import annotations

import abc
import functools
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from seqmem.backend.lazy import KerasLayer, Tensor, keras
from seqmem.cells.cell import Cell
from seqmem.settings import settings_of


class StepCell(Cell):
    """A cell written as one pure function of a time step: the equations of its paper."""

    @abc.abstractmethod
    def initial(self, units: int) -> dict[str, Any]:
        """Returns the initializer of each weight by name: a Keras initializer, or the name of one."""

    @abc.abstractmethod
    def step(
        self, ops: ModuleType, weights: dict[str, Tensor], inputs: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, Sequence[Tensor]]:
        """Takes one time step.

        Args:
            ops: `keras.ops`.
            weights: As `weights` names them.
            inputs: float32 `(batch, inputs)`.
            states: float32 `(batch, size)` each, zeros at the start of a sequence.

        Returns:
            The output `(batch, units)` and the next states.
        """

    def state_sizes(self, units: int) -> tuple[int, ...]:
        """Returns the length of each state."""
        return (units,)

    def layer(self, units: int) -> KerasLayer:
        """Returns a Keras cell that runs `step`."""
        return _layer_class()(self, units)


# A class that derives from one of Keras is made when it is first needed: Keras takes seconds to import.
@functools.cache
def _layer_class() -> type[KerasLayer]:
    class StepLayer(keras.layers.Layer):  # type: ignore[name-defined]
        """The protocol of a Keras cell: `state_size`, and `call` from inputs and states to output and states."""

        def __init__(self, cell: StepCell, units: int):
            super().__init__()
            self.cell = cell
            self.units = self.output_size = units
            self.state_size = list(cell.state_sizes(units))

        def build(self, input_shape: Sequence[int]) -> None:
            initial = self.cell.initial(self.units)
            self.named = {
                name: self.add_weight(shape=shape, initializer=initial[name], name=name)
                for name, shape in self.cell.weights(input_shape[-1], self.units).items()
            }

        def call(self, inputs: Tensor, states: Sequence[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
            return self.cell.step(keras.ops, self.named, inputs, states)

        def get_config(self) -> dict[str, Any]:
            own = {field.name: getattr(self.cell, field.name) for field in settings_of(type(self.cell))}
            return super().get_config() | {"cell": self.cell.name, "units": self.units, **own}

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> KerasLayer:
            cell = next(cell for cell in _subclasses(StepCell) if cell.name == config["cell"])  # type: ignore[type-abstract]
            return cls(cell(**{field.name: config[field.name] for field in settings_of(cell)}), config["units"])

    return StepLayer


def _subclasses(kind: type[StepCell]) -> Iterator[type[StepCell]]:
    """All classes that derive from one, directly or not."""
    for direct in kind.__subclasses__():
        yield direct
        yield from _subclasses(direct)


def __getattr__(name: str) -> type[KerasLayer]:
    # where Keras looks for the class when it loads a saved model
    if name != "StepLayer":
        raise AttributeError(name)
    return _layer_class()
