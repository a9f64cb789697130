"""The recurrent cells, by name. A new one is an entry here and a word in `seqmem.network_settings.CELL_NAMES`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from seqmem.models.backend import keras
from seqmem.models.mlp_cell import MLPCell
from seqmem.models.probe import probed_user_cell
from seqmem.network_settings import is_user_cell

Bias = np.ndarray


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


def lstm_chrono(bias: Bias, held: np.ndarray) -> Bias:
    """Opens the forget gate by `held` and closes the input gate by as much; Keras' gates are i, f, c, o."""
    _, _, *others = np.split(bias, 4)
    return np.concatenate([-held, held, *others])


def lstm_forget(bias: Bias, value: float) -> Bias:
    """Sets the forget gate, the second of i, f, c, o."""
    entry, forget, *others = np.split(bias, 4)
    return np.concatenate([entry, np.full_like(forget, value), *others])


def gru_chrono(bias: Bias, held: np.ndarray) -> Bias:
    """Opens the update gate by `held`: in Keras' GRU, z of z, r, h multiplies the old state.

    The bias is `(2, 3 * units)`, one row for the input and one for the recurrent kernel; z sees their sum.
    """
    changed = bias.copy()
    changed[:, : len(held)] = held, np.zeros_like(held)
    return changed


CELLS: dict[str, CellKind] = {
    "lstm": CellKind(keras.layers.LSTMCell, lstm_chrono, lstm_forget),
    "gru": CellKind(keras.layers.GRUCell, gru_chrono),
    "rnn": CellKind(keras.layers.SimpleRNNCell),
    "mlp": CellKind(MLPCell),
}


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


def build_cell(name: str, units: int, layers: int, features: int) -> Any:
    """Builds a cell, or layers of cells on top of each other, with weights drawn anew at each call.

    Args:
        name: One of `CELLS`, or `module:Class`.
        units: Units of each layer.
        layers: How many.
        features: Length of an input vector.

    Raises:
        SettingError: If a cell of the user's own may not be imported, or cannot be used.
    """
    build = probed_user_cell(name) if is_user_cell(name) else CELLS[name].build
    cell = build(units) if layers == 1 else keras.layers.StackedRNNCells([build(units) for _ in range(layers)])
    cell.build((None, features))
    return cell


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
