"""The median rule, which stops trials that do worse than most.

A trial is stopped if the median of earlier trials was better at the same fraction of the budget. It is compared only
with trials that had to end before it could start, so pruning does not depend on the engine or the number of workers.
The rule is that of Optuna's `MedianPruner`, against which it is tested.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Iterable, Mapping

from seqmem.config.rank import MEASURES
from seqmem.results.run import Record

# Trials have different budgets and checks, so they are compared at equal fractions of the budget.
STEPS = 50
# The median of fewer curves means little, and at the start all trials do badly.
FIRST_TRIALS = 4
FIRST_STEPS = STEPS // 5

Curve = dict[int, float]


def prune_reason(records: Iterable[Record], budget: int, measure: str, medians: Mapping[int, float]) -> str | None:
    """Returns why a trial is to be stopped, or None.

    Args:
        records: Its checks so far.
        budget: Largest number of presentations.
        measure: The measure to compare, one of `MEASURES`.
        medians: Medians of earlier trials at each fraction of the budget, from `LearningCurves.medians`.
    """
    curve = learning_curve(records, budget, measure)
    step = max(curve, default=0)
    if not medians or step < FIRST_STEPS:
        return None
    # the best value so far, as curves are noisy; a curve of NaN only is stopped too
    sign, median = (1 if more_is_better(measure) else -1), medians.get(step, math.nan)
    best = max((sign * value for value in curve.values() if not math.isnan(value)), default=None)
    if best is not None and not best < sign * median:
        return None
    name = "success rate" if measure == "presentations_to_success" else measure.replace("_", " ")
    word = "below" if sign > 0 else "above"
    return f"{name} {curve[step]:.3g} {word} the median after {step * 100 // STEPS} % of the budget"


class LearningCurves:
    """The learning curves of complete trials, with the values of each step sorted for their median."""

    def __init__(self) -> None:
        self._trials = 0
        self._values: list[list[float]] = [[] for _ in range(STEPS)]

    def add(self, curve: Curve) -> None:
        """Adds the curve of a complete trial, from `whole_learning_curve`."""
        self._trials += 1
        for step, value in curve.items():
            bisect.insort(self._values[step - 1], value)

    def medians(self) -> Curve:
        """Returns the median at each fiftieth of the budget; empty with too few trials."""
        if self._trials < FIRST_TRIALS:
            return {}
        return {step: _middle(values) for step, values in enumerate(self._values, 1) if values}


def learning_curve(records: Iterable[Record], budget: int, measure: str) -> Curve:
    """Returns the measure at each fiftieth of the budget that has a value."""
    curve: Curve = {}
    for record in records:
        value = _value(record, measure)
        if value is not None:
            curve[max(1, math.ceil(STEPS * record.presentations / budget))] = value
    return curve


def whole_learning_curve(records: Iterable[Record], budget: int, measure: str) -> Curve:
    """Returns the learning curve of a complete trial, where the last value is repeated to the end of the budget."""
    curve, filled, last = learning_curve(records, budget, measure), {}, None
    for step in range(1, STEPS + 1):
        last = curve.get(step, last)
        if last is not None:
            filled[step] = last
    return filled


def more_is_better(measure: str) -> bool:
    """Tells whether larger values are better; presentations are compared by the fraction solved."""
    return MEASURES[measure] or measure == "presentations_to_success"


def _value(record: Record, measure: str) -> float | None:
    if measure in ("success_rate", "presentations_to_success"):
        return sum(record.solved) / len(record.solved)
    values = [value for value in getattr(record, measure) if value is not None]
    return statistics.median(values) if values else None


def _middle(values: list[float]) -> float:
    """The median of sorted values."""
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
