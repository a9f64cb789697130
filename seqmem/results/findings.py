"""Figures of a run behind the words of its verdict and advice."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence

from seqmem.config.run_config import RunConfig
from seqmem.judge.evidence import LOSS_SHARE as LOSS_SHARE
from seqmem.judge.evidence import P_VALUE as P_VALUE
from seqmem.judge.evidence import guessing_chance
from seqmem.results.run import Record, RunResult
from seqmem.results.summary import ReplicateResult, Spread, spread_of

FAR_ABOVE = 1.1  # times the baseline: a loss above this is not at the baseline
BLOW_UP = 3.0  # times the baseline: above this, training has blown up
SAME = 5e-7  # scores this close are equal up to rounding
QUARTILES_FROM = 8  # replicates: for fewer, the whole range is shown
MOST_RECORDS = 400  # more than a chart has columns


@dataclasses.dataclass(frozen=True)
class Score:
    """One score of a run with its bounds: the baseline, then the recipe limit if there is one.

    Attributes:
        name: A field of `Metrics`.
        spread: Its spread over the replicates with a finite value; None if there are none.
        bounds: The best possible values.
        trained: The values of a single predictor that sees as little and is trained at all steps; empty if they equal
            the bounds, or if only recall steps were trained.
        beyond: Whether the median is better than the baseline; for recall also whether there is evidence of memory.
    """

    name: str
    spread: Spread | None
    bounds: tuple[float | None, ...]
    trained: tuple[float | None, ...]
    beyond: bool


def scores(result: RunResult) -> list[Score]:
    """Returns the scores of a run, without those at steps that were not trained, which mean nothing."""
    recall_only = result.config.loss_at == "recall"
    names = ("recall_accuracy", "recall_loss", *(() if recall_only else ("accuracy", "loss")))
    limits = [limit for limit in (result.baseline, result.recipe_limit) if limit]
    # if few remember, the median replicate does not, and its recall above the baseline is luck
    few_remember = 2 * result.summary.remember <= len(result.replicates)
    rows = []
    for name in names:
        # a task without recall steps has no recall
        if all(getattr(replicate.metrics, name) is None for replicate in result.replicates):
            continue
        bounds = tuple(getattr(limit, name) for limit in limits)
        trained = tuple(getattr(limit, f"trained_{name}", None) for limit in limits)
        differs = any(
            a is not None and b is not None and abs(a - b) >= SAME for a, b in zip(bounds, trained, strict=True)
        )
        value, best = median(result, name), bounds[0]
        better = value is not None and best is not None and (value > best if "accuracy" in name else value < best)
        beyond = better and not (few_remember and name.startswith("recall"))
        shown = trained if differs and not recall_only else ()
        rows.append(Score(name, result.summary.spreads[name], bounds, shown, beyond))
    return rows


@dataclasses.dataclass(frozen=True)
class GroupCounts:
    """How many groups of sequences were recalled after at least two cues, as medians over the replicates.

    Attributes:
        groups, groups_right: Judged, and recalled.
        p_values: Of each replicate that has not diverged.
        by_luck: Whether guessing may recall all of them, so that the recall loss decides.
        loss_share: The recall loss as a share of the baseline's; None where there is none.
    """

    groups: int
    groups_right: int
    p_values: tuple[float, ...]
    by_luck: bool
    loss_share: float | None


def group_counts(result: RunResult) -> GroupCounts | None:
    """Returns the evidence of memory over all replicates; None if there are no groups."""
    judged = [replicate.evidence for replicate in result.replicates if not replicate.diverged]
    if not judged or result.baseline.recall_accuracy is None or not all(evidence.groups for evidence in judged):
        return None
    groups = round(statistics.median(evidence.groups for evidence in judged))
    # low: the median of an even number of counts may be no whole number
    right = statistics.median_low(evidence.groups_right for evidence in judged)
    shares = [evidence.loss_share for evidence in judged if evidence.loss_share is not None]
    # if guessing may recall all groups (of at least two cues), no count of groups is evidence
    by_luck = guessing_chance(2) ** groups >= P_VALUE
    p_values = tuple(evidence.p_value for evidence in judged)
    return GroupCounts(groups, right, p_values, by_luck, statistics.median(shares) if shares else None)


@dataclasses.dataclass(frozen=True)
class Remembering:
    """Recall of the replicates that remember.

    Attributes:
        count: Their number.
        recall_accuracy: Their median recall accuracy.
        loss_share: Median of their recall loss as a share of the baseline's, if it is the evidence of them all.
    """

    count: int
    recall_accuracy: float
    loss_share: float | None


def remembering(result: RunResult) -> Remembering:
    """Returns the recall of the replicates that remember; there must be at least one."""
    those = [replicate for replicate in result.replicates if replicate.remembers]
    recall = statistics.median(replicate.metrics.recall_accuracy or 0.0 for replicate in those)
    evidence = [replicate.evidence for replicate in those]
    shares = [its.loss_share for its in evidence if its.by_loss and its.loss_share is not None]
    return Remembering(len(those), recall, statistics.median(shares) if len(shares) == len(those) else None)


def nothing_settled(result: RunResult) -> bool:
    """Tells whether no judged step has a target that is determined by the symbols before it."""
    return all(replicate.metrics.settled_accuracy is None for replicate in result.replicates)


def all_right(result: RunResult) -> list[ReplicateResult]:
    """Returns the replicates whose largest output is right at every judged step."""
    return [
        replicate
        for replicate in result.replicates
        if not replicate.diverged and replicate.metrics.settled_accuracy == 1.0
    ]


def criterion_met(result: RunResult) -> int:
    """Returns how many replicates meet the criterion, whether they remember or not."""
    return sum(
        result.config.criterion.met(replicate.metrics) for replicate in result.replicates if not replicate.diverged
    )


def missed(result: RunResult) -> list[ReplicateResult]:
    """Returns the replicates that counted as solved in training, but are not solved in the report."""
    return [
        replicate
        for replicate in result.replicates
        if replicate.met_at is not None and not replicate.solved and not replicate.diverged
    ]


def blown_up(result: RunResult) -> bool:
    """Tells whether the recall loss is finite, but far above the baseline and the start of training."""
    loss, least = median(result, "recall_loss"), result.baseline.recall_loss
    if loss is None or not least or loss <= BLOW_UP * least:
        return False
    # the loss of equal outputs, about that of a new network; with many symbols it is far above the baseline
    start = math.log(2) if result.config.head == "sigmoid" else math.log(len(result.config.task.output_symbols))
    lowest = min(recall_medians(result.history), default=math.inf)
    return loss > min(1.5 * start, BLOW_UP * lowest)


def above_baseline(result: RunResult) -> bool:
    """Tells whether the recall loss is clearly above the baseline."""
    return (median(result, "recall_loss") or 0.0) > FAR_ABOVE * (result.baseline.recall_loss or 0.0)


def still_falling(history: Sequence[Record]) -> bool:
    """Tells whether the median recall loss fell by a tenth or more over the last third of the checks."""
    losses = recall_medians(history)
    third = len(losses) // 3
    if third < 2:  # too few checks for a trend
        return False
    # compare the means of two halves, because single checks fluctuate
    before, after = losses[-third : -third + third // 2], losses[-third + third // 2 :]
    return statistics.fmean(after) < 0.9 * statistics.fmean(before)


def median(result: RunResult, name: str) -> float | None:
    """Returns the median of a metric over the replicates that have a finite one."""
    spread = result.summary.spreads[name]
    return spread.median if spread else None


def recall_medians(history: Sequence[Record]) -> list[float]:
    """Returns the median recall loss of each check that has one, in nats."""
    checks = (spread_of(record.recall_loss) for record in history)
    return [check.median for check in checks if check]


def thinned(history: Sequence[Record]) -> Sequence[Record]:
    """Returns at most about `MOST_RECORDS` records, evenly chosen, including the last."""
    stride = max(1, math.ceil(len(history) / MOST_RECORDS))
    return [*history[::stride], *([history[-1]] if (len(history) - 1) % stride else [])] if history else []


def loss_unit(config: RunConfig) -> str:
    """Returns what losses of such a run are measured in."""
    return "nats" if config.loss_function == "cross-entropy" else "squared error"


def loss_spreads(history: Sequence[Record]) -> tuple[bool, list[Spread | None]]:
    """Returns the spread of the loss at each check, with 8 or more replicates that of their middle half.

    The loss is the recall loss, which the verdict depends on, if there is any.

    Returns:
        Whether it is the recall loss, and a spread for each check; None where no replicate has a finite loss.
    """
    recall = any(value is not None for record in history for value in record.recall_loss)
    rows = [record.recall_loss if recall else record.loss for record in history]
    return recall, [_middle_half(row) if len(row) >= QUARTILES_FROM else spread_of(row) for row in rows]


def _middle_half(values: Sequence[float | None]) -> Spread | None:
    finite_values = [value for value in values if value is not None and math.isfinite(value)]
    if len(finite_values) < 2:
        return spread_of(finite_values)
    # inclusive: the values are the whole population, not a sample
    low, middle, high = statistics.quantiles(finite_values, n=4, method="inclusive")
    return Spread(middle, low, high)
