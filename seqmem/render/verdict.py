"""The verdict in words, with the figures that carry it."""

from __future__ import annotations

import statistics

from rich.cells import cell_len
from rich.text import Text

from seqmem.criteria import shows_memory
from seqmem.render.next_command import next_command
from seqmem.render.page import Page
from seqmem.render.wording import plural, shown_count, shown_score
from seqmem.results import RunResult

SIGNS = {"solved": "right", "partly": "near", "memoryless": "wrong", "unsolved": "near", "diverged": "wrong"}
LABEL_WIDTH = 25


def verdict_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns the verdict, the figures beside what is possible without memory, notes, and the next command."""
    verdict = result.summary.verdict
    style = (getattr(page.glyphs, SIGNS[verdict]), verdict)
    lines = _wrapped(Text.assemble(" ", style, " ", (headline(result), verdict)), page.width, 3)
    for text in (*_counts(result), *_notes(result)):
        lines += _wrapped(Text(f"   {text}"), page.width, 3)
    lines += [Text(), *_score_lines(result, page), Text()]
    command, why = next_command(result)
    return lines + _command_lines(command, why, page)


def headline(result: RunResult) -> str:
    """Returns the verdict as a sentence or two."""
    summary, ceiling = result.summary, result.ceiling
    share = f"{shown_count(summary.solved)} of {plural(summary.replicates, 'replicate')}"
    if summary.verdict == "solved":
        return f"Solved: {share}."
    if summary.verdict == "partly":
        return f"Partly solved: {share}."
    if summary.verdict == "diverged":
        return f"Diverged: a weight or a loss stopped being a number in {_all_of(summary.replicates)}."
    if summary.verdict == "memoryless":
        return "No memory: the loss sits at the memoryless floor; the network answers without the cue."
    if ceiling.recall_loss and shows_memory(_median(result, "recall_loss"), ceiling):
        return (
            f"Not solved: {share}. The recall loss is below the memoryless floor: it remembers something, not enough."
        )
    return f"Not solved: {share} within {plural(result.config.budget, 'presentation')}."


def _all_of(count: int) -> str:
    return "the one replicate" if count == 1 else f"all {shown_count(count)} replicates"


def _counts(result: RunResult) -> list[str]:
    """How many are solved, by when, and how many look right without being it."""
    summary, config = result.summary, result.config
    low, high = summary.interval
    lines = [
        f"{shown_count(summary.solved)} of {shown_count(summary.replicates)} solved by {config.criterion}"
        f" (95 % interval {low:.2f} to {high:.2f})"
    ]
    spread, failures = summary.presentations_to_success, summary.replicates - summary.solved
    if spread:
        span = f"{shown_count(spread['min'])} to {shown_count(spread['max'])}"
        median = shown_count(spread["median"])
        text = f"solved at presentation {median}" if summary.solved == 1 else f"solved at a median of {median} ({span})"
        unit = "" if summary.solved == 1 else " presentations"
        late = f"; {shown_count(failures)} not within {shown_count(config.budget)}" if failures else ""
        lines.append(text + unit + late)
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
    judged = result.evaluation.get("sequences")
    lines = []
    if judged is not None:
        many = plural(judged, "sequence")
        if result.evaluation.get("held_out"):
            lines.append(f"judged on {many} that training never saw")
        else:
            lines.append(f"judged on {many}, all that the task has: nothing is held out")
    if any(not all(one.settled) for one in result.predictions):
        lines.append("open steps: no predictor can settle them, so no criterion asks for them")
    if result.ceiling.recall_accuracy is None:
        lines.append("the task has no recall step: the last symbol alone tells every settled target")
    return lines


def _score_lines(result: RunResult, page: Page) -> list[Text]:
    """Scores of the replicates beside the best without memory."""
    many = len(result.replicates) > 1
    rows = [
        ("recall accuracy", "recall_accuracy", result.ceiling.recall_accuracy),
        ("recall loss, nats", "recall_loss", result.ceiling.recall_loss),
        ("accuracy at all steps", "accuracy", result.ceiling.accuracy),
        ("loss at all steps, nats", "loss", result.ceiling.loss),
    ]
    head = "   " + " " * LABEL_WIDTH + ("median" if many else "network").rjust(9)
    head += (" " * 4 + "range".ljust(18) if many else "    ") + "without memory"
    lines = [Text(head, "label", no_wrap=True)]
    for label, name, floor in rows:
        values = [value for one in result.replicates if (value := getattr(one.metrics, name)) is not None]
        if not values:
            continue
        span = f"{shown_score(min(values))} to {shown_score(max(values))}".ljust(18) if many else ""
        line = Text(f"   {label.ljust(LABEL_WIDTH)}", no_wrap=True)
        line.append(shown_score(_median(result, name)).rjust(9), _beats(result, name, floor))
        line.append(f"    {span}", "muted").append(shown_score(floor).rjust(14), "floor")
        lines.append(line)
    return lines


def _beats(result: RunResult, name: str, floor: float | None) -> str:
    value = _median(result, name)
    if value is None or floor is None:
        return ""
    better = (
        value > floor
        if "accuracy" in name
        else shows_memory(value, result.ceiling)
        if name == "recall_loss"
        else value < floor
    )
    return "right" if better else ""


def _median(result: RunResult, name: str) -> float | None:
    values = [getattr(one.metrics, name) for one in result.replicates]
    known = [value for value in values if value is not None and value == value]
    return statistics.median(known) if known else None


def _command_lines(command: str, why: str, page: Page) -> list[Text]:
    """The command stays on one line of its own, so that it can be copied; why stands before it."""
    return [
        Text.assemble("   ", (f"next: {why}", "muted"), no_wrap=True),
        Text.assemble("   ", (command, "command")),
    ]


def _wrapped(text: Text, width: int, indent: int) -> list[Text]:
    """Breaks a line between words, later lines indented."""
    lines: list[Text] = [Text(no_wrap=True)]
    for word in text.split(" ", include_separator=False, allow_blank=True):
        if lines[-1].cell_len + 1 + cell_len(word.plain) > width and word.plain:
            lines.append(Text(" " * (indent - 1), no_wrap=True))
        if len(lines) > 1 or lines[-1].cell_len or word.plain:
            lines[-1].append(" ")
        lines[-1].append_text(word)
    return lines
