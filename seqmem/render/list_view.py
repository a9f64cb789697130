"""Stored runs as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from seqmem.render.verdict_words import NO_EVIDENCE, is_luck, verdict_style, verdict_word
from seqmem.terminal.console import Page, View, stack
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_amount, shown_score, shown_symbol

SHORTEST_NAME = 24
Show = Callable[[Mapping[str, Any], Glyphs], str]


def draw_list(rows: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Draws stored runs, one a line.

    Args:
        rows: What `seqmem.results.columns.run_row` gives: `run`, `status`, settings and results by name.
    """
    return View(lambda page: stack(list_lines(rows, page)))


def list_lines(rows: Sequence[Mapping[str, Any]], page: Page) -> list[Text]:
    """Returns the lines of `draw_list`: as many columns as fit."""
    if not rows:
        return [Text(" no runs here yet: seqmem train makes one", "muted")]
    # the name of a run is shown in full where it can be
    columns = [Column("run", "left", least=SHORTEST_NAME, keeps_end=True)]
    columns += [
        Column(name, "left" if name == "verdict" else "right", rank=max(0, PRIORITY.index(name) - 1))
        for name in COLUMNS
    ]
    lines = table(columns, [_cells(row, page.glyphs) for row in rows], page)
    unfinished = sum(row["status"] != "complete" for row in rows)
    words = plural(len(rows), "run") + (f", {unfinished} of them without a result" if unfinished else "")
    return [*lines, Text(f" {words}", "muted"), *_remarks(rows, page)]


def _cells(row: Mapping[str, Any], glyphs: Glyphs) -> list[Cell]:
    name = shown_symbol(row["run"], 200, glyphs)
    if row["status"] == "corrupt":
        problem = shown_symbol(row.get("problem") or "cannot be read", 500, glyphs)
        problem = problem.removeprefix(f"{row['run']}: ").removeprefix(f"{row['run']}/")
        return [Text.assemble(name, ("  corrupt: ", "wrong"), (problem, "muted"))]
    style = verdict_style(row.get("verdict") or "") or "muted"
    return [name, *((show(row, glyphs), style if column == "verdict" else "") for column, show in COLUMNS.items())]


def _remarks(rows: Sequence[Mapping[str, Any]], page: Page) -> list[Text]:
    """What the signs of single cells mean."""
    told = {
        f"{page.glyphs.near} {NO_EVIDENCE}": any(_is_luck(row) for row in rows),
        "unsolved (0.1): judged by version 0.1": any(row.get("verdict") == "unsolved" for row in rows),
    }
    return [Text(f" {words}", "muted") for words, wanted in told.items() if wanted]


def _is_luck(row: Mapping[str, Any]) -> bool:
    return is_luck(row.get("recall_accuracy"), row.get("recall_baseline"), row.get("verdict"))


def _verdict(row: Mapping[str, Any], glyphs: Glyphs) -> str:
    return verdict_word(row.get("verdict") or row["status"], glyphs)


def _count(name: str) -> Show:
    def show(row: Mapping[str, Any], glyphs: Glyphs) -> str:
        return "-" if row.get(name) is None else shown_amount(row[name])

    return show


def _solved(row: Mapping[str, Any], glyphs: Glyphs) -> str:
    return "-" if row.get("solved") is None else f"{row['solved']}/{row['replicates']}"


def _recall(row: Mapping[str, Any], glyphs: Glyphs) -> str:
    text = shown_score(row.get("recall_accuracy"))
    return f"{glyphs.near} {text}" if _is_luck(row) else text


def _setting(name: str) -> Show:
    return lambda row, glyphs: str(row.get(name) or "-")


def _network(row: Mapping[str, Any], glyphs: Glyphs) -> str:
    return "-" if row.get("cell") is None else f"{row['cell']} {row['units']}"


COLUMNS: dict[str, Show] = {
    "verdict": _verdict,
    "solved": _solved,
    "remember": _count("remember"),
    "memoryless": _count("memoryless"),
    "diverged": _count("diverged"),
    "recall": _recall,
    "at": _count("presentations_to_success"),
    "gap": _setting("gap"),
    "network": _network,
    "fillers": _setting("fillers"),
    "recall loss": lambda row, glyphs: shown_score(row.get("recall_loss"), 4),
}
# What there is room for is chosen in this order, the first two in any case.
PRIORITY = (
    *("verdict", "solved", "recall", "remember", "at", "gap", "network", "memoryless", "diverged", "fillers"),
    "recall loss",
)
