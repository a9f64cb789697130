"""A cell of two matrix products, with its derivatives written out."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import ClassVar

from seqmem.backend.lazy import Tensor
from seqmem.cells.cell import Cell


class Recurrence(Cell):
    """A cell of two matrix products, x W and h U; all its other operations are elementwise.

    Its weights are `kernel` W and, where it has them, `recurrent_kernel` U and `bias`; h is one of its states. The
    engine computes the products and their derivatives, the cell the elementwise part, forward and backward: a step back
    needs no gradient tape and computes nothing twice. The products are passed as one sum, x W + h U + b, or if the bias
    has two rows as two tensors, x W + b and h U + d. If U has fewer columns than W, h U is added to the last columns.

    Attributes:
        kept_units: Length of each tensor that `forward` keeps, as a multiple of the units.
        seen_state: Index of the state h that U is applied to.
        truncated: Whether the gradient through h U is cut, as in 1997.
    """

    kept_units: ClassVar[tuple[int, ...]]
    seen_state: ClassVar[int] = 0
    truncated: ClassVar[bool] = False

    @abc.abstractmethod
    def forward(
        self, products: Sequence[Tensor], states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Takes a step.

        Args:
            products: float32 `(..., parts * units)` each.
            states: float32 `(..., size)` each.

        Returns:
            The output, the next states, and the tensors that `backward` needs beside the previous states.
        """

    @abc.abstractmethod
    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], d_output: Tensor, d_states: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Computes the gradient of a step.

        Args:
            kept: The tensors kept by `forward`.
            states: The states before the step.
            d_output: The derivative of the loss by the output.
            d_states: The derivative of the loss by each of the next states, through later steps.

        Returns:
            The derivatives of the loss by each product, and by each of `states` except through h U.
        """
