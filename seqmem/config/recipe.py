"""Settings of training that constrain each other."""

from __future__ import annotations

from seqmem.cells.cell import Cell
from seqmem.errors import SettingError
from seqmem.judge.criterion import Criterion


class Recipe:
    """The settings of a `RunConfig` that may contradict each other, and the check that they do not."""

    cell: Cell
    layers: int
    head: str
    gradient: str
    window: int | None
    stateful: bool
    batch_size: int
    rows: str
    lags: int
    loss_function: str
    cell_joins: str | int | None
    criterion: Criterion
    streak: int

    def check_recipe(self) -> None:
        """Raises SettingError if they do."""
        if not self.cell.keeps_state:
            if not self.stateful:
                raise SettingError("stateful", False, f"an {self.cell} has no state to keep or to start again")
            if self.lags > 1:
                raise SettingError("lags", self.lags, f"an {self.cell} sees no earlier time steps: give it a context")
        if self.loss_function == "squared" and self.head != "sigmoid":
            raise SettingError("loss_function", "squared", "needs head = sigmoid")
        if self.rows == "steps":
            if self.batch_size < 2:
                raise SettingError("rows", "steps", "needs a batch_size of at least 2: that many rows")
            if self.window is None:
                raise SettingError(
                    "rows", "steps", "needs a window, such as 1: the windows of a sequence become the rows"
                )
        if self.gradient == "traces":
            self._check_traces()
        if self.cell_joins is not None and self.batch_size > 1:
            raise SettingError("cell_joins", self.cell_joins, "needs batch_size = 1")
        if self.streak and self.criterion.kind != "error":
            raise SettingError("streak", self.streak, "needs a criterion error:E")

    def _check_traces(self) -> None:
        if self.cell.held_state is None:
            raise SettingError(
                "gradient", "traces", f"needs lstm or lstm1997, which hold a state of their own, not {self.cell}"
            )
        if self.layers > 1:
            raise SettingError("layers", self.layers, "must be 1 with gradient = traces")
        if self.window not in (None, 1):
            raise SettingError("window", self.window, "does not go with gradient = traces: they update at every step")
        if self.rows == "steps" or self.lags > 1 or not self.stateful:
            name, value = ("rows", "steps") if self.rows == "steps" else ("lags", self.lags)
            name, value = ("stateful", False) if not self.stateful else (name, value)
            raise SettingError(name, value, "does not go with gradient = traces, which go through a sequence in order")
