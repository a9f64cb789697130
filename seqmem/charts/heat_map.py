"""Values over two axes as coloured cells, with digits if they fit."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.style import Style
from rich.text import Text

from seqmem.charts.plot import Value, is_number
from seqmem.terminal.console import stack
from seqmem.terminal.style import UNICODE, Glyphs
from seqmem.terminal.wording import shown_amount, shown_symbol

Colour = tuple[int, int, int]
# From low to high, dark to light, so that it is readable in grey too.
SCALE = ((38, 32, 70), (48, 84, 130), (42, 140, 138), (112, 192, 110), (236, 222, 92))
# Around zero: hue for the sign, lightness for the absolute value.
SIGNED = ((140, 200, 255), (44, 108, 190), (30, 32, 40), (186, 92, 36), (255, 190, 110))
WIDEST_NAME = 16
SCALE_STEPS = 12


def heat_map(
    values: Sequence[Sequence[Value]],
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
    """Draws values over two axes: titles, names, cells, and a scale from `low` (dark) to `high` (light).

    `values` has a row for each row name and a value, or None, for each column name. If digits do not fit into `width`,
    a value is one column wide; if that does not fit either, neighbours are averaged. Without `colour` there are digits
    or shades instead of backgrounds, and digits need no scale.
    """
    names = [f" {shown_symbol(name, WIDEST_NAME, glyphs)}" for name in row_names]
    heads = [shown_symbol(name, WIDEST_NAME, glyphs) for name in column_names]
    row_title = f" {row_title} {glyphs.down} " if row_title else ""
    margin = max(map(cell_len, [*names, row_title])) + 1
    texts = [[f"{value:.{digits}f}" if is_number(value) else "-" for value in row] for row in values]
    cell = max(map(cell_len, itertools.chain(heads, *texts))) + 2
    in_digits = margin + cell * len(heads) <= width
    if in_digits:
        above = "".join(" " * (cell - 1 - cell_len(head)) + head + " " for head in heads)
        paints = [[_background(value, low, high) if colour else "" for value in row] for row in values]
        padded = [[f"{text:>{cell - 1}} " for text in row] for row in texts]
        cells = [list(zip(*both, strict=True)) for both in zip(padded, paints, strict=True)]
    else:
        columns = min(width - margin, len(heads))
        above = heads[0] + " " * max(0, columns - cell_len(heads[0] + heads[-1])) + heads[-1]
        cells = [[block(value, low, high, glyphs, colour) for value in _averaged(row, columns)] for row in values]
    title = set_cell_size(row_title, margin) + (f"{column_title} {glyphs.arrow}" if column_title else "")
    lines = [Text(title, "label")] if title.strip() else []
    lines.append(Text(" " * margin + above, "label"))
    for name, row in zip(names, cells, strict=True):
        lines.append(Text.assemble(set_cell_size(name, margin), *row, style="label"))
    if colour or not in_digits:
        legend = scale_line(low, high, SCALE_STEPS, glyphs, colour)
        lines.append(Text.assemble(" " * margin, legend, style="label"))
    return stack(lines)


def scale_line(low: float, high: float, steps: int, glyphs: Glyphs, colour: bool, signed: bool = False) -> Text:
    """Returns a scale from `low` to `high` of `steps` blocks, with both numbers."""
    blocks = [block(index / (steps - 1), 0.0, 1.0, glyphs, colour, signed) for index in range(steps)]
    return Text.assemble(f"{shown_amount(low)} ", *blocks, f" {shown_amount(high)}", style="label")


def shade(value: float, low: float, high: float, scale: Sequence[Colour] = SCALE) -> Colour:
    """Returns red, green and blue of a value on the scale."""
    share = min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.0
    place = share * (len(scale) - 1)
    index = min(int(place), len(scale) - 2)
    before, after = scale[index], scale[index + 1]
    red, green, blue = (round(a + (b - a) * (place - index)) for a, b in zip(before, after, strict=True))
    return red, green, blue


def _background(value: Value, low: float, high: float) -> Style | str:
    """The colour of a cell, with black or white digits, whichever has more contrast."""
    if not is_number(value):
        return ""
    red, green, blue = shade(value, low, high)
    # perceived brightness, by the weights of ITU-R BT.601
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 120
    ink = Color.from_rgb(15, 15, 20) if light else Color.from_rgb(240, 242, 246)
    return Style(color=ink, bgcolor=Color.from_rgb(red, green, blue))


def block(
    value: Value, low: float, high: float, glyphs: Glyphs, colour: bool, signed: bool = False
) -> tuple[str, Style | str]:
    """Returns one column for a value: its colour, or a glyph whose density is the value.

    If values are `signed`, zero is in the middle, and colour or glyph show the sign.
    """
    if not is_number(value):
        return " " if colour else "?", ""
    if colour:
        return " ", Style(bgcolor=Color.from_rgb(*shade(value, low, high, SIGNED if signed else SCALE)))
    share = min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0)
    shades = glyphs.signed if signed else glyphs.shades
    return shades[round(share * (len(shades) - 1))], ""


def strip(
    values: Sequence[Value],
    low: float,
    high: float,
    *,
    each: int = 1,
    glyphs: Glyphs = UNICODE,
    colour: bool = True,
    signed: bool = False,
    thin: bool = False,
) -> Text:
    """Draws one row of values, each `each` columns wide; see `block`. A `thin` strip is drawn as a line."""
    blocks = [block(value, low, high, glyphs, colour, signed) for value in values]
    if thin and colour:
        blocks = [
            (glyphs.full, Style(color=style.bgcolor)) if isinstance(style, Style) else (" ", "") for _, style in blocks
        ]
    return Text.assemble(*((glyph * each, style) for glyph, style in blocks))


def _averaged(row: Sequence[Value], columns: int) -> list[Value]:
    """Averages neighbours to `columns` values."""
    # parts cover the row, and differ in length by at most one value
    edges = [round(index * len(row) / columns) for index in range(columns + 1)]
    parts = [[value for value in row[start:end] if is_number(value)] for start, end in itertools.pairwise(edges)]
    return [statistics.fmean(part) if part else None for part in parts]
