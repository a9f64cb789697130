"""Stored runs as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.render.columns import remarks, shown_cells, shown_columns
from seqmem.results.columns import SHOWN, Row
from seqmem.terminal.console import Page, view
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_symbol

SHORTEST_NAME = 24
RANKS = {column: column.listed for column in SHOWN if column.listed is not None}


@view
def draw_list(page: Page, rows: Sequence[Row]) -> list[Text]:
    """Draws stored runs, one per line, from the rows of `seqmem.results.columns.run_row`."""
    if not rows:
        return [Text(" no runs here yet: seqmem train makes one", "muted")]
    columns = [Column("run", "left", least=SHORTEST_NAME, keeps_ends=True), *shown_columns(RANKS)]
    lines = table(columns, [_cells(row, page.glyphs) for row in rows], page)
    unfinished = sum(row["status"] != "complete" for row in rows)
    words = plural(len(rows), "run") + (f", {unfinished} of them without a result" if unfinished else "")
    return [*lines, *(Text(f" {line}", "muted") for line in [words, *remarks(rows, page.glyphs)])]


def _cells(row: Row, glyphs: Glyphs) -> list[Cell]:
    name = shown_symbol(row["run"], 200, glyphs)
    if row["status"] == "corrupt":
        problem = shown_symbol(row.get("problem") or "cannot be read", 500, glyphs)
        problem = problem.removeprefix(f"{row['run']}: ").removeprefix(f"{row['run']}/")
        return [Text.assemble(name, ("  corrupt: ", "wrong"), (problem, "muted"))]
    return [name, *shown_cells(RANKS, row, glyphs)]
