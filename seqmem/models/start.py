"""What the parameters of a network start from."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from seqmem.cells.registry import CELLS


@dataclasses.dataclass(frozen=True)
class Start:
    """What parameters start from.

    Attributes:
        init: `glorot` (Keras' own initialisers), `chrono`, or `uniform:X` (every weight and bias from -X to X).
        forget_bias: Of the forget gate; None leaves it to `init`.
        steps: Time steps of the longest sequence, which chrono draws its time spans up to.
    """

    init: str = "glorot"
    forget_bias: float | None = None
    steps: int = 1


def apply_start(name: str, cell: Any, others: list[Any], start: Start, rng: np.random.Generator) -> None:
    """Changes parameters just drawn by Keras' initialisers to what a run is to start from.

    Args:
        name: The cell's name.
        cell: As `build_cell` gave it.
        others: Variables outside the cell: the head's.
        start: The start wanted.
        rng: The replicate's stream of weights.
    """
    word, _, bound = start.init.partition(":")
    if word == "uniform":
        for variable in [*cell.trainable_variables, *others]:
            variable.assign(rng.uniform(-float(bound), float(bound), variable.shape).astype(np.float32))
    for layer in getattr(cell, "cells", [cell]):
        if word == "chrono":
            # Tallec and Ollivier 2018, section 3: gates that keep for spans spread between 1 and T - 1 steps
            held = np.log(rng.uniform(1, max(1, start.steps - 1), layer.units)).astype(np.float32)
            layer.bias.assign(CELLS[name].chrono(layer.bias.numpy(), held))  # type: ignore[misc]
        if start.forget_bias is not None:
            layer.bias.assign(CELLS[name].forget(layer.bias.numpy(), start.forget_bias))  # type: ignore[misc]
