"""The verdict in words, with its figures, notes and advice."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import PurePath

from rich.text import Text

from seqmem.render.evidence_words import evidence_words, judged_words
from seqmem.render.headline import headline
from seqmem.render.next_command import next_commands
from seqmem.render.notes import recipe_note
from seqmem.render.score_table import score_lines
from seqmem.results.findings import all_right, criterion_met, missed, nothing_settled
from seqmem.results.run import RunResult
from seqmem.results.summary import ReplicateResult
from seqmem.terminal.console import Page, fill, wrap
from seqmem.terminal.wording import plural, shown_count

OTHER_SEQUENCES = "Not the sequences that this run was made for: their scores, and no verdict on the network."


def verdict_lines(result: RunResult, page: Page, run: PurePath | None = None) -> list[Text]:
    """Returns the verdict, notes, scores with their baselines, and what to try next.

    `run` is the run directory, if known, for commands that take it.
    """
    verdict = result.summary.verdict
    sign = (getattr(page.glyphs, verdict), verdict)
    lines = wrap(Text.assemble(sign, " ", (headline(result), verdict)), page.width, 1, 3)
    lines += _bulleted(verdict_notes(result), page)
    lines += [Text(), *score_lines(result, page), Text()]
    for command, why in next_commands(result, run):
        lines += [*wrap(Text(why, "muted"), page.width, 1, 3), *command_lines(command, page.width)]
    return lines


def verdict_notes(result: RunResult) -> list[str]:
    """Returns the notes on a verdict: counts, evidence, judged sequences, why the recipe can or cannot succeed."""
    version = "judged by version 0.1, which looked at the loss alone" if result.judged else None
    notes = [*_counts(result), version, *_notes(result, recipe_note(result.config))]
    return [note for note in notes if note]


def model_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns the verdict on networks that no run has trained, without notes on training and advice."""
    verdict = result.summary.verdict
    sign = (getattr(page.glyphs, verdict), verdict)
    lines = wrap(Text.assemble(sign, " ", (headline(result), verdict)), page.width, 1, 3)
    met = None if nothing_settled(result) else _met(result)
    return [*lines, *_bulleted([met, *_notes(result)], page), Text(), *score_lines(result, page)]


def other_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns scores and evidence on sequences of another task, without a verdict or advice."""
    lines = wrap(Text.assemble(page.glyphs.bullet, " ", (OTHER_SEQUENCES, "title")), page.width, 1, 3)
    lines += _bulleted(_notes(result), page)
    return [*lines, Text(), *score_lines(result, page)]


def _bulleted(texts: Sequence[str | None], page: Page) -> list[Text]:
    return [line for text in texts if text for line in wrap(f"{page.glyphs.bullet} {text}", page.width, 1, 3)]


def command_lines(command: str, width: int) -> list[Text]:
    """Wraps a command before options, with backslashes, so that it can be copied to a shell."""
    parts = re.split(r" (?=--)", command)
    if max(map(len, parts)) > width - 7:  # at any blank that is not in quotes
        parts = re.split(r" (?=(?:[^']*'[^']*')*[^']*$)", command)
    lines = [line.plain for line in fill(parts, width - 2, start=3, hanging=5)]
    # the rest of a word that is longer than a line starts in the first column, so that a shell joins the two
    pieces = [[line] if "'" in line else textwrap.wrap(line, width - 2, drop_whitespace=False) for line in lines]
    joined = " \\\n".join("\\\n".join(piece) for piece in pieces)
    return [Text(line, "command", no_wrap=True) for line in joined.split("\n")]


def _counts(result: RunResult) -> list[str]:
    """When the criterion was met, how many missed it, and how many look right without being solved."""
    summary, config = result.summary, result.config
    solved = [replicate for replicate in result.replicates if replicate.solved]
    if result.baseline.recall_accuracy is None:
        return [] if nothing_settled(result) else [_without_recall(result)]
    spread, late = summary.presentations_to_success, missed(result)
    if spread:
        span = f" ({shown_count(spread['min'])} to {shown_count(spread['max'])})" if len(solved) > 1 else ""
        middle = "a median of " if len(solved) > 1 else ""
        lines = [f"{config.criterion} met after {middle}{shown_count(spread['median'])} presentations{span}"]
        if rest := summary.replicates - len(solved) - len(late) - summary.diverged:
            lines[0] += f"; by {shown_count(rest)} not within {shown_count(config.budget)}"
    elif solved:
        lines = [_met(result)]
    else:
        lines = [] if late else [f"none meets {config.criterion} within {plural(config.budget, 'presentation')}"]
    if late:
        lines.append(_missed_words(late, result))
    return [*lines, *_right_by_a_hair(result)]


def _met(result: RunResult) -> str:
    met = sum(replicate.solved for replicate in result.replicates)
    return f"{result.config.criterion} is met by {shown_count(met)} of {shown_count(len(result.replicates))}"


def _without_recall(result: RunResult) -> str:
    """What the criterion comes to where there is nothing to recall."""
    config = result.config
    if result.config.criterion.kind == "recall":
        return f"{config.criterion} asks for recall steps, and there are none"
    met = sum(replicate.solved for replicate in result.replicates)
    asked = "every settled step right" + ("" if config.criterion.kind == "argmax" else f" ({config.criterion})")
    return f"criterion: {asked}, met by {shown_count(met)} of {shown_count(len(result.replicates))}"


def _missed_words(late: list[ReplicateResult], result: RunResult) -> str:
    """`stopped as solved at 640; 1 of 256 missed in the report`."""
    at = _range([replicate.met_at for replicate in late if replicate.met_at is not None])
    count = "" if len(result.replicates) == 1 else f"{shown_count(len(late))} "
    what = f"{count}stopped as solved at {at}" if result.config.stop else f"{count}counted as solved from {at} on"
    counts = [replicate.missed for replicate in late if replicate.missed]
    if not counts:
        return f"{what}; not so in the report"
    return f"{what}; {_range(counts)} of {shown_count(result.evaluation.sequences)} missed in the report"


def _range(counts: list[int]) -> str:
    low, high = min(counts), max(counts)
    return shown_count(low) if low == high else f"{shown_count(low)} to {shown_count(high)}"


def _right_by_a_hair(result: RunResult) -> list[str]:
    """How many answer everything right although they are not solved: their largest output is, by little."""
    criterion, right = result.config.criterion, all_right(result)
    if criterion.kind == "argmax" or len(right) <= (result.summary.solved or 0):
        return []
    steps = "recall step" if result.config.loss_at == "recall" else "settled step"
    text = f"{shown_count(len(right))} of {shown_count(len(result.replicates))} answer every {steps} right"
    if criterion.kind == "error":
        text += f", {shown_count(criterion_met(result))} within {criterion.bound:g} of the target"
    return [text if any(replicate.remembers for replicate in right) else f"{text}: right by a hair is luck"]


def _notes(result: RunResult, recipe: str | None = None) -> list[str | None]:
    """What a reader must know to read the figures."""
    pairs = [(prediction.expected, prediction.settled) for prediction in result.predictions]
    steps = [step for expected, settled in pairs for step in zip(expected, settled, strict=True)]
    opened = any(wanted is not None and not settled for wanted, settled in steps)
    open_steps = "open steps: no predictor can settle them, so no criterion asks for them" if opened else None
    return [evidence_words(result), judged_words(result.evaluation, len(result.replicates)), recipe, open_steps]
