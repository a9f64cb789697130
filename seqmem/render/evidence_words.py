"""What speaks for memory, and on which sequences, in words."""

from __future__ import annotations

import statistics

from seqmem.judge.evidence import LOSS_SHARE, P_VALUE, Evidence, guessing_chance
from seqmem.results.run import JudgedOn, RunResult
from seqmem.terminal.wording import plural, shown_count, shown_score


def evidence_words(result: RunResult) -> str | None:
    """Returns what is counted as evidence and how much there is of it; None where there is none to count.

    A line such as `evidence: 126 of 126 strings of fillers recalled after at least two cues (guessing: 1 in 4),
    p < 0.001`. Where so few strings were judged that guessing could recall them all, it says that the loss decides.
    """
    task = result.config.task
    found = [one.evidence for one in result.replicates if not one.diverged]
    if not found or result.baseline.recall_accuracy is None or not all(one.groups for one in found):
        return None
    groups = round(statistics.median(one.groups for one in found))
    if guessing_chance(2) ** groups >= P_VALUE:
        return _by_loss(found, groups, task.group_words)
    right = statistics.median_low(one.groups_right for one in found)
    what = f"{shown_count(right)} of {_groups(groups, task.group_words)}"
    guess = "guessing: 1 in 4" if task.cues_per_group == 2 else "guessing: about 1 in 4"
    text = f"evidence: {'a median of ' if len(found) > 1 else ''}{what} recalled after at least two cues ({guess})"
    if len(found) == 1:
        return f"{text}, {shown_p(found[0].p_value)}"
    passing = sum(one.p_value < P_VALUE for one in found)
    return f"{text}, p < {P_VALUE:g} for {shown_count(passing)} of {plural(len(found), 'replicate')}"


def _by_loss(found: list[Evidence], groups: int, words: tuple[str, str]) -> str:
    shares = [one.loss_share for one in found if one.loss_share is not None]
    text = f"evidence: guessing may recall {_groups(groups, words)} by luck, so the recall loss decides"
    if not shares:
        return text
    middle = "a median of " if len(found) > 1 else ""
    share = statistics.median(shares)
    times = shown_score(share, 2) if share < 10 else f"{share:,.0f}"
    return f"{text}: {middle}{times} times the baseline's (memory: below {LOSS_SHARE:g})"


def _groups(count: int, words: tuple[str, str]) -> str:
    noun, kind = words
    return f"{'one ' + noun if count == 1 else plural(count, noun)} {kind}"


def shown_p(value: float) -> str:
    """Returns a probability as `p < 0.001` or `p = 0.25`."""
    return f"p < {P_VALUE:g}" if value < P_VALUE else f"p = {value:.2g}"


def judged_words(judged: JudgedOn, replicates: int) -> str:
    """Returns on how many sequences each replicate was judged, and how many of them training has shown, if counted."""
    many, different, trained = judged.sequences, judged.different, judged.trained_on
    if judged.exhaustive:
        text = f"judged on all {shown_count(many)} that exist" if many > 1 else "judged on the one that exists"
        if different is None or trained is None:
            return text
        if trained == different:
            return f"{text}, {'all of them ' if many > 1 else ''}trained on"
        if trained == 0:
            return f"{text}, none of them trained on"
        totals = f" ({shown_count(many)} for each of {replicates:,} replicates)" if replicates > 1 else ""
        return f"{text}, {shown_count(trained)} of {shown_count(different)}{totals} trained on"
    each = f" for each of {replicates:,} replicates" if replicates > 1 else ""
    if different is None or trained is None:
        return f"judged on {plural(many, 'sequence')}{each}, drawn for it"
    if trained == 0:
        repeated = f" ({shown_count(different)} different)" if different < many * replicates else ""
        return f"judged on {plural(many, 'sequence')}{each}{repeated} that training never saw"
    every = f": {shown_count(many * replicates)} in all" if replicates > 1 else ""
    kept = f"{shown_count(different)} different, {shown_count(trained)} of them trained on"
    return f"judged on {shown_count(many)} drawn{each}{every}, {kept}"
