"""A batch of sequences as symbols, with what is known of each step."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Example:
    """One sequence.

    Attributes:
        symbols: Its symbols.
        parts: The part of each: `cue` (what a recall step must remember), `filler`, `trigger` or `recall`.
    """

    symbols: tuple[str, ...]
    parts: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class SequenceBatch:
    """Sequences side by side, padded at the end to the same length.

    A sequence of n symbols has n - 1 steps: step t sees symbol t and predicts symbol t + 1.

    Attributes:
        symbols: int32 `(batch, time + 1)`, indices into the alphabet; 0 where padded.
        valid: bool `(batch, time)`, true at the steps that exist.
        settled: bool `(batch, time)`, the steps whose target the whole prefix determines.
        recall: bool `(batch, time)`, the steps whose target depends on which sequence it is, not on where in the
            sequence it stands.
    """

    symbols: np.ndarray
    valid: np.ndarray
    settled: np.ndarray
    recall: np.ndarray

    def __len__(self) -> int:
        return len(self.symbols)

    def __getitem__(self, rows: slice | np.ndarray) -> SequenceBatch:
        """Returns the chosen rows: a slice, or an array of indices."""
        return SequenceBatch(self.symbols[rows], self.valid[rows], self.settled[rows], self.recall[rows])

    @property
    def inputs(self) -> np.ndarray:
        """int32 `(batch, time)`: the symbol each step sees."""
        return self.symbols[:, :-1]

    @property
    def targets(self) -> np.ndarray:
        """int32 `(batch, time)`: the symbol each step is to predict."""
        return self.symbols[:, 1:]

    def judged(self, loss_at: str) -> np.ndarray:
        """Bool `(batch, time)`: the steps a criterion asks for.

        Those that are settled; where recall steps alone are trained, those.

        Args:
            loss_at: The setting of the run.
        """
        return self.recall if loss_at == "recall" else self.settled
