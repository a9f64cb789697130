"""Results of a sweep, as plain values: axes, trials, and how they rank."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from seqmem.config.axis import Axis
from seqmem.config.plan import Point
from seqmem.config.rank import MEASURES, check_rank
from seqmem.results.columns import sort_key
from seqmem.results.drawing import Drawn
from seqmem.results.json import to_plain
from seqmem.results.summary import RunSummary

SCHEMA = 1
TRIALS = "trials"  # folder of the run directories in a sweep directory
STATUSES = ("complete", "pruned", "failed", "running", "missing")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The outcome of a trial.

    Attributes:
        status: `complete`, `pruned`, `failed`, `running` or `missing`.
        result: The summary of a complete trial; else None.
        reason: Why it failed or was pruned; else empty.
    """

    status: str = "missing"
    result: RunSummary | None = None
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Trial:
    """One point of a sweep and its outcome, whose fields are also properties."""

    point: Point
    outcome: Outcome = Outcome()

    @property
    def number(self) -> int:
        """Its number, from 1, in the order of the plan."""
        return self.point.number

    @property
    def name(self) -> str:
        """Name of its run directory."""
        return self.point.name

    @property
    def values(self) -> dict[str, Any]:
        """The value of each axis."""
        return self.point.values

    @property
    def status(self) -> str:
        """One of `STATUSES`."""
        return self.outcome.status

    @property
    def result(self) -> RunSummary | None:
        """The summary of a complete trial."""
        return self.outcome.result

    @property
    def reason(self) -> str:
        """Why it failed or was pruned."""
        return self.outcome.reason

    def measure(self, name: str) -> float | None:
        """Returns one of `MEASURES`; None if the trial has no value."""
        if self.result is None:
            return None
        if name == "success_rate":
            return self.result.success_rate
        if name == "presentations_to_success":
            return self.result.median_presentations
        spread = self.result.spreads[name]
        return spread.median if spread else None


@dataclasses.dataclass(frozen=True)
class SweepResult(Drawn):
    """A sweep, complete or in part.

    Attributes:
        axes: The settings that vary.
        search: `grid`, `random` or `tpe`.
        rank: The column that its table is sorted by, and that a search optimises.
        total: Number of planned trials.
        trials: The trials that are known, in the order of the plan.
        importances: Importance of each axis for `rank` in a search; empty if unknown.
        decided: Settings that rules decided for all trials; None for those left to each trial.
        base: Given settings of all trials.
        path: The sweep directory, if known; not stored.
    """

    axes: tuple[Axis, ...]
    search: str
    rank: str
    total: int
    trials: tuple[Trial, ...]
    importances: dict[str, float] = dataclasses.field(default_factory=dict)
    decided: dict[str, Any] = dataclasses.field(default_factory=dict)
    base: dict[str, Any] = dataclasses.field(default_factory=dict)
    path: PurePath | None = dataclasses.field(default=None, compare=False)

    def path_of(self, trial: Trial) -> PurePath | None:
        """Returns the run directory of a trial, if known."""
        return None if self.path is None else self.path / TRIALS / trial.name

    @property
    def varied_axes(self) -> list[Axis]:
        """The axes with more than one value."""
        return [axis for axis in self.axes if axis.continuous or len(axis.values) > 1]

    @property
    def counts(self) -> dict[str, int]:
        """Number of trials by status."""
        counts = {status: sum(trial.status == status for trial in self.trials) for status in STATUSES}
        # trials that a search has not proposed yet are missing too
        return counts | {"missing": self.total - sum(counts.values()) + counts["missing"]}

    def ranked_by(self, column: str | None) -> SweepResult:
        """Returns the same sweep ranked by another column; None keeps the order."""
        return self if column is None else dataclasses.replace(self, rank=check_rank(column, self.axes))

    def to_json(self) -> dict[str, Any]:
        """Returns the sweep for JSON; equal for equal trials, in whatever order they ran."""
        return {
            "schema": SCHEMA,
            "axes": {axis.name: _axis_values(axis) for axis in self.axes},
            "search": self.search,
            "rank": self.rank,
            "counts": self.counts,
            "trials": [_trial_to_json(trial) for trial in ranked(self.trials, self.rank)],
            "importances": to_plain(self.importances),
        }


@dataclasses.dataclass(frozen=True)
class SweepProgress:
    """Progress of a sweep.

    Attributes:
        total: Planned trials.
        complete, pruned, failed: Trials that have ended, by outcome.
        running: Points of the trials that are running.
        workers: Present number of workers.
        best: The best trial so far, or None.
        rank: The measure by which it is the best.
        seconds_left: An estimate from the trials so far; None before the first has ended.
        ended: The trial that has just ended, or None.
    """

    total: int
    complete: int
    pruned: int
    failed: int
    running: tuple[Point, ...]
    workers: int
    best: Trial | None
    rank: str
    seconds_left: float | None
    ended: Trial | None = None


def ranked(trials: Iterable[Trial], column: str) -> list[Trial]:
    """Returns the trials best first by a measure, or in the order of the plan by `number` or an axis.

    Ties keep the order of the plan; trials without a value come last.
    """
    trials = list(trials)
    if column not in MEASURES:
        # `number` is no axis: all keys are equal, and the stable sort keeps the order of the plan
        return sorted(trials, key=lambda trial: sort_key(trial.values.get(column)))
    sign = -1 if MEASURES[column] else 1

    def badness(trial: Trial) -> tuple[bool, float]:
        value = trial.measure(column)
        return value is None, 0.0 if value is None else sign * value

    return sorted(trials, key=badness)


def _trial_to_json(trial: Trial) -> dict[str, Any]:
    result = trial.result.to_json() if trial.result else None
    return to_plain(vars(trial.point) | {"status": trial.status, "reason": trial.reason, "result": result})


def _axis_values(axis: Axis) -> object:
    return {"low": axis.low, "high": axis.high, "log": axis.log} if axis.continuous else list(axis.values)
