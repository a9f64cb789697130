"""Replicates in a few rows: all of a few, the best, the middle and the worst of many."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from seqmem.ranking import ranked_replicates
from seqmem.render.glyphs import Glyphs
from seqmem.render.page import Page
from seqmem.render.verdict_words import recall_cell, replicate_verdict, verdict_word
from seqmem.render.wording import shown_count, shown_score
from seqmem.results import ReplicateResult, RunResult

ALL_UP_TO = 6
WIDTHS = (11, 9, 11, 11, 9, 8)
HEADINGS = ("replicate", "solved at", "recall loss", "recall acc.", "max error", "accuracy")
VERDICT_WIDTH = 12  # a sign and the longest word, "memoryless"


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
