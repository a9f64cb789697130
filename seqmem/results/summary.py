"""All replicates of a run in one row."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence
from typing import Any

from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import Evidence
from seqmem.judge.metrics import Metrics
from seqmem.judge.verdict import VERDICTS as VERDICTS
from seqmem.judge.verdict import verdict, wilson_interval
from seqmem.results.json import from_plain

METRICS = tuple(field.name for field in dataclasses.fields(Metrics))
# Metrics in a table of trials, each with its baseline.
SPREADS = ("recall_accuracy", "accuracy", "recall_loss", "loss")


@dataclasses.dataclass(frozen=True)
class ReplicateResult:
    """The result of one replicate: its metrics on the reported evaluation, and when it was solved.

    Attributes:
        seed: Its seed.
        solved: Whether it remembers and meets the criterion, at the end of training and on the reported evaluation.
        diverged: Whether its loss stopped being a finite number at a check.
        presentations: Presentations it was trained on.
        presentations_to_success: Presentations at the check at which it was solved; None if it was not.
        met_at: Presentations at the check since which it counted as solved in training, whatever the report says.
        missed: Reported sequences with a judged step that does not meet the criterion; None if not counted.
        metrics: Metrics on the reported evaluation.
        evidence: Evidence of memory.
    """

    seed: int
    solved: bool
    diverged: bool
    presentations: int
    presentations_to_success: int | None
    met_at: int | None
    missed: int | None
    metrics: Metrics
    evidence: Evidence

    @property
    def remembers(self) -> bool:
        """Whether there is evidence that it remembers."""
        return self.evidence.remembers


@dataclasses.dataclass(frozen=True)
class Spread:
    """A measure over the replicates with a finite value.

    Attributes:
        median, low, high: Median, smallest and largest value.
    """

    median: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class RunSummary:
    """A run in one row, the source of every table, view and file with the outcome of a run.

    Attributes:
        replicates: Number of replicates.
        solved: How many are solved; None if there is nothing to remember.
        remember: How many remember, including the solved ones.
        memoryless: How many do not remember, without diverged ones.
        diverged: How many have diverged.
        success_rate: Fraction solved; None if there is nothing to remember.
        interval: Its Wilson 95 % interval.
        presentations_to_success: `median`, `min` and `max` over the solved replicates; None if none is solved.
        verdict: One of `seqmem.judge.verdict.VERDICTS`.
        baseline: The best scores without memory.
        spreads: Each of `METRICS` over the replicates; None if no replicate has a finite value.
        median_presentations: Median presentations to success of all replicates, where unsolved ones count as beyond
            the budget; None if the median is beyond it.
    """

    replicates: int
    solved: int | None
    remember: int
    memoryless: int
    diverged: int
    success_rate: float | None
    interval: tuple[float, float] | None
    presentations_to_success: dict[str, int | float] | None
    verdict: str
    baseline: Baseline
    spreads: dict[str, Spread | None]
    median_presentations: int | float | None

    def outcome(self) -> dict[str, Any]:
        """Returns counts, rate and verdict: `summary` in `result.json`."""
        # these are elsewhere in the document, or follow from the replicates
        rest = ("baseline", "spreads", "median_presentations")
        return {name: value for name, value in vars(self).items() if name not in rest}

    def to_json(self) -> dict[str, Any]:
        """Returns the row for the JSON of a sweep."""
        return {
            "summary": self.outcome(),
            "baseline": self.baseline,
            "spreads": {name: self.spreads[name] for name in SPREADS},
            "presentations_to_success": self.median_presentations,
        }


def summary_from_json(document: object) -> RunSummary:
    """Builds a row from plain values, which may come from a stranger; ValueError if they are none."""
    summary = from_plain(RunSummary, document, "summary")
    if summary.verdict not in VERDICTS or not summary.spreads.keys() >= set(METRICS):
        raise ValueError("summary: must have a verdict and all measures")
    if summary.presentations_to_success and not summary.presentations_to_success.keys() >= {"median", "min", "max"}:
        raise ValueError("summary.presentations_to_success: must have median, min and max")
    return summary


def summarise(replicates: Sequence[ReplicateResult], baseline: Baseline, judged: str | None = None) -> RunSummary:
    """Returns the replicates of a run, at least one, in one row; `judged` is a verdict stored by an older version."""
    count = len(replicates)
    recall = baseline.recall_accuracy is not None
    diverged = sum(replicate.diverged for replicate in replicates)
    remember = sum(replicate.remembers for replicate in replicates)
    solved = [replicate for replicate in replicates if replicate.solved]
    counts = [
        replicate.presentations_to_success for replicate in solved if replicate.presentations_to_success is not None
    ]
    # unsolved replicates count as beyond any budget; without them, failures would improve the median
    unsolved = [math.inf] * (count - len(counts))
    median = statistics.median([*counts, *unsolved])
    return RunSummary(
        replicates=count,
        solved=len(solved) if recall else None,
        remember=remember,
        memoryless=count - remember - diverged if recall else 0,
        diverged=diverged,
        success_rate=len(solved) / count if recall else None,
        interval=wilson_interval(len(solved), count) if recall else None,
        presentations_to_success=(
            {"median": statistics.median(counts), "min": min(counts), "max": max(counts)} if counts else None
        ),
        verdict=judged or verdict(replicates, baseline),
        baseline=baseline,
        spreads={name: spread_of([getattr(replicate.metrics, name) for replicate in replicates]) for name in METRICS},
        median_presentations=finite(median),
    )


def spread_of(values: Sequence[float | None]) -> Spread | None:
    """Returns the spread of a measure; None if no value is finite."""
    finite_values = [value for value in values if value is not None and math.isfinite(value)]
    return Spread(statistics.median(finite_values), min(finite_values), max(finite_values)) if finite_values else None


def shown_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the first, the best and the worst replicate, without duplicates."""
    ranked = ranked_replicates(replicates)
    return list(dict.fromkeys([0, ranked[0], ranked[-1]]))


def ranked_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the replicates, best first: solved, others, diverged, each by recall loss."""

    def badness(index: int) -> tuple[bool, bool, float]:
        replicate = replicates[index]
        loss = replicate.metrics.recall_loss if replicate.metrics.recall_loss is not None else replicate.metrics.loss
        # NaN, which is not equal to itself, would make the order undefined
        return replicate.diverged, not replicate.solved, loss if loss == loss else 0.0

    return sorted(range(len(replicates)), key=badness)


def finite(value: float | None) -> float | None:
    """Returns a number if it is finite, else None."""
    return value if value is not None and math.isfinite(value) else None
