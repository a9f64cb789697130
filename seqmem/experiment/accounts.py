"""The account of each replicate: when it was solved or stopped."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from seqmem.judge.metrics import Metrics
from seqmem.results.run import Account


@dataclasses.dataclass
class Accounts:
    """The accounts of all replicates so far, in lists of one value per replicate.

    Attributes:
        solved_at: Presentations at the check since which it has passed every check; None if it failed the last one.
        stopped_at: Presentations at which it was frozen; None while it trains.
        diverged: Whether its loss is not finite.
        streak: Training presentations in a row, up to now, whose error was within the criterion.
    """

    solved_at: list[int | None]
    stopped_at: list[int | None]
    diverged: list[bool]
    streak: list[int]

    @classmethod
    def of(cls, replicates: int) -> Accounts:
        """Returns the accounts of untrained replicates."""
        return cls([None] * replicates, [None] * replicates, [False] * replicates, [0] * replicates)

    @property
    def active(self) -> np.ndarray:
        """Bool `(replicate,)`: the replicates still in training."""
        return np.array([at is None for at in self.stopped_at])

    @property
    def solved(self) -> tuple[bool, ...]:
        """Which replicates count as solved so far."""
        return tuple(at is not None for at in self.solved_at)

    def watch(self, errors: np.ndarray, largest: float, presentations: int) -> None:
        """Counts training presentations in a row whose error is within the criterion.

        Args:
            errors: Of each update, `(update, replicate)`.
            largest: What the criterion allows.
            presentations: In an update.
        """
        for index, column in enumerate(errors.T):
            if self.stopped_at[index] is None and len(column):
                # what is no number is not within
                missed = np.flatnonzero(~(column <= largest))
                kept = (
                    len(column) - 1 - missed[-1] if len(missed) else len(column) + self.streak[index] // presentations
                )
                self.streak[index] = int(kept) * presentations

    def update(self, presentations: int, metrics: Sequence[Metrics], passed: Sequence[bool], stop: bool) -> None:
        """Updates the accounts by a check; freezes replicates that have diverged and, with `stop`, those solved."""
        for index, (scores, good) in enumerate(zip(metrics, passed, strict=True)):
            if self.stopped_at[index] is not None:
                continue
            self.diverged[index] = not math.isfinite(scores.loss)
            if not good:
                self.solved_at[index] = None
            elif self.solved_at[index] is None:
                self.solved_at[index] = presentations
            if self.diverged[index] or (good and stop):
                self.stopped_at[index] = presentations

    def at_end(self, presentations: int) -> list[Account]:
        """Returns the account of each replicate; those never frozen were trained for all `presentations`."""
        rows = zip(self.solved_at, self.stopped_at, self.diverged, strict=True)
        return [Account(presentations if stopped is None else stopped, met, lost) for met, stopped, lost in rows]
