"""The verdict on a run: memory or luck, in one word.

It follows from the scores (`metrics.py`), whether they meet the criterion (`criterion.py`), and whether they are
evidence of memory (`evidence.py`), in comparison with the best scores without memory (`baseline.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from seqmem.judge.baseline import Baseline
from seqmem.judge.criterion import Criterion
from seqmem.judge.evidence import Evidence
from seqmem.judge.metrics import Metrics

# `unsolved` occurs only in results stored by version 0.1.
VERDICTS = ("solved", "partly", "remembers", "memoryless", "diverged", "nothing_to_remember", "unsolved")


class Judged(Protocol):
    """The figures of a replicate that a verdict uses."""

    @property
    def solved(self) -> bool:
        """Whether it remembers and meets the criterion."""

    @property
    def diverged(self) -> bool:
        """Whether its loss stopped being a finite number."""

    @property
    def evidence(self) -> Evidence:
        """The evidence that it remembers."""


def passes(criterion: Criterion, metrics: Metrics, evidence: Evidence, baseline: Baseline) -> bool:
    """Tells whether a replicate passes an evaluation: it meets the criterion, and there is evidence that it remembers.

    In a task without recall steps (`recall_accuracy` of the baseline is None) the criterion is enough.
    """
    return criterion.met(metrics) and (evidence.remembers or baseline.recall_accuracy is None)


def is_solved(passed: bool, met_at: int | None, looked: bool) -> bool:
    """Tells whether a replicate is solved: at the end of training, and again on the reported evaluation.

    Args:
        passed: Whether it passes the reported evaluation.
        met_at: Presentations at the check since which it has passed in training; None if it failed the last check.
        looked: Whether the checks in training used this criterion and this task; if not, only `passed` counts.
    """
    return passed and (met_at is not None or not looked)


def verdict(replicates: Sequence[Judged], baseline: Baseline) -> str:
    """Names the outcome of all replicates together, one of `VERDICTS`.

    The first row that applies:

    | all diverged                                | `diverged`            |
    | the task has no recall step                 | `nothing_to_remember` |
    | all solved                                  | `solved`              |
    | some solved                                 | `partly`              |
    | evidence that at least one remembers        | `remembers`           |
    | otherwise                                   | `memoryless`          |

    Among many replicates one may pass by luck, so the threshold of `remembers` is Bonferroni-corrected.
    """
    # Without finite numbers, or without recall steps, there is nothing to judge.
    if all(replicate.diverged for replicate in replicates):
        return "diverged"
    if baseline.recall_accuracy is None:
        return "nothing_to_remember"
    # A solved replicate (`is_solved`) has passed, and so there is evidence that it remembers (`passes`).
    solved = sum(replicate.solved for replicate in replicates)
    if solved:
        return "solved" if solved == len(replicates) else "partly"
    # None is solved, but one may still remember; the threshold of p is divided by the number of replicates.
    if any(replicate.evidence.holds_among(len(replicates)) for replicate in replicates):
        return "remembers"
    return "memoryless"


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Returns the Wilson score interval of a rate, 95 % by default (Wilson 1927, doi 10.2307/2276774)."""
    rate, scale = successes / trials, 1 + z * z / trials
    middle = (rate + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # exactly 0 and 1 at the ends, where rounding would leave 5e-17
    return middle - half if successes else 0.0, middle + half if successes < trials else 1.0
