"""Columns with the outcome of a run, the same in every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from seqmem.render.verdict_words import recall_cell, verdict_style, verdict_word
from seqmem.results.columns import Row, ShownColumn
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column
from seqmem.terminal.wording import shown_amount, shown_score


def shown_columns(ranks: Mapping[ShownColumn, int]) -> list[Column]:
    """Returns the columns of a table: words aligned left, numbers right."""
    return [
        Column(column.title, "left" if column.kind == "verdict" else "right", rank=rank)
        for column, rank in ranks.items()
    ]


def shown_cells(columns: Iterable[ShownColumn], row: Row, glyphs: Glyphs) -> list[Cell]:
    """Returns the cells of a row, the verdict in its colour."""
    style = verdict_style(row.get("verdict") or "") or "muted"
    return [
        (KINDS[column.kind](row, column.name, glyphs), style if column.kind == "verdict" else "") for column in columns
    ]


def remarks(rows: Iterable[Row], glyphs: Glyphs) -> list[str]:
    """Returns the meaning of glyphs that occur in single cells."""
    rows, words = list(rows), []
    if any(_recall(row, "recall_accuracy", glyphs).startswith(glyphs.near) for row in rows):
        words.append(f"{glyphs.near} recall that was not counted as evidence of memory")
    if any(row.get("verdict") == "unsolved" for row in rows):
        words.append("unsolved (0.1): judged by version 0.1")
    return words


def _verdict(row: Row, name: str, glyphs: Glyphs) -> str:
    return verdict_word(row.get(name) or row["status"], glyphs)


def _count(row: Row, name: str, glyphs: Glyphs) -> str:
    return "-" if row.get(name) is None else shown_amount(row[name])


def _share(row: Row, name: str, glyphs: Glyphs) -> str:
    return "-" if row.get(name) is None else f"{row[name]}/{row['replicates']}"


def _rate(row: Row, name: str, glyphs: Glyphs) -> str:
    rate, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return "-" if rate is None or low is None else f"{rate:.2f} [{low:.2f}, {high:.2f}]"


def _range(row: Row, name: str, glyphs: Glyphs) -> str:
    if row[name] is None:
        return "-"
    middle, low, high = (shown_amount(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return middle + (f" ({low} to {high})" if low != high else "")


def _recall(row: Row, name: str, glyphs: Glyphs) -> str:
    return recall_cell(row.get(name), row.get("recall_baseline"), row.get("verdict"), glyphs)


KINDS: dict[str, Callable[[Row, str, Glyphs], str]] = {
    "verdict": _verdict,
    "count": _count,
    "share": _share,
    "rate": _rate,
    "range": _range,
    "recall": _recall,
    "score": lambda row, name, glyphs: shown_score(row.get(name)),
    "loss": lambda row, name, glyphs: shown_score(row.get(name), 4),
    "setting": lambda row, name, glyphs: str(row.get(name) or "-"),
    "network": lambda row, name, glyphs: "-" if row.get(name) is None else f"{row[name]} {row['units']}",
}
