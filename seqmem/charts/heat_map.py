"""Values over two axes: coloured cells with digits, half blocks where there are many, shades without colour."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.text import Text

from seqmem.terminal.console import stack
from seqmem.terminal.style import UNICODE, Glyphs
from seqmem.terminal.wording import shown_amount, shown_symbol

Value = float | None
Rows = Sequence[Sequence[Value]]

# From nothing to everything, dark to light, so that it also reads in grey.
SCALE = ((38, 32, 70), (48, 84, 130), (42, 140, 138), (112, 192, 110), (236, 222, 92))
WIDEST_NAME = 16
SCALE_STEPS = 12


def heat_map(
    values: Rows,
    row_names: Sequence[object],
    column_names: Sequence[object],
    *,
    row_title: str = "",
    column_title: str = "",
    low: float = 0.0,
    high: float = 1.0,
    width: int = 80,
    digits: int = 2,
    glyphs: Glyphs = UNICODE,
    colour: bool = True,
) -> Text:
    """Draws values over two axes.

    Args:
        values: A row for each row name, a value for each column name; None where there is none.
        row_names: What stands before each row.
        column_names: What stands above each column.
        row_title: What the rows are.
        column_title: What the columns are.
        low: The value at the dark end.
        high: The value at the light end.
        width: Columns of the page. Where the digits do not fit, a value is one column wide, two rows share a line,
            and where even that does not fit neighbours are averaged.
        digits: Digits after the point.
        glyphs: The signs to draw with.
        colour: Whether backgrounds show; without them digits or shades say the same.

    Returns:
        Titles, names, cells, and a scale from `low` to `high`.
    """
    names = [shown_symbol(name, WIDEST_NAME, glyphs) for name in row_names]
    heads = [shown_symbol(name, WIDEST_NAME, glyphs) for name in column_names]
    margin = max(map(cell_len, [*names, row_title])) + 2
    texts = [["-" if not _is_number(value) else f"{value:.{digits}f}" for value in row] for row in values]
    cell = max(map(cell_len, [*heads, *(text for row in texts for text in row)])) + 2
    if margin + cell * len(heads) <= width:
        lines = _cells(values, texts, names, heads, (margin, cell), (low, high), colour)
    else:
        lines = _blocks(values, names, heads, width - margin, margin, (low, high), glyphs, colour)
    title = Text(f" {row_title}".ljust(margin) + column_title, "label")
    return stack([*([title] if title.plain.strip() else []), *lines, _scale(margin, low, high, glyphs, colour)])


def shade(value: float, low: float, high: float) -> tuple[int, int, int]:
    """Returns red, green and blue of a value on the scale."""
    share = min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.0
    place = share * (len(SCALE) - 1)
    index = min(int(place), len(SCALE) - 2)
    before, after = SCALE[index], SCALE[index + 1]
    red, green, blue = (round(a + (b - a) * (place - index)) for a, b in zip(before, after, strict=True))
    return red, green, blue


def _is_number(value: Value) -> bool:
    return value is not None and math.isfinite(value)


def _cells(
    values: Rows,
    texts: Sequence[Sequence[str]],
    names: Sequence[str],
    heads: Sequence[str],
    widths: tuple[int, int],
    ends: tuple[float, float],
    colour: bool,
) -> list[Text]:
    margin, cell = widths
    lines = [Text(" " * margin + "".join(" " * (cell - cell_len(head) - 1) + head + " " for head in heads), "label")]
    for name, row, words in zip(names, values, texts, strict=True):
        line = Text(f" {name}".ljust(margin), "label", no_wrap=True, end="")
        for value, text in zip(row, words, strict=True):
            known = colour and value is not None and math.isfinite(value)
            line.append(text.rjust(cell - 1) + " ", _background(value or 0.0, ends) if known else "")
        lines.append(line)
    return lines


def _background(value: float, ends: tuple[float, float]) -> Style:
    """The cell's colour, and black or white on it, whichever reads better."""
    red, green, blue = shade(value, *ends)
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 120
    ink = Color.from_rgb(15, 15, 20) if light else Color.from_rgb(240, 242, 246)
    return Style(color=ink, bgcolor=Color.from_rgb(red, green, blue))


def _blocks(
    values: Rows,
    names: Sequence[str],
    heads: Sequence[str],
    room: int,
    margin: int,
    ends: tuple[float, float],
    glyphs: Glyphs,
    colour: bool,
) -> list[Text]:
    """One column a value, two rows a line where colour tells them apart."""
    columns = min(room, len(heads))
    binned = [_binned(row, columns) for row in values]
    last = heads[-1].rjust(max(0, columns - cell_len(heads[0])))
    lines = [Text(" " * margin + heads[0] + last, "label")]
    together = 2 if colour and glyphs.braille else 1
    for first in range(0, len(binned), together):
        line = Text(f" {names[first]}".ljust(margin), "label", no_wrap=True, end="")
        below = binned[first + 1] if together == 2 and first + 1 < len(binned) else [None] * columns
        for top, bottom in zip(binned[first], below, strict=True):
            line.append(*_block(top, bottom, ends, glyphs, colour))
        lines.append(line)
    return lines


def _block(
    top: Value, bottom: Value, ends: tuple[float, float], glyphs: Glyphs, colour: bool
) -> tuple[str, Style | str]:
    if not colour or not glyphs.braille:
        if top is None:
            return "?", ""
        share = min(max((top - ends[0]) / ((ends[1] - ends[0]) or 1.0), 0.0), 1.0)
        return glyphs.shades[round(share * (len(glyphs.shades) - 1))], ""
    ink = None if top is None else Color.from_rgb(*shade(top, *ends))
    ground = None if bottom is None else Color.from_rgb(*shade(bottom, *ends))
    return (glyphs.half_block if ink else " "), Style(color=ink, bgcolor=ground)


def _binned(row: Sequence[Value], columns: int) -> list[Value]:
    """Averages neighbours, so that `columns` values are left."""
    edges = [round(index * len(row) / columns) for index in range(columns + 1)]
    parts = [[value for value in row[a:b] if value is not None and math.isfinite(value)] for a, b in _pairs(edges)]
    return [statistics.fmean(part) if part else None for part in parts]


def _pairs(edges: Sequence[int]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(edges))


def _scale(margin: int, low: float, high: float, glyphs: Glyphs, colour: bool) -> Text:
    line = Text(" " * margin + f"{shown_amount(low)} ", "label", no_wrap=True)
    for index in range(SCALE_STEPS):
        share = index / (SCALE_STEPS - 1)
        if colour:
            line.append(" ", Style(bgcolor=Color.from_rgb(*shade(share, 0.0, 1.0))))
        else:
            line.append(glyphs.shades[round(share * (len(glyphs.shades) - 1))])
    return line.append(f" {shown_amount(high)}", "label")
