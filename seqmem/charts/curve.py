"""A line chart of text: braille dots where the stream carries them, letters where it does not.

plotille 6 was tried first. It puts ticks on every tenth column, with eight digits, and not on round values; places
horizontal lines by fractions of the axis and not by value; and has neither a logarithmic axis nor letters for ASCII.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from seqmem.charts.plot import Level, Series, is_number, look, plot
from seqmem.charts.scale import Axis, fit_axis
from seqmem.terminal.console import stack
from seqmem.terminal.style import UNICODE, Glyphs
from seqmem.terminal.wording import shown_amount

MOST_POINTS = 12  # of a chart of single points: more have round ticks instead of one each

__all__ = ["Level", "Series", "curve"]


def curve(
    series: Sequence[Series],
    levels: Sequence[Level] = (),
    *,
    width: int = 80,
    height: int = 11,
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
        width: Columns in all.
        height: Lines of the plot itself; axes and legend come beside and below it.
        x_name: What the x axis shows.
        y_name: What the y axis shows.
        log_x: Whether the x axis is logarithmic; None decides by the values, as for `log_y`.
        log_y: The same of the y axis; None takes it where all values are positive and more than a factor of ten apart.
        x_range: Fixed ends of the x axis; None fits it to the values.
        y_range: Fixed ends of the y axis; None fits it to the values.
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
    y_axis = Axis(*y_range, 4 * height, bool(log_y), 2) if y_range else fit_axis(known, 4 * height, log_y, 2)
    labels = {height - 1 - y_axis.dot(value) // 4: shown_amount(value) for value in y_axis.ticks(max(2, height // 2))}
    margin = max(map(len, labels.values())) + 1
    columns = max(10, width - margin - 1)
    whole = all(float(at).is_integer() for at in xs)
    left, right = x_range or (min(xs), max(xs))
    if log_x is None:
        log_x = left > 0 and right / left > 5
    points = sorted(set(xs)) if all(one.marked for one in series) and len(set(xs)) <= MOST_POINTS else []
    if points and x_range is None:
        left, right = _widened(left, right, log_x)
    x_axis = Axis(left, right if right > left else left + 1, 2 * columns, log_x)
    cells, named = plot(series, levels, x_axis, y_axis, glyphs)
    lines = [Text(y_name, "label")] if y_name else []
    for row in range(height):
        line = Text(labels.get(row, "").rjust(margin - 1) + " ", "axis")
        line.append(glyphs.tick_left if row in labels else glyphs.vertical, "axis")
        for column in range(columns):
            line.append(*cells.get((row, column), (" ", "")))
        line.rstrip()
        lines.append(line)
    lines += _x_lines(x_axis, points or x_axis.ticks(max(2, columns // 12), whole), margin, glyphs)
    legend = _legend(series, [level for level in levels if level not in named], width, margin, glyphs)
    if legend and legend[-1].cell_len + len(x_name) + 3 <= width:
        legend[-1].append(x_name.rjust(width - legend[-1].cell_len), "label")
        return stack([*lines, *legend])
    return stack([*lines, *([Text(x_name.rjust(width), "label")] if x_name else []), *legend])


def _widened(left: float, right: float, log: bool) -> tuple[float, float]:
    """Leaves room for the markers at both ends."""
    if log:
        side = (right / left) ** 0.04
        return left / side, right * side
    side = 0.04 * (right - left) or 0.5
    return left - side, right + side


def _x_lines(axis: Axis, ticks: Sequence[float], margin: int, glyphs: Glyphs) -> list[Text]:
    """The x axis and its numbers; a number that would touch the one before is left out."""
    columns = axis.size // 2
    rule, numbers = list(glyphs.rule * columns), [" "] * (columns + margin + 1)
    free_from = 0
    for value in ticks:
        column, label = axis.dot(value) // 2, shown_amount(value)
        start = max(0, min(margin + 1 + column - len(label) // 2, len(numbers) - len(label)))
        if start < free_from:
            continue
        rule[column] = glyphs.tick_down
        numbers[start : start + len(label)] = label
        free_from = start + len(label) + 2
    line = Text(" " * margin + glyphs.corner + "".join(rule), "axis")
    return [line, Text("".join(numbers).rstrip(), "axis")]


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
