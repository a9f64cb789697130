"""A line chart of text: braille dots where the stream carries them, letters where it does not.

plotille 6 was tried first. It has no logarithmic axis, puts ticks on every so many columns instead of on round values,
fills no band, draws no interval bars and has no letters for ASCII: what this page needs most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from seqmem.render.axis import Axis, fit_axis
from seqmem.render.glyphs import UNICODE, Glyphs
from seqmem.render.page import stack
from seqmem.render.plot import Level, Series, is_number, look, plot
from seqmem.render.wording import shown_amount

__all__ = ["Level", "Series", "curve"]


def curve(
    series: Sequence[Series],
    levels: Sequence[Level] = (),
    *,
    width: int = 80,
    height: int = 12,
    x_name: str = "",
    y_name: str = "",
    log_x: bool | None = False,
    log_y: bool | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    glyphs: Glyphs = UNICODE,
) -> Text:
    """Draws a line chart.

    Args:
        series: The lines, drawn in order; values that are not finite numbers are left out.
        levels: Level lines behind them, told apart by name and texture.
        width, height: Columns and lines of the plot itself, axes and legend beside and below it.
        x_name, y_name: What the axes show.
        log_x, log_y: Logarithmic or not; None decides by the values: positive, and more than a factor of ten apart.
        x_range, y_range: Fixed ends of an axis; None fits them to the values.
        glyphs: The signs to draw with.

    Returns:
        `height` lines, axis, names and legend, `width` columns at most.
    """
    xs = [at for one in series for at, value in zip(one.x, one.y, strict=True) if is_number(value)]
    ys = [value for one in series for row in (one.y, one.low or (), one.high or ()) for value in row]
    known = [value for value in ys if value is not None and math.isfinite(value)]
    if not xs or not known:
        return Text("nothing to draw yet", "muted")
    known += [level.value for level in levels if math.isfinite(level.value)]
    y_axis = Axis(*y_range, 4 * height) if y_range else fit_axis(known, 4 * height, log_y)
    labels = {height - 1 - y_axis.dot(value) // 4: shown_amount(value) for value in y_axis.ticks(max(2, height // 2))}
    margin = max(map(len, labels.values())) + 1
    columns = max(10, width - margin - 1)
    whole = all(float(at).is_integer() for at in xs)
    left, right = x_range or (min(xs), max(xs))
    if log_x is None:
        log_x = left > 0 and right / left > 10
    x_axis = Axis(left, right if right > left else left + 1, 2 * columns, bool(log_x))
    cells, named = plot(series, levels, x_axis, y_axis, glyphs)
    lines = [Text(y_name, "label")] if y_name else []
    for row in range(height):
        line = Text(labels.get(row, "").rjust(margin - 1) + " ", "axis")
        line.append(glyphs.tick_left if row in labels else glyphs.vertical, "axis")
        for column in range(columns):
            line.append(*cells.get((row, column), (" ", "")))
        line.rstrip()
        lines.append(line)
    lines += _x_lines(x_axis, margin, whole, x_name, glyphs)
    lines += _legend(series, [level for level in levels if level not in named], width, margin, glyphs)
    return stack(lines)


def _x_lines(axis: Axis, margin: int, whole: bool, name: str, glyphs: Glyphs) -> list[Text]:
    """The x axis, its numbers, and its name at the right end of them."""
    columns = axis.size // 2
    rule, numbers = list(glyphs.rule * columns), [" "] * (columns + margin + 1)
    free_from = 0
    for value in axis.ticks(max(2, columns // 12), whole):
        column, label = axis.dot(value) // 2, shown_amount(value)
        start = max(0, min(margin + 1 + column - len(label) // 2, len(numbers) - len(label)))
        if start < free_from:
            continue
        rule[column] = glyphs.tick_down
        numbers[start : start + len(label)] = label
        free_from = start + len(label) + 2
    line = Text(" " * margin + glyphs.corner + "".join(rule), "axis")
    return [line, Text("".join(numbers).rstrip(), "axis"), *([Text(name.rjust(len(numbers)), "label")] if name else [])]


def _legend(series: Sequence[Series], levels: Sequence[Level], width: int, margin: int, glyphs: Glyphs) -> list[Text]:
    """Names of series and levels, each after its sign, as many a line as fit."""
    entries = []
    for index, one in enumerate(series):
        style, marker = look(series, index, glyphs)
        sign = marker if one.marked else "⠒⠒" if glyphs.braille else "**"
        if one.name:
            entries.append(Text.assemble((sign, style), " ", one.name))
        if one.spread and one.low:
            bars = (glyphs.vertical, style) if one.marked else ("⠅⠅" if glyphs.braille else "..", "band")
            entries.append(Text.assemble(bars, " ", one.spread))
    entries += [Text.assemble((glyphs.line * 2, one.style), " ", one.name) for one in levels]
    lines: list[Text] = []
    for entry in entries:
        if lines and lines[-1].cell_len + 3 + entry.cell_len <= width:
            lines[-1].append("   ").append_text(entry)
        else:
            lines.append(Text(" " * (margin + 1)).append_text(entry))
    return lines
