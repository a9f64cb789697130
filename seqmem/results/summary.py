"""All replicates of a run in a line."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from seqmem.judge.baseline import Baseline
from seqmem.judge.evidence import Evidence
from seqmem.judge.metrics import Metrics

SPREADS = ("recall_accuracy", "accuracy", "recall_loss", "loss")


@dataclasses.dataclass(frozen=True)
class ReplicateResult:
    """What became of one replicate: its metrics on the reported evaluation, and when it was solved.

    Attributes:
        seed: The seed that alone makes this replicate.
        solved: Whether it remembers and the criterion held, at the end of training and on the reported evaluation.
        diverged: Whether a weight or a loss stopped being a finite number.
        presentations: Presentations it was trained on.
        presentations_to_success: At which check it was solved; None where it was not.
        met_at: The check from which on it counted as solved in training, whatever the report found; None for never.
        missed: Reported sequences with a judged step that does not meet the criterion; None where nobody counted.
        metrics: On the reported evaluation.
        evidence: What they prove of its memory.
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
        """Whether the evidence is that of a memory."""
        return self.evidence.remembers


@dataclasses.dataclass(frozen=True)
class Summary:
    """All replicates in a line.

    Attributes:
        replicates: How many there are.
        solved: How many are solved; None where there is nothing to remember.
        remember: How many remember, the solved among them.
        memoryless: How many do not, and have not diverged.
        diverged: How many ceased to give finite numbers.
        success_rate: Fraction solved; None where there is nothing to remember.
        interval: Its Wilson 95 % interval.
        presentations_to_success: `median`, `min` and `max` over the solved replicates; None where none is solved.
        verdict: One of `seqmem.judge.verdict.VERDICTS`.
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


@dataclasses.dataclass(frozen=True)
class Spread:
    """A measure over the replicates that have a finite one.

    Attributes:
        median, low, high: Middle, smallest and largest.
    """

    median: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class TrialResult:
    """What the replicates of one trial found together.

    Attributes:
        summary: How many were solved, with the interval and the verdict.
        baseline: What a predictor without memory can reach on the trial's task.
        spreads: Recall accuracy, accuracy, recall loss and loss; None where no replicate has a finite one.
        presentations_to_success: Median over all replicates, those not solved counted as beyond the budget; None
            where the median lies there.
    """

    summary: Summary
    baseline: Baseline
    spreads: dict[str, Spread | None]
    presentations_to_success: int | float | None


def shown_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the first, the best and the worst replicate, each once."""
    ranked = ranked_replicates(replicates)
    return list(dict.fromkeys([0, ranked[0], ranked[-1]]))


def ranked_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the replicates, best first: the solved by recall loss, the others, the diverged."""

    def badness(index: int) -> tuple[bool, bool, float]:
        one = replicates[index]
        loss = one.metrics.recall_loss if one.metrics.recall_loss is not None else one.metrics.loss
        return one.diverged, not one.solved, loss if loss == loss else 0.0

    return sorted(range(len(replicates)), key=badness)


def finite(value: float | None) -> float | None:
    """Returns a number as it is if it is finite, else None."""
    return value if value is not None and math.isfinite(value) else None
