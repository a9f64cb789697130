"""Columns that say what became of a run, the same in every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from seqmem.render.verdict_words import is_luck, verdict_style, verdict_word
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
    told = {
        f"{glyphs.near} recall that was not counted as evidence of memory": _is_luck,
        "unsolved (0.1): judged by version 0.1": lambda row: row.get("verdict") == "unsolved",
    }
    rows = list(rows)
    return [words for words, occurs in told.items() if any(map(occurs, rows))]


def score(name: str, digits: int = 3) -> Show:
    """Returns how a score is shown."""
    return lambda row, glyphs: shown_score(row.get(name), digits)


def count(name: str) -> Show:
    """Returns how a count is shown."""
    return lambda row, glyphs: "-" if row.get(name) is None else shown_amount(row[name])


def recall(row: Row, glyphs: Glyphs) -> str:
    """Returns the recall accuracy, marked where it is high and no evidence of memory."""
    text = shown_score(row.get("recall_accuracy"))
    return f"{glyphs.near} {text}" if _is_luck(row) else text


def _is_luck(row: Row) -> bool:
    return is_luck(row.get("recall_accuracy"), row.get("recall_baseline"), row.get("verdict"))


COUNTS: dict[str, Show] = {
    "verdict": lambda row, glyphs: verdict_word(row.get("verdict") or row["status"], glyphs),
    "solved": lambda row, glyphs: "-" if row.get("solved") is None else f"{row['solved']}/{row['replicates']}",
    "remember": count("remember"),
    "memoryless": count("memoryless"),
    "diverged": count("diverged"),
}
