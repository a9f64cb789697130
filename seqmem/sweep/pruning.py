"""The median rule, which stops trials that do worse than most.

It stops where the median of earlier trials was better at the same share of the budget. A trial is compared with those
only that had to end before it could start, so that what is pruned depends neither on the engine nor on how many workers
there are. The rule is that of Optuna's `MedianPruner`, which is the oracle of its test.
"""

from __future__ import annotations

import bisect
import math
import statistics
from collections.abc import Iterable, Mapping

from seqmem.config.rank import MEASURES
from seqmem.results.run import Record

# Trials have budgets and checks of their own; they are compared at equal shares of the budget.
STEPS = 50
# Few curves have no median worth the name, and at the start all trials do badly.
FIRST_TRIALS = 4
FIRST_STEPS = STEPS // 5

Curve = dict[int, float]


def prune_reason(records: Iterable[Record], budget: int, measure: str, medians: Mapping[int, float]) -> str | None:
    """Returns why a trial is to be stopped, or None.

    Args:
        records: Its checks so far.
        budget: Presentations that it may have.
        measure: What is compared, one of `MEASURES`.
        medians: What earlier trials had reached at each share of the budget, as `LearningCurves` gives it.
    """
    curve = learning_curve(records, budget, measure)
    step = max(curve, default=0)
    if not medians or step < FIRST_STEPS:
        return None
    # the best so far, as curves are noisy; a curve of nothing but not-a-number is stopped too
    sign, median = (1 if more_is_better(measure) else -1), medians.get(step, math.nan)
    best = max((sign * value for value in curve.values() if not math.isnan(value)), default=None)
    if best is not None and not best < sign * median:
        return None
    name = "success rate" if measure == "presentations_to_success" else measure.replace("_", " ")
    word = "below" if sign > 0 else "above"
    return f"{name} {curve[step]:.3g} {word} the median after {step * 100 // STEPS} % of the budget"


class LearningCurves:
    """The learning curves of complete trials, sorted step by step, so that their medians are at hand after each."""

    def __init__(self) -> None:
        self._trials = 0
        self._values: list[list[float]] = [[] for _ in range(STEPS)]

    def add(self, curve: Curve) -> None:
        """Takes in a complete trial's, as `whole_learning_curve` gives it."""
        self._trials += 1
        for step, value in curve.items():
            bisect.insort(self._values[step - 1], value)

    def medians(self) -> Curve:
        """Returns the median at each share of the budget, in fiftieths; empty while there are too few trials."""
        if self._trials < FIRST_TRIALS:
            return {}
        return {step: _middle(values) for step, values in enumerate(self._values, 1) if values}


def learning_curve(records: Iterable[Record], budget: int, measure: str) -> Curve:
    """Returns the measure at each share of the budget, in fiftieths; the fraction solved where it has none."""
    curve: Curve = {}
    for record in records:
        value = _value(record, measure)
        if value is not None:
            curve[max(1, math.ceil(STEPS * record.presentations / budget))] = value
    return curve


def whole_learning_curve(records: Iterable[Record], budget: int, measure: str) -> Curve:
    """Returns that of a complete trial: where it ended early, it stays as it was."""
    curve, filled, last = learning_curve(records, budget, measure), {}, None
    for step in range(1, STEPS + 1):
        last = curve.get(step, last)
        if last is not None:
            filled[step] = last
    return filled


def more_is_better(measure: str) -> bool:
    """Tells which way trials are compared; presentations are compared by the fraction solved."""
    return MEASURES[measure] or measure == "presentations_to_success"


def _value(record: Record, measure: str) -> float | None:
    if measure in ("success_rate", "presentations_to_success"):
        return sum(record.solved) / len(record.solved)
    values = [value for value in getattr(record, measure) if value is not None]
    return statistics.median(values) if values else None


def _middle(values: list[float]) -> float:
    """The median of sorted values."""
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
