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
# Those of them that a table of trials has, each beside its baseline.
SPREADS = ("recall_accuracy", "accuracy", "recall_loss", "loss")


@dataclasses.dataclass(frozen=True)
class ReplicateResult:
    """What became of one replicate: its metrics on the reported evaluation, and when it was solved.

    Attributes:
        seed: The seed that alone makes this replicate.
        solved: Whether it remembers and the criterion held, at the end of training and on the reported evaluation.
        diverged: Whether its loss stopped being a finite number at a check.
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
class Spread:
    """A measure over the replicates that have a finite one.

    Attributes:
        median, low, high: Middle, smallest and largest.
    """

    median: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class RunSummary:
    """A run in one row: every table, view and file that says what became of a run takes it from here.

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
        baseline: The best scores possible without memory.
        spreads: Each of `METRICS` over the replicates; None where no replicate has a finite one.
        median_presentations: Median over all replicates, those not solved counted as beyond the budget; None where
            the median lies there.
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
        """Returns counts, rate and verdict alone: `summary` in `result.json`."""
        # they stand elsewhere in the document, or follow from the replicates
        rest = ("baseline", "spreads", "median_presentations")
        return {name: value for name, value in vars(self).items() if name not in rest}

    def to_json(self) -> dict[str, Any]:
        """Returns the row as a sweep's JSON holds it."""
        return {
            "summary": self.outcome(),
            "baseline": self.baseline,
            "spreads": {name: self.spreads[name] for name in SPREADS},
            "presentations_to_success": self.median_presentations,
        }


def summary_from_json(document: object) -> RunSummary:
    """Builds a row from plain values, which may come from a stranger.

    Raises:
        ValueError: If it is none.
    """
    summary = from_plain(RunSummary, document, "summary")
    # what is drawn looks these up by name
    if summary.verdict not in VERDICTS or not summary.spreads.keys() >= set(METRICS):
        raise ValueError("summary: must have a verdict and all measures")
    if summary.presentations_to_success and not summary.presentations_to_success.keys() >= {"median", "min", "max"}:
        raise ValueError("summary.presentations_to_success: must have median, min and max")
    return summary


def summarise(replicates: Sequence[ReplicateResult], baseline: Baseline, judged: str | None = None) -> RunSummary:
    """Returns all replicates of a run in one row.

    Args:
        replicates: At least one.
        baseline: The mean over the replicates.
        judged: The verdict, where an older version has judged; None to judge now.
    """
    count = len(replicates)
    recall = baseline.recall_accuracy is not None
    diverged = sum(replicate.diverged for replicate in replicates)
    remember = sum(replicate.remembers for replicate in replicates)
    # without a recall step there is nothing to be solved, whatever the criterion says
    solved = [replicate for replicate in replicates if replicate.solved]
    counts = [
        replicate.presentations_to_success for replicate in solved if replicate.presentations_to_success is not None
    ]
    # those that fail count as beyond any budget: left out, a median would get better the more of them there are
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
        # version 0.1's own verdict stands: its evidence was not stored
        verdict=judged or verdict(replicates, baseline),
        baseline=baseline,
        spreads={name: spread_of([getattr(replicate.metrics, name) for replicate in replicates]) for name in METRICS},
        # infinite where half of them or more were not solved
        median_presentations=finite(median),
    )


def spread_of(values: Sequence[float | None]) -> Spread | None:
    """Returns the spread of a measure; None where no replicate has a finite value."""
    finite_values = [value for value in values if value is not None and math.isfinite(value)]
    return Spread(statistics.median(finite_values), min(finite_values), max(finite_values)) if finite_values else None


def shown_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the first, the best and the worst replicate, each once."""
    # one replicate may be all three
    ranked = ranked_replicates(replicates)
    return list(dict.fromkeys([0, ranked[0], ranked[-1]]))


def ranked_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the replicates, best first: the solved by recall loss, the others, the diverged."""

    def badness(index: int) -> tuple[bool, bool, float]:
        replicate = replicates[index]
        loss = replicate.metrics.recall_loss if replicate.metrics.recall_loss is not None else replicate.metrics.loss
        # not a number is not equal to itself, and would leave the order to chance
        return replicate.diverged, not replicate.solved, loss if loss == loss else 0.0

    return sorted(range(len(replicates)), key=badness)


def finite(value: float | None) -> float | None:
    """Returns a number as it is if it is finite, else None."""
    return value if value is not None and math.isfinite(value) else None
