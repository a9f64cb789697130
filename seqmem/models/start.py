"""The start of a network's parameters."""

from __future__ import annotations

import dataclasses

import numpy as np

from seqmem.backend.lazy import KerasLayer, KerasVariable
from seqmem.cells.cell import Cell
from seqmem.settings import Init


@dataclasses.dataclass(frozen=True)
class Start:
    """What parameters start from.

    Attributes:
        cell: Whose settings may say what its bias starts from.
        init: How weights are drawn.
        steps: Time steps of the longest sequence, which chrono draws its time spans up to.
    """

    cell: Cell
    init: Init = Init("glorot")
    steps: int = 1


def apply_start(built: KerasLayer, others: list[KerasVariable], start: Start, rng: np.random.Generator) -> None:
    """Changes parameters just drawn by Keras' initialisers to what a run is to start from.

    Args:
        built: As `build_cell` gave it.
        others: Variables outside the cell: the head's.
        start: The start wanted.
        rng: The replicate's stream of weights.
    """
    if start.init.kind == "uniform":
        bound = start.init.bound
        for variable in [*built.trainable_variables, *others]:
            variable.assign(rng.uniform(-bound, bound, variable.shape).astype(np.float32))
    for layer in getattr(built, "cells", [built]):
        # a cell of the user's own may have no bias, or call it otherwise: then nothing is written
        for bias in (variable for variable in layer.trainable_variables if variable.name == "bias"):
            if start.init.kind == "chrono":
                # Tallec and Ollivier 2018, section 3: gates that keep for spans spread between 1 and T - 1 steps
                held = np.log(rng.uniform(1, max(1, start.steps - 1), layer.units)).astype(np.float32)
                bias.assign(start.cell.chrono(bias.numpy(), held))
            bias.assign(start.cell.start_bias(bias.numpy()))
