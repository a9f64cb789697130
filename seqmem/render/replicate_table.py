"""Replicates in a few rows: all of a few, the best, the middle and the worst of many."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.ranking import ranked_replicates
from seqmem.render.glyphs import Glyphs
from seqmem.render.page import Page
from seqmem.render.wording import shown_count, shown_score
from seqmem.results import ReplicateResult, RunResult

ALL_UP_TO = 6
WIDTHS = (12, 9, 11, 11, 9, 8)
HEADINGS = ("replicate", "solved at", "recall loss", "recall acc.", "max error", "accuracy")


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
    widths = WIDTHS if page.width >= sum(WIDTHS) + len(WIDTHS) + 4 else WIDTHS[:-1]
    cells = " ".join(name.rjust(width) for name, width in zip(HEADINGS, widths, strict=False))
    lines = [Text(" " + cells, "label", no_wrap=True)]
    return lines + [_row(index, place, result, widths, page.glyphs) for index, place in places.items()]


def _row(index: int, place: str, result: RunResult, widths: Sequence[int], glyphs: Glyphs) -> Text:
    one = result.replicates[index]
    metrics = one.metrics
    at = one.presentations_to_success
    solved = shown_count(at) if one.solved and at is not None else f"> {shown_count(one.presentations)}"
    cells = [
        f"{place} {index}".strip(),
        "diverged" if one.diverged else solved,
        shown_score(metrics.recall_loss, 4),
        shown_score(metrics.recall_accuracy),
        shown_score(metrics.max_error),
        shown_score(metrics.accuracy),
    ]
    padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=False)]
    mark = _mark(one, result)
    return Text.assemble(
        (f" {padded[0]} ", "label"),
        (padded[1], mark),
        " " + " ".join(padded[2:]) + "  ",
        (getattr(glyphs, mark), mark),
        no_wrap=True,
    )


def _mark(one: ReplicateResult, result: RunResult) -> str:
    if one.solved:
        return "right"
    return "wrong" if not one.remembers else "near"
