"""The cells: what a network remembers with."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from seqmem.cells.cell import Cell
from seqmem.cells.gru import GRU
from seqmem.cells.lstm import LSTM
from seqmem.cells.lstm1997 import LSTM1997
from seqmem.cells.mlp import MLP
from seqmem.cells.rnn import SimpleRNN
from seqmem.cells.user import UserCell, is_user_cell
from seqmem.errors import SettingError, did_you_mean
from seqmem.settings import Kind, Value, settings_of

CELLS: dict[str, type[Cell]] = {cell.name: cell for cell in (LSTM, GRU, SimpleRNN, MLP, LSTM1997)}


@dataclasses.dataclass(frozen=True)
class CellKind(Kind):
    """A cell: one of `CELLS` by name, or a user's Keras cell as `module:Class`, which is not imported here."""

    held = Cell

    @property
    def metavar(self) -> str:  # type: ignore[override]
        return "|".join((*CELLS, "module:Class"))

    def check(self, name: str, value: Value) -> Cell:
        if isinstance(value, Cell):
            return value
        if isinstance(value, str) and value in CELLS:
            return CELLS[value]()
        if isinstance(value, str) and is_user_cell(value):
            return UserCell(value)
        hint = did_you_mean(str(value), CELLS)
        raise SettingError(name, value, f"must be one of {', '.join(CELLS)}, or your own as module:Class{hint}")

    def write(self, value: Value) -> Value:
        return value.name if isinstance(value, Cell) else value


def read_cell(settings: Mapping[str, Any], trusted: Collection[str] = ()) -> Cell:
    """Builds the cell of flat settings, which may hold the other settings of a run too.

    Args:
        settings: As in a TOML file.
        trusted: Names of the user cells that may be imported, because the user has typed them.

    Raises:
        SettingError: If there is no such cell, or a value is not allowed.
    """
    cell = CellKind().accept("cell", settings.get("cell", LSTM.name))
    if isinstance(cell, UserCell):
        return UserCell(cell.name, trusted=cell.trusted or cell.name in trusted)
    own = {field.name: settings[field.name] for field in settings_of(type(cell)) if field.name in settings}
    return dataclasses.replace(cell, **own)
