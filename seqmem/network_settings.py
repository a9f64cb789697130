"""What a network can be, and which of its settings go together. Knows cells by name only: needs no TensorFlow."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from seqmem.errors import SettingError, did_you_mean
from seqmem.settings import Kind

CELL_NAMES = ("lstm", "gru", "rnn", "mlp")
USER_CELL = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


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


@dataclasses.dataclass(frozen=True)
class InitText(Kind):
    """`glorot`, `chrono` or `uniform:X`."""

    metavar = "glorot|chrono|uniform:X"

    def check(self, name: str, value: Any) -> str:
        """Returns it in the fewest digits."""
        word, _, bound = str(value).partition(":")
        if value in ("glorot", "chrono"):
            return str(value)
        try:
            if word == "uniform" and 0 < float(bound) <= 100:
                return f"uniform:{float(bound)!r}".removesuffix(".0")
        except ValueError:
            pass
        raise SettingError(name, value, "must be glorot, chrono, or uniform:X with X above 0 and at most 100")


def is_user_cell(cell: str) -> bool:
    """Tells whether a cell is code of the user's own."""
    return ":" in cell


def check_network(config: Any) -> None:
    """Raises SettingError where a setting means nothing to the cell.

    Args:
        config: A `RunConfig`.
    """
    cell = config.cell
    if config.forget_bias is not None:
        if cell != "lstm":
            raise SettingError(
                "forget_bias", config.forget_bias, f"only lstm has a forget gate with a bias, not {cell}"
            )
        if config.init == "chrono":
            raise SettingError("forget_bias", config.forget_bias, "does not go with init = chrono, which draws it")
    if config.init == "chrono" and cell not in ("lstm", "gru"):
        raise SettingError("init", "chrono", f"needs a cell with a gate that holds its state, lstm or gru, not {cell}")
