"""A cell of two matrix products, with its derivatives written out."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import ClassVar

from seqmem.backend.lazy import Tensor
from seqmem.cells.cell import Cell


class Recurrence(Cell):
    """A cell whose inputs and first state meet its weights in two products, and all else is element by element.

    Its weights are `kernel` W, `recurrent_kernel` U and `bias`, its first state h is its output. The engine takes the
    products x W and h U and their derivatives; the cell writes what lies between, forward and backward. So a step back
    needs no tape, and nothing of a step is computed twice. The products come as one sum, x W + h U + b, or where the
    bias has two rows as two, x W + b and h U + d.

    Attributes:
        kept_units: Length of each tensor that `forward` keeps, in units.
    """

    kept_units: ClassVar[tuple[int, ...]]

    @abc.abstractmethod
    def forward(self, products: Sequence[Tensor], states: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Takes a step.

        Args:
            products: float32 `(..., parts * units)` each.
            states: float32 `(..., units)` each.

        Returns:
            The next states, and what `backward` needs of this step beside the states before it.
        """

    @abc.abstractmethod
    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], gradient: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Takes the step back.

        Args:
            kept: As `forward` gave it.
            states: Those that the step started from.
            gradient: The derivative of the loss by each of the next states.

        Returns:
            The derivatives of the loss by each product, and by each of `states` apart from its way through h U.
        """
