"""The initial parameters of a network."""

from __future__ import annotations

import dataclasses

import numpy as np

from seqmem.backend.lazy import KerasLayer, KerasVariable
from seqmem.cells.cell import Cell
from seqmem.settings import Init


@dataclasses.dataclass(frozen=True)
class Start:
    """How initial parameters are drawn.

    Attributes:
        cell: The cell, whose settings may set an initial bias.
        init: The initialisation.
        steps: Time steps of the longest sequence: the upper end of chrono's time spans.
    """

    cell: Cell
    init: Init = Init("glorot")
    steps: int = 1


def apply_start(built: KerasLayer, others: list[KerasVariable], start: Start, rng: np.random.Generator) -> None:
    """Changes parameters that Keras has drawn as `start` says.

    Args:
        built: From `build_cell`.
        others: Variables outside the cell: those of the head.
        start: The initialisation.
        rng: The replicate's generator of weights.
    """
    if start.init.kind == "uniform":
        bound = start.init.bound
        for variable in [*built.trainable_variables, *others]:
            variable.assign(rng.uniform(-bound, bound, variable.shape).astype(np.float32))
    for layer in getattr(built, "cells", [built]):
        # a user cell may have no bias, or one of another name: then nothing is changed
        for bias in (variable for variable in layer.trainable_variables if variable.name == "bias"):
            if start.init.kind == "chrono":
                # Tallec and Ollivier 2018, section 3: gates that keep the state for 1 to T - 1 steps
                held = np.log(rng.uniform(1, max(1, start.steps - 1), layer.units)).astype(np.float32)
                bias.assign(start.cell.chrono(bias.numpy(), held))
            bias.assign(start.cell.start_bias(bias.numpy()))
