"""The verdict on a run: memory or luck, in one word.

It rests on three things, each in a file of its own: scores (`metrics.py`), whether they meet the criterion
(`criterion.py`), and what they prove of memory (`evidence.py`), all beside the baseline (`baseline.py`).
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
    """What a verdict needs to know of a replicate."""

    @property
    def solved(self) -> bool:
        """Whether it remembers and meets the criterion."""

    @property
    def diverged(self) -> bool:
        """Whether it ceased to give finite numbers."""

    @property
    def evidence(self) -> Evidence:
        """Evidence that it remembers."""


def passes(criterion: Criterion, metrics: Metrics, evidence: Evidence, baseline: Baseline) -> bool:
    """Tells whether a replicate passes an evaluation.

    Meeting the criterion without memory is not enough, unless the task has nothing to remember.

    Args:
        criterion: What the scores must meet.
        metrics: The scores.
        evidence: What they prove of memory.
        baseline: The best scores without memory; its `recall_accuracy` is None without recall steps.
    """
    return criterion.met(metrics) and (evidence.remembers or baseline.recall_accuracy is None)


def is_solved(passed: bool, met_at: int | None, looked: bool) -> bool:
    """Tells whether a replicate is solved, at the end of training and on the reported evaluation.

    Args:
        passed: Whether it passes the reported evaluation.
        met_at: The check from which on it passed in training; None where it did not pass the last one.
        looked: Whether training looked for this criterion on these sequences.
    """
    return passed and (met_at is not None or not looked)


def verdict(replicates: Sequence[Judged], baseline: Baseline) -> str:
    """Names the outcome of all replicates together, one of `VERDICTS`.

    | all diverged                                | `diverged`            |
    | the task has no recall step                 | `nothing_to_remember` |
    | all solved                                  | `solved`              |
    | some solved                                 | `partly`              |
    | none solved, evidence that one remembers    | `remembers`           |
    | no such evidence                            | `memoryless`          |

    Among many replicates one passes by luck, so the threshold of `remembers` is Bonferroni-corrected.
    """
    # Nothing can be said of what gave no finite number, or of a task that asks for no memory.
    if all(replicate.diverged for replicate in replicates):
        return "diverged"
    if baseline.recall_accuracy is None:
        return "nothing_to_remember"
    # Solved (`is_solved`) already includes evidence of memory (`passes`): being right is not enough.
    solved = sum(replicate.solved for replicate in replicates)
    if solved:
        return "solved" if solved == len(replicates) else "partly"
    # Not solved, and yet better than luck: the threshold of p is divided by the number of replicates.
    if any(replicate.evidence.holds_among(len(replicates)) for replicate in replicates):
        return "remembers"
    return "memoryless"


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Returns the Wilson score interval of a rate, 95 % by default (Wilson 1927, doi 10.2307/2276774)."""
    rate, scale = successes / trials, 1 + z * z / trials
    middle = (rate + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # exact at the ends, where rounding would leave 5e-17
    return middle - half if successes else 0.0, middle + half if successes < trials else 1.0
