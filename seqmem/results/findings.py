"""The figures that the words of a verdict and its advice rest on."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence

from seqmem.judge.evidence import LOSS_SHARE as LOSS_SHARE
from seqmem.judge.evidence import P_VALUE as P_VALUE
from seqmem.judge.evidence import guessing_chance
from seqmem.results.run import Record, RunResult
from seqmem.results.summary import ReplicateResult, Spread, spread_of

FAR_ABOVE = 1.1  # times the baseline, above which a loss does not sit at it
BLOW_UP = 3.0  # times the baseline, above which training has blown up
SAME = 5e-7  # scores this close are the same number with another rounding
QUARTILES_FROM = 8  # replicates: fewer show their whole range
MOST_RECORDS = 400


@dataclasses.dataclass(frozen=True)
class Score:
    """One score of a run beside its bounds: the baseline, then the recipe limit where there is one.

    Attributes:
        name: A field of `Metrics`.
        spread: Over the replicates that have a finite one; None where none has.
        bounds: The best that is possible.
        trained: What one predictor gets that is as blind as the bound but trained at all steps; empty where that is
            the same number, or where only recall steps were trained.
        beyond: Whether the median is beyond the baseline, and for recall also evidence of memory.
    """

    name: str
    spread: Spread | None
    bounds: tuple[float | None, ...]
    trained: tuple[float | None, ...]
    beyond: bool


def scores(result: RunResult) -> list[Score]:
    """Returns the scores of a run that exist, those at steps that were not trained left out."""
    # at steps that were not trained a score is an accident
    recall_only = result.config.loss_at == "recall"
    names = ("recall_accuracy", "recall_loss", *(() if recall_only else ("accuracy", "loss")))
    limits = [limit for limit in (result.baseline, result.recipe_limit) if limit]
    # then the median is that of a replicate without memory: recall beyond the baseline is luck
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
    """Returns what counts as evidence of memory; None where there is nothing to count."""
    # a diverged replicate has no outputs to count
    judged = [replicate.evidence for replicate in result.replicates if not replicate.diverged]
    if not judged or result.baseline.recall_accuracy is None or not all(evidence.groups for evidence in judged):
        return None
    groups = round(statistics.median(evidence.groups for evidence in judged))
    # low: of an even number of replicates the median of counts would be no count
    right = statistics.median_low(evidence.groups_right for evidence in judged)
    shares = [evidence.loss_share for evidence in judged if evidence.loss_share is not None]
    # of two cues each, as few as there can be: if guessing may get all groups, no count of them is evidence
    by_luck = guessing_chance(2) ** groups >= P_VALUE
    p_values = tuple(evidence.p_value for evidence in judged)
    return GroupCounts(groups, right, p_values, by_luck, statistics.median(shares) if shares else None)


@dataclasses.dataclass(frozen=True)
class Remembering:
    """What those replicates recall that remember.

    Attributes:
        count: How many they are.
        recall_accuracy: Their median.
        loss_share: The median of their recall loss as a share of the baseline's, where that alone is the evidence.
    """

    count: int
    recall_accuracy: float
    loss_share: float | None


def remembering(result: RunResult) -> Remembering:
    """Returns what those replicates recall that remember; there must be at least one."""
    those = [replicate for replicate in result.replicates if replicate.remembers]
    recall = statistics.median(replicate.metrics.recall_accuracy or 0.0 for replicate in those)
    evidence = [replicate.evidence for replicate in those]
    shares = [its.loss_share for its in evidence if its.by_loss and its.loss_share is not None]
    # the share is given only where it is the evidence of them all
    return Remembering(len(those), recall, statistics.median(shares) if len(shares) == len(those) else None)


def nothing_settled(result: RunResult) -> bool:
    """Tells whether no step that was judged has a target that what came before could tell."""
    return all(replicate.metrics.settled_accuracy is None for replicate in result.replicates)


def all_right(result: RunResult) -> list[ReplicateResult]:
    """Returns the replicates whose largest output is right at every judged step."""
    return [
        replicate
        for replicate in result.replicates
        if not replicate.diverged and replicate.metrics.settled_accuracy == 1.0
    ]


def criterion_met(result: RunResult) -> int:
    """Returns how many replicates meet the criterion in the report, whether they remember or not."""
    return sum(
        result.config.criterion.met(replicate.metrics) for replicate in result.replicates if not replicate.diverged
    )


def missed(result: RunResult) -> list[ReplicateResult]:
    """Returns the replicates that counted as solved in training, and are not in the report."""
    return [
        replicate
        for replicate in result.replicates
        if replicate.met_at is not None and not replicate.solved and not replicate.diverged
    ]


def blown_up(result: RunResult) -> bool:
    """Tells whether the recall loss is finite, but far above what no memory needs and what training began from."""
    loss, least = median(result, "recall_loss"), result.baseline.recall_loss
    # a baseline of 0 leaves nothing to compare with
    if loss is None or not least or loss <= BLOW_UP * least:
        return False
    # equal outputs everywhere: about where a network starts, which many symbols put far above the baseline
    start = math.log(2) if result.config.head == "sigmoid" else math.log(len(result.config.task.output_symbols))
    lowest = min(recall_medians(result.history), default=math.inf)
    # above where it started, or far above where it has been
    return loss > min(1.5 * start, BLOW_UP * lowest)


def above_baseline(result: RunResult) -> bool:
    """Tells whether the recall loss is clearly above the baseline, which needs no memory to reach."""
    return (median(result, "recall_loss") or 0.0) > FAR_ABOVE * (result.baseline.recall_loss or 0.0)


def still_falling(history: Sequence[Record]) -> bool:
    """Tells whether the median recall loss fell by a tenth and more over the last third of the checks."""
    losses = recall_medians(history)
    third = len(losses) // 3
    # fewer than six checks have no trend
    if third < 2:
        return False
    # halves of the last third, because single checks go up and down
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
    """Returns at most about 400 records, evenly chosen, the last always."""
    # 400 are more than a chart has columns for
    stride = max(1, math.ceil(len(history) / MOST_RECORDS))
    return [*history[::stride], *([history[-1]] if (len(history) - 1) % stride else [])] if history else []


def loss_spreads(history: Sequence[Record]) -> tuple[bool, list[Spread | None]]:
    """Returns the loss of each check over the replicates, in nats: from 8 replicates on the middle half of them.

    The loss is that of recall steps where any check has it: the one that needs memory, and that the verdict rests on.

    Returns:
        Whether it is that of recall steps, and a spread for each check; None where no replicate has a finite loss.
    """
    recall = any(value is not None for record in history for value in record.recall_loss)
    rows = [record.recall_loss if recall else record.loss for record in history]
    return recall, [_middle_half(row) if len(row) >= QUARTILES_FROM else spread_of(row) for row in rows]


def _middle_half(values: Sequence[float | None]) -> Spread | None:
    finite_values = [value for value in values if value is not None and math.isfinite(value)]
    if len(finite_values) < 2:
        return spread_of(finite_values)
    # inclusive: the values are all there are, not a sample of more
    low, middle, high = statistics.quantiles(finite_values, n=4, method="inclusive")
    return Spread(middle, low, high)
