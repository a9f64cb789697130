"""Stopping trials that are hopeless: Optuna's median pruner, asked within the worker.

A trial is compared with those only that had to end before it could begin, so that what is pruned hangs neither on the
engine nor on how many workers there are.
"""

from __future__ import annotations

import bisect
import dataclasses
import math
import statistics
from collections.abc import Iterable
from typing import TYPE_CHECKING

from seqmem.backend.extras import import_optuna
from seqmem.config.rank import MEASURES
from seqmem.results.run import Record

if TYPE_CHECKING:
    import optuna

# Trials have budgets and checks of their own; they are compared at equal shares of the budget.
STEPS = 50
FIRST_TRIALS = 4
FIRST_STEPS = STEPS // 5

Curve = dict[int, float]


@dataclasses.dataclass(frozen=True)
class Pruner:
    """What a worker needs to tell whether a trial is hopeless: little, however many trials came before.

    Attributes:
        rank: The measure that is sought.
        trials: How many complete trials came before.
        medians: The median of their courses at each share of the budget, in fiftieths.
    """

    rank: str
    trials: int
    medians: Curve

    def hopeless(self, records: Iterable[Record], budget: int) -> str:
        """Returns why a trial with these checks is hopeless, or an empty text."""
        so_far = course(records, budget, self.rank)
        if self.trials < FIRST_TRIALS or not self.medians or not so_far:
            return ""
        optuna = import_optuna()
        study = optuna.create_study(
            direction=direction(self.rank), pruner=optuna.pruners.MedianPruner(FIRST_TRIALS, FIRST_STEPS)
        )
        # as many trials as it wants to see, each of them the median: their median is the same
        study.add_trials([complete_trial(self.medians)] * FIRST_TRIALS)
        trial = study.ask()
        for step, value in so_far.items():
            trial.report(value, step)
        if not trial.should_prune():
            return ""
        last = max(so_far)
        word = "below" if direction(self.rank) == "maximize" else "above"
        return f"{shown_measure(self.rank)} {so_far[last]:.3g} {word} the median after {last * 2} % of the budget"


class Courses:
    """The courses of complete trials, so kept that their medians are at hand after each.

    Args:
        rank: The measure that is sought.
    """

    def __init__(self, rank: str):
        self._rank, self._trials = rank, 0
        self._values: list[list[float]] = [[] for _ in range(STEPS)]

    def add(self, course: Curve) -> None:
        """Takes in the course of a complete trial, as `whole_course` gives it."""
        self._trials += 1
        for step, value in course.items():
            bisect.insort(self._values[step - 1], value)

    def pruner(self) -> Pruner:
        """Returns a pruner that compares with all that were taken in."""
        medians = {step: _middle(values) for step, values in enumerate(self._values, 1) if values}
        return Pruner(self._rank, self._trials, medians)


def course(records: Iterable[Record], budget: int, rank: str) -> Curve:
    """Returns the measure at each share of the budget, in fiftieths; the fraction solved where it has none."""
    curve: Curve = {}
    for record in records:
        value = _measure(record, rank)
        if value is not None:
            curve[max(1, math.ceil(STEPS * record.presentations / budget))] = value
    return curve


def whole_course(records: Iterable[Record], budget: int, rank: str) -> Curve:
    """Returns the course of a complete trial: where it ended early, it stays as it was."""
    curve, filled, last = course(records, budget, rank), {}, None
    for step in range(1, STEPS + 1):
        last = curve.get(step, last)
        if last is not None:
            filled[step] = last
    return filled


def direction(rank: str) -> str:
    """Returns Optuna's word for whether more of a measure is better; presentations are pruned by those solved."""
    return "maximize" if MEASURES[rank] or rank == "presentations_to_success" else "minimize"


def complete_trial(curve: Curve) -> optuna.trial.FrozenTrial:
    """Returns a course as a complete trial of Optuna."""
    value = curve[max(curve)] if curve else 0.0
    return import_optuna().trial.create_trial(value=value, intermediate_values=curve)


def shown_measure(rank: str) -> str:
    """Returns what is compared, in words."""
    return "success rate" if rank == "presentations_to_success" else rank.replace("_", " ")


def _measure(record: Record, rank: str) -> float | None:
    if rank in ("success_rate", "presentations_to_success"):
        return sum(record.solved) / len(record.solved)
    known = [value for value in getattr(record, rank) if value is not None]
    return statistics.median(known) if known else None


def _middle(values: list[float]) -> float:
    """The median of sorted values."""
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
