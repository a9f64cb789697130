"""Replicates in a few rows: all of a few, the best, the middle and the worst of many."""

from __future__ import annotations

from rich.text import Text

from seqmem.criteria import shows_memory
from seqmem.ranking import ranked_replicates
from seqmem.render.page import Page
from seqmem.render.wording import shown_count, shown_score
from seqmem.results import ReplicateResult, RunResult

ALL_UP_TO = 6
WIDTHS = (14, 10, 11, 11, 9, 9)
HEADINGS = ("replicate", "solved at", "recall loss", "recall acc.", "accuracy", "max error")


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
    cells = " ".join(name.rjust(width) for name, width in zip(HEADINGS, WIDTHS, strict=True))
    lines = [Text(" " + cells, "label", no_wrap=True)]
    return lines + [_row(index, place, result, page) for index, place in places.items()]


def _row(index: int, place: str, result: RunResult, page: Page) -> Text:
    one = result.replicates[index]
    metrics = one.metrics
    at = one.presentations_to_success
    solved = shown_count(at) if one.solved and at is not None else f"> {shown_count(one.presentations)}"
    cells = [
        f"{place} {index}".strip(),
        "diverged" if one.diverged else solved,
        shown_score(metrics.recall_loss, 4),
        shown_score(metrics.recall_accuracy),
        shown_score(metrics.accuracy),
        shown_score(metrics.max_error),
    ]
    padded = [cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)]
    mark = _mark(one, result)
    return Text.assemble(
        (f" {padded[0]} ", "label"),
        (padded[1], mark),
        " " + " ".join(padded[2:]) + "  ",
        (getattr(page.glyphs, mark), mark),
        no_wrap=True,
    )


def _mark(one: ReplicateResult, result: RunResult) -> str:
    if one.solved:
        return "right"
    return "wrong" if one.diverged or not shows_memory(one.metrics.recall_loss, result.ceiling) else "near"
