"""The evidence of memory, and on which sequences, in words."""

from __future__ import annotations

from seqmem.results.findings import LOSS_SHARE, P_VALUE, group_counts
from seqmem.results.run import JudgedOn, RunResult
from seqmem.terminal.wording import plural, shown_count, shown_score


def evidence_words(result: RunResult) -> str | None:
    """Returns the evidence of memory in words; None if there are no groups.

    A line such as `evidence: 126 of 126 strings of fillers recalled after at least two cues (guessing: 1 in 4),
    p < 0.001`. If guessing could recall all judged strings, because they are few, it says that the loss decides.
    """
    counts, task = group_counts(result), result.config.task
    if counts is None:
        return None
    noun, kind = task.group_words
    groups = f"{'one ' + noun if counts.groups == 1 else plural(counts.groups, noun)} {kind}"
    several = len(counts.p_values) > 1
    middle = "a median of " if several else ""
    if counts.by_luck:
        text = f"evidence: guessing may recall {groups} by luck, so the recall loss decides"
        if counts.loss_share is None:
            return text
        times = shown_score(counts.loss_share, 2) if counts.loss_share < 10 else f"{counts.loss_share:,.0f}"
        return f"{text}: {middle}{times} times the baseline's (memory: below {LOSS_SHARE:g})"
    guess = "guessing: 1 in 4" if task.cues_per_group == 2 else "guessing: about 1 in 4"
    right = f"{middle}{shown_count(counts.groups_right)} of {groups}"
    text = f"evidence: {right} recalled after at least two cues ({guess})"
    if not several:
        return f"{text}, {shown_p(counts.p_values[0])}"
    passing = sum(value < P_VALUE for value in counts.p_values)
    return f"{text}, p < {P_VALUE:g} for {shown_count(passing)} of {plural(len(counts.p_values), 'replicate')}"


def shown_p(value: float) -> str:
    """Returns a probability as `p < 0.001` or `p = 0.25`."""
    return f"p < {P_VALUE:g}" if value < P_VALUE else f"p = {value:.2g}"


def judged_words(judged: JudgedOn, replicates: int) -> str:
    """Returns how many sequences each replicate was judged on, and how many of them it was trained on, if counted."""
    count, different, trained = judged.sequences, judged.different, judged.trained_on
    each = f" for each of {replicates:,} replicates" if replicates > 1 else ""
    if judged.exhaustive:
        text = f"judged on all {shown_count(count)} that exist" if count > 1 else "judged on the one that exists"
        if different is None or trained is None:
            return text
        if trained == different:
            return f"{text}, {'all of them ' if count > 1 else ''}trained on"
        if trained == 0:
            return f"{text}, none of them trained on"
        totals = f" ({shown_count(count)}{each})" if each else ""
        return f"{text}, {shown_count(trained)} of {shown_count(different)}{totals} trained on"
    if different is None or trained is None:
        return f"judged on {plural(count, 'sequence')}{each}, drawn for it"
    if trained == 0:
        repeated = f" ({shown_count(different)} different)" if different < count * replicates else ""
        return f"judged on {plural(count, 'sequence')}{each}{repeated} that training never saw"
    total = f": {shown_count(count * replicates)} in all" if each else ""
    seen = f"{shown_count(different)} different, {shown_count(trained)} of them trained on"
    return f"judged on {shown_count(count)} drawn{each}{total}, {seen}"
