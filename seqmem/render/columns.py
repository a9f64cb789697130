"""Columns that say what became of a run, the same in every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from seqmem.render.verdict_words import recall_cell, verdict_style, verdict_word
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column
from seqmem.terminal.wording import shown_amount, shown_score

# What became of a run by name: a summary, medians of scores, `recall_baseline`; without a verdict, a `status`.
Row = Mapping[str, Any]
Show = Callable[[Row, Glyphs], str]


def shown_columns(shows: Mapping[str, Show], ranks: Mapping[str, int]) -> list[Column]:
    """Returns the columns of a table: words begin at the left, numbers end at the right."""
    return [Column(name, "left" if name == "verdict" else "right", rank=ranks[name]) for name in shows]


def shown_cells(shows: Mapping[str, Show], row: Row, glyphs: Glyphs) -> list[Cell]:
    """Returns the cells of a row, the verdict in its colour."""
    style = verdict_style(row.get("verdict") or "") or "muted"
    return [(show(row, glyphs), style if name == "verdict" else "") for name, show in shows.items()]


def remarks(rows: Iterable[Row], glyphs: Glyphs) -> list[str]:
    """Returns what the signs of single cells mean, those that occur only."""
    rows, words = list(rows), []
    if any(recall(row, glyphs).startswith(glyphs.near) for row in rows):
        words.append(f"{glyphs.near} recall that was not counted as evidence of memory")
    if any(row.get("verdict") == "unsolved" for row in rows):
        words.append("unsolved (0.1): judged by version 0.1")
    return words


def score(name: str, digits: int = 3) -> Show:
    """Returns how a score is shown."""
    return lambda row, glyphs: shown_score(row.get(name), digits)


def count(name: str) -> Show:
    """Returns how a count is shown."""
    return lambda row, glyphs: "-" if row.get(name) is None else shown_amount(row[name])


def recall(row: Row, glyphs: Glyphs) -> str:
    """Returns the recall accuracy, marked where it is high and no evidence of memory."""
    return recall_cell(row.get("recall_accuracy"), row.get("recall_baseline"), row.get("verdict"), glyphs)


COUNTS: dict[str, Show] = {
    "verdict": lambda row, glyphs: verdict_word(row.get("verdict") or row["status"], glyphs),
    "solved": lambda row, glyphs: "-" if row.get("solved") is None else f"{row['solved']}/{row['replicates']}",
    "remember": count("remember"),
    "memoryless": count("memoryless"),
    "diverged": count("diverged"),
}
