"""The verdict on a run: memory or luck, in one word.

It rests on three things, each in a file of its own: scores (`metrics.py`), whether they meet the criterion
(`criterion.py`), and what they prove of memory (`evidence.py`), all beside the baseline (`baseline.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import Evidence

# `unsolved` is read in results that version 0.1 judged, and never given.
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
        """What speaks for its memory."""


def verdict(replicates: Sequence[Judged], baseline: Baseline) -> str:
    """Names the outcome of all replicates together, one of `VERDICTS`.

    | all diverged                                | `diverged`            |
    | the task has no recall step                 | `nothing_to_remember` |
    | all solved                                  | `solved`              |
    | some solved                                 | `partly`              |
    | none solved, evidence that one remembers    | `remembers`           |
    | no such evidence                            | `memoryless`          |

    Of many replicates one passes by luck, so `remembers` asks for evidence that holds among all of them.
    """
    # Nothing can be said of what gave no finite number, or of a task that asks for no memory.
    if all(replicate.diverged for replicate in replicates):
        return "diverged"
    if baseline.recall_accuracy is None:
        return "nothing_to_remember"
    # Solved already includes evidence of memory: being right is not enough.
    solved = sum(replicate.solved for replicate in replicates)
    if solved:
        return "solved" if solved == len(replicates) else "partly"
    # Not solved, and yet better than luck: its threshold is divided by the number of replicates (Bonferroni).
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
