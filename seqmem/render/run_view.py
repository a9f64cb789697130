"""A run drawn from its result: header, loss curve, prediction tables, replicates, verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePath

from rich.console import RenderableType
from rich.text import Text

from seqmem.render.eval_view import draw_eval
from seqmem.render.header import draw_header, header_lines
from seqmem.render.loss_curve import draw_loss
from seqmem.render.predictions import prediction_lines
from seqmem.render.verdict_view import verdict_lines
from seqmem.render.verdict_words import recall_cell, replicate_verdict, verdict_word
from seqmem.results.run import RunResult
from seqmem.results.summary import ReplicateResult, ranked_replicates
from seqmem.terminal.console import Page, View, stack
from seqmem.terminal.style import Glyphs
from seqmem.terminal.wording import shown_count, shown_score

__all__ = ["draw_eval", "draw_header", "draw_run"]
ALL_UP_TO = 6
WIDTHS = (11, 9, 11, 11, 9, 8)
HEADINGS = ("replicate", "solved at", "recall loss", "recall acc.", "max error", "accuracy")
VERDICT_WIDTH = 12  # a sign and the longest word, "memoryless"


def draw_run(result: RunResult, run: PurePath | None = None) -> RenderableType:
    """Draws everything that a run found, at the width and in the signs of the console it is printed on.

    Args:
        result: What it found.
        run: Its directory, where it is known, for the commands that are suggested at the end.
    """
    return View(lambda page: stack(run_lines(result, page, run)))


def run_lines(result: RunResult, page: Page, run: PurePath | None = None) -> list[Text]:
    """Returns the lines of `draw_run`."""
    lines = [*header_lines(result.config, page), Text()]
    if result.history:
        lines += [draw_loss(result.history, result.baseline, 0, page), Text()]
    lines += prediction_lines(result, page)
    replicates = replicate_lines(result, page)
    return [*lines, *replicates, *([Text()] if replicates else []), *verdict_lines(result, page, run)]


def replicate_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns a table of at most eight lines; none for a single replicate."""
    count = len(result.replicates)
    if count < 2:
        return []
    ranked = ranked_replicates(result.replicates)
    if count <= ALL_UP_TO:
        places = dict.fromkeys(range(count), "")
    else:
        names = {0: "best", count // 4: "", count // 2: "median", 3 * count // 4: "", count - 1: "worst"}
        places = {ranked[rank]: name for rank, name in names.items()}
    # accuracy counts all steps, and those that were not trained say nothing
    widths = _fitting(page.width)[: len(WIDTHS) - (result.config.loss_at == "recall")]
    cells = " ".join(name.rjust(width) for name, width in zip(HEADINGS, widths, strict=False))
    lines = [Text(" " + cells, "label", no_wrap=True)]
    return lines + [_row(index, place, result, widths, page.glyphs) for index, place in places.items()]


def _fitting(width: int) -> tuple[int, ...]:
    """The columns that there is room for beside the verdict, the most telling first."""
    kept = len(WIDTHS)
    while kept > 3 and sum(WIDTHS[:kept]) + kept + 2 + VERDICT_WIDTH > width:
        kept -= 1
    return WIDTHS[:kept]


def _row(index: int, place: str, result: RunResult, widths: Sequence[int], glyphs: Glyphs) -> Text:
    one = result.replicates[index]
    recall = result.baseline.recall_accuracy is not None
    metrics, verdict = one.metrics, replicate_verdict(one, recall)
    values = [metrics.recall_loss, metrics.recall_accuracy, metrics.max_error, metrics.accuracy]
    # what has diverged answers nothing, whatever its largest output is
    known = [value if value is not None and math.isfinite(value) and not one.diverged else None for value in values]
    cells = [
        f"{place} {index}".strip(),
        _solved_at(one),
        shown_score(known[0], 4),
        recall_cell(known[1], result.baseline.recall_accuracy, verdict, glyphs),
        shown_score(known[2]),
        shown_score(known[3]),
    ]
    padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=False)]
    return Text.assemble(
        (f" {padded[0]} ", "label"),
        (padded[1], verdict),
        " " + " ".join(padded[2:]) + "  ",
        (verdict_word(verdict, glyphs) if recall else getattr(glyphs, verdict), verdict),
        no_wrap=True,
    )


def _solved_at(one: ReplicateResult) -> str:
    if one.diverged:
        return "-"
    if one.solved:
        return "-" if one.presentations_to_success is None else shown_count(one.presentations_to_success)
    return f"> {shown_count(one.presentations)}"
