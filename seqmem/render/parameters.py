"""How many numbers a network learns."""

from __future__ import annotations

from typing import Any

# Weights of one layer of a cell, from inputs and units; as Keras builds them.
CELL_PARAMETERS = {
    "lstm": lambda inputs, units: 4 * (inputs * units + units * units + units),
    "gru": lambda inputs, units: 3 * (inputs * units + units * units + 2 * units),
    "rnn": lambda inputs, units: inputs * units + units * units + units,
    "mlp": lambda inputs, units: inputs * units + units,
}


def parameter_count(config: Any) -> int | None:
    """Counts the parameters of the network of a config: its cells and its output layer; None for a user's own cell."""
    count = CELL_PARAMETERS.get(config.cell)
    if count is None:
        return None
    size, units = len(config.task.alphabet), config.units
    cells = count(config.context * size, units) + (config.layers - 1) * count(units, units)
    return cells + units * size + size
