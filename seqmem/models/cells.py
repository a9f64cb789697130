"""The recurrent cells, by name. A new one is a line here and a word in `seqmem.config.RunConfig.cell`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from seqmem.models.backend import keras

CELLS: dict[str, Callable[[int], Any]] = {
    "lstm": keras.layers.LSTMCell,
}


def build_cell(name: str, units: int) -> Any:
    """Builds a Keras cell with Keras' own initialisers, drawn anew at each call."""
    return CELLS[name](units)
