"""Sequential construction: heads trained alone before their cells join.

Hochreiter and Schmidhuber 1997, section 4 and experiment 2a: the cell is added when the error stops decreasing. A cell
that has not joined has head weights of zero, which stay zero, so that no error reaches it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.models.population import Population

# The error stops falling where it falls by less than this fraction from one hundred presentations to the next. The
# paper gives no rule; this one and fixed numbers of presentations were tried.
PLATEAU_PRESENTATIONS, PLATEAU_FALL = 100, 0.01


class Construction:
    """Decides for each replicate when its cell joins.

    Args:
        config: The run.
        population: Whose head gets its initial weights for the cell when that joins.

    Attributes:
        joined: bool `(replicate,)`.
    """

    def __init__(self, config: RunConfig, population: Population):
        self._config, self._population = config, population
        self.joined = np.full(config.replicates, config.cell_joins is None)
        self._losses, self._before = np.zeros(config.replicates), np.full(config.replicates, np.inf)

    def next_stop(self, presentations: int) -> int | None:
        """Returns the presentations at which to decide next; None where all have joined."""
        if self.joined.all():
            return None
        if isinstance(self._config.cell_joins, int):
            return self._config.cell_joins
        return (presentations // PLATEAU_PRESENTATIONS + 1) * PLATEAU_PRESENTATIONS

    def observe(self, presentations: int, losses: np.ndarray) -> None:
        """Takes in what was trained up to a stop or before.

        Args:
            presentations: So far.
            losses: Sum of the training losses of the presentations since the last call, `(replicate,)`.
        """
        if self.joined.all():
            return
        self._losses += losses
        if isinstance(self._config.cell_joins, int):
            joining = np.full(len(self.joined), presentations >= self._config.cell_joins)
        elif presentations % PLATEAU_PRESENTATIONS:
            return
        else:
            joining = ~self.joined & (self._losses > (1 - PLATEAU_FALL) * self._before)
            self._before, self._losses = self._losses, np.zeros_like(self._losses)
        if joining.any():
            self._join(joining)

    def _join(self, joining: np.ndarray) -> None:
        """Gives these heads the weights that they were drawn with."""
        network = self._population.network
        drawn = network.split(self._population.drawn(self._config))[network.cell_weight_count]
        arrays = self._population.arrays()
        arrays[network.names[network.cell_weight_count]][joining, : network.units] = drawn[joining, : network.units]
        self._population.load(arrays)
        self.joined = self.joined | joining

    def state(self) -> dict[str, Any]:
        """Returns what `restore` needs, as JSON can hold it."""
        before = [float(loss) if np.isfinite(loss) else None for loss in self._before]
        return {"joined": self.joined.tolist(), "losses": self._losses.tolist(), "before": before}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from where `state` was taken."""
        self.joined, self._losses = np.array(state["joined"], bool), np.array(state["losses"], float)
        self._before = np.array([np.inf if loss is None else loss for loss in state["before"]])
