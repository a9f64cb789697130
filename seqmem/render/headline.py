"""The verdict as a sentence or two, with its counts."""

from __future__ import annotations

from seqmem.results.findings import (
    P_VALUE,
    above_baseline,
    all_right,
    blown_up,
    criterion_met,
    median,
    nothing_settled,
    remembering,
)
from seqmem.results.run import RunResult
from seqmem.terminal.wording import plural, shown_count, shown_score


def headline(result: RunResult) -> str:
    """Returns the verdict as a sentence or two."""
    summary = result.summary
    judge = " (judged by version 0.1)" if result.judged else ""
    match summary.verdict:
        case "diverged":
            count = summary.replicates
            everyone = "the one replicate" if count == 1 else f"all {shown_count(count)} replicates"
            return f"Diverged: the loss stopped being a number in {everyone}."
        case "nothing_to_remember":
            return _nothing_to_remember(result)
        case "solved" | "unsolved":
            return f"{summary.verdict.capitalize()}{judge}: {_solved(result)}."
        case "partly":
            return f"Partly solved{judge}: {_solved(result)}{_others(result, 'remember', 'memoryless', 'diverged')}."
        case "remembers":
            return f"{_remembers(result)}{_others(result, 'memoryless', 'diverged')}."
    return f"No memory{judge}: {_memoryless(result)}{_others(result, 'diverged')}."


def _solved(result: RunResult) -> str:
    """`14 of 20 replicates (95 % interval 0.48 to 0.85)`."""
    summary = result.summary
    share = f"{shown_count(summary.solved or 0)} of {plural(summary.replicates, 'replicate')}"
    if summary.interval is None:
        return share
    low, high = summary.interval
    return f"{share} (95 % interval {low:.2f} to {high:.2f})"


def _others(result: RunResult, *names: str) -> str:
    """The counts that a headline leaves out, those that are neither zero nor all."""
    summary = result.summary
    words = {"remember": "remembers" if summary.remember == 1 else "remember"}
    counts = {name: getattr(summary, name) for name in names}
    shown = [f"{shown_count(n)} {words.get(name, name)}" for name, n in counts.items() if 0 < n < summary.replicates]
    return f"; {', '.join(shown)}" if shown else ""


def _remembers(result: RunResult) -> str:
    """How well the cue is recalled, or that no more than a trace of it is kept."""
    trace, best = remembering(result), result.baseline.recall_accuracy or 0.0
    recall, without = _shown_share(trace.recall_accuracy), f"(baseline {_shown_share(best)})"
    replicates = f"{shown_count(trace.count)} of {plural(len(result.replicates), 'replicate')}"
    s = "s" if trace.count == 1 else ""
    if trace.recall_accuracy > best:
        lead = "Remembers" if 2 * trace.count > len(result.replicates) else "Few remember"
        recalled = f"{replicates} recall{s} the cue on {recall} of {_judged(result)} {without}"
        return f"{lead}, not yet sure of it: {recalled}; {_not_solved(result)}"
    kept = f"tell{s} the cues of a string of fillers apart more often than guessing does"
    if trace.loss_share is not None:
        kept = f"put{s} the recall loss at {trace.loss_share:.2f} of the baseline's"
    return f"Remembers a trace: {replicates} {kept}; the recall accuracy is {recall} {without}"


def _shown_share(value: float) -> str:
    """A fraction in two digits, in three where two would make it a whole."""
    return shown_score(value, 2 if value == 1 or value < 0.995 else 3)


def _judged(result: RunResult) -> str:
    """What recall accuracy is a share of: sequences where each has one recall step."""
    judged = result.evaluation
    steps = max(replicate.metrics.recall_steps for replicate in result.replicates) or judged.sequences
    if steps != judged.sequences:
        return plural(steps, "recall step")
    return f"all {plural(steps, 'sequence')}" if judged.exhaustive else f"{shown_count(steps)} fresh sequences"


def _not_solved(result: RunResult) -> str:
    """Why none is solved: what the criterion asks, or that it was met at no check."""
    criterion = result.config.criterion
    if met := criterion_met(result):
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
    p_values = [replicate.evidence.p_value for replicate in result.replicates if replicate.remembers]
    if not p_values or result.judged:
        return "the loss sits at the baseline; the network answers without the cue"
    # why a replicate that passes by itself is no finding among many
    count = len(result.replicates)
    passing = f"{shown_count(len(p_values))} of {shown_count(count)} would pass by itself at p = {min(p_values):.1g}"
    chance = f"which chance explains: among {shown_count(count)}, p must be below {P_VALUE / count:.1g}"
    return f"the loss sits at the baseline; {passing}, {chance}"


def _nothing_to_remember(result: RunResult) -> str:
    lead = "Nothing to remember: no "
    if nothing_settled(result):
        return f"{lead}step has a target that what came before could tell, so no predictor can settle it."
    right = len(all_right(result))
    have = f"{shown_count(right)} of {plural(len(result.replicates), 'replicate')} {'has' if right == 1 else 'have'}"
    others = _others(result, "diverged")
    return f"{lead}settled target depends on which sequence it is in. {have} every settled step right{others}."
