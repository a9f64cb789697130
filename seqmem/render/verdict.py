"""The verdict in words, with the figures that carry it."""

from __future__ import annotations

import re
import statistics
from pathlib import PurePath

from rich.text import Text

from seqmem.judge.evidence import LOSS_SHARE
from seqmem.recipes import recipe_note
from seqmem.render.next_command import next_commands, nothing_settled
from seqmem.render.page import Page
from seqmem.render.wording import plural, shown_count, shown_score
from seqmem.results import RunResult

SIGNS = {"solved": "right", "partly": "near", "memoryless": "wrong", "unsolved": "near", "diverged": "wrong"}
LABEL_WIDTH = 25
CONTROL_WIDTH = 14
CONTROL_FROM = 70  # columns of the terminal
FAR_ABOVE = 1.1  # times the baseline


def verdict_lines(result: RunResult, page: Page, run: PurePath | None = None) -> list[Text]:
    """Returns the verdict, the figures beside what is possible without memory, notes, and what to try next.

    Args:
        result: What is judged.
        page: Where it is drawn.
        run: The run directory, where it is known, for commands that take it.
    """
    verdict = result.summary.verdict
    sign = (getattr(page.glyphs, SIGNS[verdict]), verdict)
    lines = _wrapped(Text.assemble(sign, " ", (headline(result), verdict)), page.width, 3)
    for text in (*_counts(result), *_notes(result)):
        lines += _wrapped(Text(f"{page.glyphs.bullet} {text}"), page.width, 3)
    lines += [Text(), *_score_lines(result, page.width), Text()]
    for command, why in next_commands(result, run):
        lines += [Text(f"   {why}", "muted", no_wrap=True), *_command_lines(command, page.width)]
    return lines


def _command_lines(command: str, width: int) -> list[Text]:
    """Breaks a command before an option where the line is full, so that a shell takes all of it when it is copied."""
    lines: list[str] = []
    for part in re.split(r" (?=--)", command):
        if lines and len(f"   {lines[-1]} {part} \\") <= width:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}" if lines else part)
    ends = [" \\"] * (len(lines) - 1) + [""]
    return [Text(f"   {line}{end}", "command", no_wrap=True) for line, end in zip(lines, ends, strict=True)]


def headline(result: RunResult) -> str:
    """Returns the verdict as a sentence or two."""
    summary, baseline = result.summary, result.baseline
    low, high = summary.interval
    share = f"{shown_count(summary.solved)} of {plural(summary.replicates, 'replicate')}"
    share += f" (95 % interval {low:.2f} to {high:.2f})"
    if summary.verdict == "solved":
        return f"Solved: {share}."
    if summary.verdict == "partly":
        return f"Partly solved: {share}."
    if summary.verdict == "diverged":
        return f"Diverged: a weight or a loss stopped being a number in {_all_of(summary.replicates)}."
    if summary.verdict == "memoryless":
        if (_median(result, "recall_loss") or 0.0) > FAR_ABOVE * (baseline.recall_loss or 0.0):
            return "No memory: the recall loss is still above the baseline, which needs no memory to reach."
        return "No memory: the loss sits at the baseline; the network answers without the cue."
    if nothing_settled(result):
        return "Nothing to solve: no step has a target that what came before could tell."
    return f"Not solved: {share}."


def _all_of(count: int) -> str:
    return "the one replicate" if count == 1 else f"all {shown_count(count)} replicates"


def _counts(result: RunResult) -> list[str]:
    """By what and when it was solved, and how many look right without being it."""
    summary, config = result.summary, result.config
    spread, failures = summary.presentations_to_success, summary.replicates - summary.solved
    budget = plural(config.budget, "presentation")
    lines = [f"none meets {config.criterion} within {budget}"]
    if any(one.presentations_to_success is not None for one in result.replicates):
        lines = [f"{config.criterion} was met in training, and is not on the sequences judged here"]
    if summary.solved:
        lines = [f"{config.criterion} is met by {shown_count(summary.solved)} of {shown_count(summary.replicates)}"]
    if spread:
        span = f" ({shown_count(spread['min'])} to {shown_count(spread['max'])})" if summary.solved > 1 else ""
        many = "a median of " if summary.solved > 1 else ""
        lines = [f"{config.criterion} met after {many}{shown_count(spread['median'])} presentations{span}"]
        if failures:
            lines[0] += f"; by {shown_count(failures)} not within {shown_count(config.budget)}"
    alive = [one.metrics for one in result.replicates if not one.diverged]
    right = sum(one.settled_accuracy == 1.0 for one in alive)
    word, _, bound = config.criterion.partition(":")
    if right > summary.solved or (failures and right):
        text = f"{shown_count(right)} of {shown_count(summary.replicates)} answer every settled step right"
        if word == "error":
            within = sum(one.max_error is not None and one.max_error <= float(bound) for one in alive)
            text += f", {shown_count(within)} within {bound} of the target: right by a hair is luck"
        lines.append(text)
    if diverged := sum(one.diverged for one in result.replicates):
        lines += [f"{plural(diverged, 'replicate')} diverged"] if diverged < summary.replicates else []
    return lines


def _notes(result: RunResult) -> list[str]:
    """What one must know to read the figures."""
    judged = result.evaluation.sequences
    lines = []
    if judged is not None:
        many = plural(judged, "sequence")
        if not result.evaluation.exhaustive:
            lines.append(f"judged on {many} that training never saw")
        else:
            lines.append(f"judged on {many}, all that the task has: nothing is held out")
    if note := recipe_note(result.config):
        lines.append(note)
    if any(not all(one.settled) for one in result.predictions):
        lines.append("open steps: no predictor can settle them, so no criterion asks for them")
    if result.baseline.recall_accuracy is None and not nothing_settled(result):
        lines.append("the task has no recall step: the last symbol alone tells every settled target")
    return lines


def _score_lines(result: RunResult, width: int) -> list[Text]:
    """Scores of the replicates beside the best without memory, and the best that their recipe allows."""
    many = len(result.replicates) > 1
    # what no network of this recipe can pass, where that is less than everything
    control = result.recipe_limit if width >= CONTROL_FROM else None
    spread = many and width >= 75 + (CONTROL_WIDTH if control else 0)
    rows = [
        ("recall accuracy", "recall_accuracy"),
        ("recall loss, nats", "recall_loss"),
        ("accuracy at all steps", "accuracy"),
        ("loss at all steps, nats", "loss"),
    ]
    head = "   " + " " * LABEL_WIDTH + ("median" if many else "network").rjust(9)
    head += (" " * 4 + "range".ljust(18) if spread else "    ") + "without memory"
    head += "this recipe".rjust(CONTROL_WIDTH) if control else ""
    lines = [Text(head, "label", no_wrap=True)]
    for label, name in rows:
        least = getattr(result.baseline, name)
        values = [value for one in result.replicates if (value := getattr(one.metrics, name)) is not None]
        if not values:
            continue
        span = f"{shown_score(min(values))} to {shown_score(max(values))}".ljust(18) if spread else ""
        line = Text(f"   {label.ljust(LABEL_WIDTH)}", no_wrap=True)
        line.append(shown_score(_median(result, name)).rjust(9), _beats(result, name, least))
        line.append(f"    {span}", "muted").append(shown_score(least).rjust(14), "baseline")
        if control:
            line.append(shown_score(getattr(control, name)).rjust(CONTROL_WIDTH), "baseline")
        lines.append(line)
    return lines


def _beats(result: RunResult, name: str, baseline: float | None) -> str:
    """The style of a median: green where no network without memory gets there."""
    value = _median(result, name)
    if value is None or baseline is None:
        return ""
    if "accuracy" in name:
        return "right" if value > baseline else ""
    return "right" if value < baseline * (LOSS_SHARE if name == "recall_loss" else 1) else ""


def _median(result: RunResult, name: str) -> float | None:
    values = [getattr(one.metrics, name) for one in result.replicates]
    known = [value for value in values if value is not None and value == value]
    return statistics.median(known) if known else None


def _wrapped(text: Text, width: int, indent: int) -> list[Text]:
    """Breaks a line between words; the first line begins one cell in, later ones `indent` cells."""
    lines: list[Text] = []
    for word in text.split(" "):
        if lines and lines[-1].cell_len + 1 + word.cell_len <= width:
            lines[-1].append(" ").append_text(word)
        else:
            lines.append(Text(" " * (indent if lines else 1), no_wrap=True).append_text(word))
    return lines
