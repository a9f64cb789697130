"""The verdict as a sentence or two, with its counts."""

from __future__ import annotations

import math
import statistics

from seqmem.judge.evidence import P_VALUE
from seqmem.results.run import RunResult
from seqmem.results.summary import ReplicateResult
from seqmem.terminal.wording import plural, shown_count, shown_score

FAR_ABOVE = 1.1  # times the baseline, above which a loss does not sit at it
BLOW_UP = 3.0  # times the baseline, above which training has blown up


def headline(result: RunResult) -> str:
    """Returns the verdict as a sentence or two."""
    summary = result.summary
    if summary.verdict == "diverged":
        return f"Diverged: a weight or a loss stopped being a number in {_all_of(summary.replicates)}."
    if summary.verdict == "nothing_to_remember":
        return _nothing_to_remember(result)
    judge = " (judged by version 0.1)" if result.judged else ""
    if summary.verdict == "unsolved":
        return f"Unsolved{judge}: {_solved(result)}."
    if summary.verdict == "solved":
        return f"Solved{judge}: {_solved(result)}."
    if summary.verdict == "partly":
        return f"Partly solved{judge}: {_solved(result)}{_others(result, 'remember', 'memoryless', 'diverged')}."
    if summary.verdict == "remembers":
        return f"{_remembers(result)}{_others(result, 'memoryless', 'diverged')}."
    return f"No memory{judge}: {_memoryless(result)}{_others(result, 'diverged')}."


def nothing_settled(result: RunResult) -> bool:
    """Tells whether no step that was judged has a target that what came before could tell."""
    return all(one.metrics.settled_accuracy is None for one in result.replicates)


def blown_up(result: RunResult) -> bool:
    """Tells whether the recall loss is finite, but far above what no memory needs and what training began from."""
    loss, least = median(result, "recall_loss"), result.baseline.recall_loss
    if loss is None or not least or loss <= BLOW_UP * least:
        return False
    # equal outputs everywhere: about where a network starts, which many symbols put far above the baseline
    start = math.log(2) if result.config.head == "sigmoid" else math.log(len(result.config.task.output_symbols))
    checks = [[value for value in record.recall_loss if value is not None] for record in result.history]
    lowest = min((statistics.median(values) for values in checks if values), default=math.inf)
    return loss > min(1.5 * start, BLOW_UP * lowest)


def above_baseline(result: RunResult) -> bool:
    """Tells whether the recall loss is clearly above the baseline, which needs no memory to reach."""
    return (median(result, "recall_loss") or 0.0) > FAR_ABOVE * (result.baseline.recall_loss or 0.0)


def missed(result: RunResult) -> list[ReplicateResult]:
    """Returns the replicates that counted as solved in training, and are not in the report."""
    return [one for one in result.replicates if one.met_at is not None and not one.solved and not one.diverged]


def median(result: RunResult, name: str) -> float | None:
    """Returns the median of a metric over the replicates that have a finite one."""
    values = [getattr(one.metrics, name) for one in result.replicates]
    known = [value for value in values if value is not None and math.isfinite(value)]
    return statistics.median(known) if known else None


def shown_share(value: float) -> str:
    """Returns a fraction in two digits, in three where two would make it a whole."""
    return shown_score(value, 2 if value == 1 or value < 0.995 else 3)


def _solved(result: RunResult) -> str:
    """`14 of 20 replicates (95 % interval 0.48 to 0.85)`."""
    summary = result.summary
    share = f"{shown_count(summary.solved or 0)} of {plural(summary.replicates, 'replicate')}"
    if summary.interval is None:
        return share
    low, high = summary.interval
    return f"{share} (95 % interval {low:.2f} to {high:.2f})"


def _others(result: RunResult, *names: str) -> str:
    """The counts that a headline has not told yet, those that are not zero."""
    summary = result.summary
    words = {"remember": f"{shown_count(summary.remember)} remember" + ("s" if summary.remember == 1 else "")}
    words |= {name: f"{shown_count(getattr(summary, name))} {name}" for name in ("memoryless", "diverged")}
    told = [words[name] for name in names if getattr(summary, name) and getattr(summary, name) < summary.replicates]
    return f"; {', '.join(told)}" if told else ""


def _remembers(result: RunResult) -> str:
    """How well the cue is recalled, or that no more than a trace of it is kept."""
    those = [one for one in result.replicates if one.remembers]
    baseline = result.baseline
    recall = statistics.median(one.metrics.recall_accuracy or 0.0 for one in those)
    without = f"({shown_share(baseline.recall_accuracy or 0.0)} without memory)"
    many = f"{shown_count(len(those))} of {plural(len(result.replicates), 'replicate')}"
    verb = "s" if len(those) == 1 else ""
    if recall > (baseline.recall_accuracy or 0.0):
        told = f"{many} recall{verb} the cue on {shown_share(recall)} of {_judged(result)} {without}"
        lead = "Remembers" if 2 * len(those) > len(result.replicates) else "Few remember"
        return f"{lead}, not yet sure of it: {told}; {_not_solved(result)}"
    shares = [one.evidence.loss_share for one in those if one.evidence.by_loss and one.evidence.loss_share is not None]
    if len(shares) == len(those):
        loss = statistics.median(shares)
        return f"Remembers a trace: {many} put{verb} the recall loss at {loss:.2f} of the baseline's; the recall " + (
            f"accuracy is {shown_share(recall)} {without}"
        )
    told = f"{many} tell{verb} the cues of a string of fillers apart more often than guessing does"
    return f"Remembers a trace: {told}; the recall accuracy is {shown_share(recall)} {without}"


def _judged(result: RunResult) -> str:
    """What recall accuracy is a share of: sequences where each has one recall step."""
    judged = result.evaluation
    steps = max(one.metrics.recall_steps for one in result.replicates) or judged.sequences
    if steps != judged.sequences:
        return plural(steps, "recall step")
    return f"{'all' if judged.exhaustive else shown_count(steps)} {_kind(steps, judged.exhaustive)}"


def _kind(count: int, exhaustive: bool) -> str:
    return plural(count, "sequence") if exhaustive else "fresh sequences"


def _not_solved(result: RunResult) -> str:
    """Why none is solved: what the criterion asks, or that it was met at no check."""
    criterion = result.config.criterion
    if met := sum(criterion.met(one.metrics) for one in result.replicates):
        return f"{shown_count(met)} meet{'s' if met == 1 else ''} {criterion} here, but not when training ended"
    bound = f"{criterion.bound:g}"
    asked = {"error": f"within {bound} of its target", "recall": f"right on {bound} of them", "argmax": "always right"}
    return f"none {asked[criterion.kind]}"


def _memoryless(result: RunResult) -> str:
    loss, least = median(result, "recall_loss") or 0.0, result.baseline.recall_loss or 0.0
    if blown_up(result):
        return f"training blew up, the recall loss of {shown_score(loss)} is {loss / least:.3g} times the baseline"
    if above_baseline(result):
        return "the recall loss is still above the baseline, which needs no memory to reach"
    passing = [one for one in result.replicates if one.remembers]
    if passing and not result.judged:
        return f"the loss sits at the baseline; {_chance(passing, len(result.replicates))}"
    return "the loss sits at the baseline; the network answers without the cue"


def _chance(passing: list[ReplicateResult], count: int) -> str:
    """Why a replicate that passes by itself is no finding among many."""
    best = min(one.evidence.p_value for one in passing)
    text = f"{shown_count(len(passing))} of {shown_count(count)} would pass by itself at p = {best:.1g}"
    return f"{text}, which chance explains: among {shown_count(count)}, p must be below {P_VALUE / count:.1g}"


def _nothing_to_remember(result: RunResult) -> str:
    if nothing_settled(result):
        return (
            "Nothing to remember: no step has a target that what came before could tell, so no predictor can settle it."
        )
    right = sum(one.metrics.settled_accuracy == 1.0 for one in result.replicates)
    return (
        "Nothing to remember: no settled target depends on which sequence it is in. "
        f"{shown_count(right)} of {plural(len(result.replicates), 'replicate')} "
        f"{'has' if right == 1 else 'have'} every settled step right{_others(result, 'diverged')}."
    )


def _all_of(count: int) -> str:
    return "the one replicate" if count == 1 else f"all {shown_count(count)} replicates"
