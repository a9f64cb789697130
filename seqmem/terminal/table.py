"""Tables of text, without the columns that do not fit.

Built on rich's `Text`, which measures, aligns and cuts by the cells of a terminal. rich.table cannot leave columns out
or let cells span others, pads each line with blanks, and took 14 times as long when it was tried (2,000 rows: 1.9 s).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from rich.text import Text

from seqmem.terminal.console import Page, wrap

Cell = str | tuple[str, str] | Text  # plain, with a style, with several


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name, align, width: Its heading, the alignment of heading and cells, and its least width.
        rank: Columns of rank 0 are always shown; others by rank, lowest first, those of one rank together, if they fit.
        least: If the columns of rank 0 do not fit, its cells are cut down to this width; None for never.
        style: Default style of its cells.
        keeps_ends: Whether cells that are too long lose their middle, as is best for paths.
    """

    name: str = ""
    align: Literal["left", "right"] = "right"
    width: int = 0
    rank: int = 0
    least: int | None = None
    style: str = ""
    keeps_ends: bool = False


def fit_columns(widths: Sequence[int], ranks: Sequence[int], room: int, gap: int = 2) -> list[int]:
    """Returns the shown columns: those of rank 0, then rank by rank up to the first that do not fit."""
    kept: list[int] = []
    for rank in sorted(set(ranks)):
        wider = kept + [index for index, its in enumerate(ranks) if its == rank]
        if rank and sum(widths[at] + gap for at in wider) - gap > room:
            break
        kept = wider
    return sorted(kept)


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], page: Page, indent: int = 1, gap: int = 2
) -> list[Text]:
    """Returns a line of headings, if there are any, and a line for each row; long cells end in an ellipsis.

    The last cell of a row with fewer cells than columns spans the rest of the line. If not even the columns of rank 0
    fit, each cell gets its own lines, after its heading.
    """
    heading = [(column.name, "label") for column in columns]
    cells = [[Text.assemble(cell) for cell in row] for row in (heading, *rows)]
    # a cell that spans the rest of the line does not widen its column
    measured = [row if len(row) == len(columns) else row[:-1] for row in cells]
    widths = [
        max(column.width, *(row[at].cell_len for row in measured if at < len(row))) for at, column in enumerate(columns)
    ]
    kept = fit_columns(widths, [column.rank for column in columns], page.width - indent, gap)
    # if these are too wide, columns that may be cut are narrowed, from left to right
    for at in kept:
        over = indent + sum(widths[index] + gap for index in kept) - gap - page.width
        widths[at] -= max(0, min(over, widths[at] - (columns[at].least or widths[at])))
    if indent + sum(widths[at] + gap for at in kept) - gap > page.width:
        return _stacked(cells, kept, page, indent)
    lines = []
    for row in cells if any(column.name for column in columns) else cells[1:]:
        line = Text(" " * indent, no_wrap=True)
        runs_on = len(row) < len(columns)
        for at in [at for at in kept if at < len(row) - runs_on]:
            cell = cut(row[at], widths[at], page, columns[at].keeps_ends)
            cell.style = columns[at].style
            cell.align(columns[at].align, widths[at])
            line.append_text(cell).append(" " * gap)
        if runs_on:
            line.append_text(row[-1])
        line.rstrip()
        lines.append(cut(line, page.width, page))
    return lines


def _stacked(cells: Sequence[Sequence[Text]], kept: Sequence[int], page: Page, indent: int) -> list[Text]:
    """The cells below each other, uncut, for a page too narrow for columns."""
    heading, *rows = cells
    lines = []
    for row in rows:
        shown = [at for at in kept if at < len(row)]
        for place, at in enumerate(shown):
            named = place and heading[at].plain
            text = Text.assemble(heading[at], " ", row[at]) if named else row[at]
            start = indent + 2 * (place > 0)
            lines += [line for line in wrap(text, page.width, start, start + 2) if line.plain.strip()]
    return lines


def cut(text: Text, width: int, page: Page, keeps_ends: bool = False) -> Text:
    """Returns the text in at most `width` cells, with an ellipsis for its end, or its middle."""
    if text.cell_len <= width:
        return text
    head = text.copy()
    tail = Text()
    if keeps_ends:
        while text.cell_len > width // 2:
            text = text[1:]
        tail = text
    head.truncate(max(0, width - 1 - tail.cell_len))
    head.rstrip()  # rich pads half of a wide character with a blank
    return head.append(page.glyphs.ellipsis).append_text(tail)
