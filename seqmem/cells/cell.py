"""What a cell is: its name, its gates, how many numbers it learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from seqmem.cells.user import USER_CELL
from seqmem.errors import SettingError, did_you_mean
from seqmem.settings import Kind

Bias = np.ndarray
CELL_NAMES = ("lstm", "gru", "rnn", "mlp")
# Weights of one layer of a cell, from inputs and units; as Keras builds them.
CELL_PARAMETERS = {
    "lstm": lambda inputs, units: 4 * (inputs * units + units * units + units),
    "gru": lambda inputs, units: 3 * (inputs * units + units * units + 2 * units),
    "rnn": lambda inputs, units: inputs * units + units * units + units,
    "mlp": lambda inputs, units: inputs * units + units,
}


@dataclasses.dataclass(frozen=True)
class CellKind:
    """A cell and where its gates are.

    Attributes:
        build: Makes a cell of so many units, with Keras' own initialisers, drawn anew at each call.
        chrono: Writes a start of Tallec and Ollivier into the cell's bias: given that bias and how much each unit is
            to hold, float32 `(units,)`, in logits of the gate that keeps the state. None where no gate does.
        forget: Writes a constant into the bias of the forget gate. None where there is no forget gate.
    """

    build: Callable[[int], Any]
    chrono: Callable[[Bias, np.ndarray], Bias] | None = None
    forget: Callable[[Bias, float], Bias] | None = None


@dataclasses.dataclass(frozen=True)
class CellName(Kind):
    """One of `CELL_NAMES`, or a Keras cell of the user's own as `module:Class`."""

    metavar = "|".join(CELL_NAMES) + "|module:Class"

    def check(self, name: str, value: Any) -> str:
        """Checks how it is written; nothing is imported."""
        if isinstance(value, str) and (value in CELL_NAMES or (USER_CELL.fullmatch(value) and len(value) <= 200)):
            return value
        hint = did_you_mean(str(value), CELL_NAMES)
        raise SettingError(name, value, f"must be one of {', '.join(CELL_NAMES)}, or your own as module:Class{hint}")


def parameter_count(config: Any) -> int | None:
    """Counts the parameters of the network of a config: its cells and its output layer; None for a user's own cell."""
    count = CELL_PARAMETERS.get(config.cell)
    if count is None:
        return None
    size, units = len(config.task.alphabet), config.units
    cells = count(config.context * size, units) + (config.layers - 1) * count(units, units)
    return cells + units * size + size
