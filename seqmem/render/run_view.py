"""A run: header, loss curve, predictions, replicates, verdict."""

from __future__ import annotations

import math

from rich.text import Text

from seqmem.render.header import header_lines
from seqmem.render.loss_curve import draw_loss
from seqmem.render.predictions import prediction_lines
from seqmem.render.verdict_view import verdict_lines
from seqmem.render.verdict_words import recall_cell, replicate_verdict, verdict_word
from seqmem.results.findings import loss_unit
from seqmem.results.run import RunResult
from seqmem.results.summary import ReplicateResult, ranked_replicates
from seqmem.terminal.console import Page, view
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import shown_count, shown_score

ALL_UP_TO = 6
# wide columns with a gap of one, so that the recall accuracy fits beside the verdict on 60 columns
COLUMNS = (
    *(Column("replicate", style="label"), Column("solved at", width=10), Column("recall loss", width=12, rank=1)),
    *(Column("recall acc.", width=12, rank=2), Column("max error", width=10, rank=3)),
)


@view
def draw_run(page: Page, result: RunResult, header: bool = True) -> list[Text]:
    """Draws the result of a run, without its header if that has been printed above."""
    lines = [*header_lines(page, result.config), Text()] if header else []
    if result.history:
        lines += [draw_loss(result.history, result.baseline, 0, page, unit=loss_unit(result.config)), Text()]
    lines += prediction_lines(result, page)
    replicates = replicate_lines(result, page)
    return [*lines, *replicates, *([Text()] if replicates else []), *verdict_lines(result, page, result.path)]


def replicate_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns a table of at most eight lines; none for a single replicate."""
    count = len(result.replicates)
    if count < 2:
        return []
    ranked = ranked_replicates(result.replicates)
    # all of a few replicates, else the quartiles by rank
    if count <= ALL_UP_TO:
        places = dict.fromkeys(range(count), "")
    else:
        names = {0: "best", count // 4: "", count // 2: "median", 3 * count // 4: "", count - 1: "worst"}
        places = {ranked[rank]: name for rank, name in names.items()}
    # accuracy counts all steps, which means nothing if only recall steps were trained
    accuracy = [] if result.config.loss_at == "recall" else [Column("accuracy", rank=4)]
    columns = [*COLUMNS, *accuracy, Column(align="left")]
    rows = [replicate_cells(index, place, result, bool(accuracy), page.glyphs) for index, place in places.items()]
    return table(columns, rows, page, gap=1)


def replicate_cells(index: int, place: str, result: RunResult, accuracy: bool, glyphs: Glyphs) -> list[Cell]:
    """Returns the row of a replicate: `COLUMNS`, its accuracy if requested, and its verdict."""
    replicate = result.replicates[index]
    recall = result.baseline.recall_accuracy is not None
    metrics, verdict = replicate.metrics, replicate_verdict(replicate, recall)
    values = [metrics.recall_loss, metrics.recall_accuracy, metrics.max_error, metrics.accuracy]
    # the scores of a diverged network mean nothing
    finite = [None if value is None or not math.isfinite(value) or replicate.diverged else value for value in values]
    return [
        f"{place} {index}".strip(),
        (_solved_at(replicate), verdict),
        shown_score(finite[0], 4),
        recall_cell(finite[1], result.baseline.recall_accuracy, verdict, glyphs),
        shown_score(finite[2]),
        *([shown_score(finite[3])] if accuracy else []),
        (verdict_word(verdict, glyphs) if recall else getattr(glyphs, verdict), verdict),
    ]


def _solved_at(replicate: ReplicateResult) -> str:
    if replicate.diverged:
        return "-"
    if replicate.solved:
        return "-" if replicate.presentations_to_success is None else shown_count(replicate.presentations_to_success)
    return f"> {shown_count(replicate.presentations)}"
