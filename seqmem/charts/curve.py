"""A line chart of text.

Drawn in braille dots if the stream can encode them, else in ASCII characters. plotille 6 was tried first: its ticks
have eight digits instead of round values, its level lines are at fractions of the axis instead of values, and it has
neither a logarithmic axis nor ASCII.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.charts.plot import Level, Series, is_number, look, plot, row_of
from seqmem.charts.scale import Axis, fit_axis
from seqmem.terminal.console import fill, stack
from seqmem.terminal.style import UNICODE, Glyphs
from seqmem.terminal.wording import shown_amount

MOST_POINTS = 12  # a chart of up to this many single points has a tick for each


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
    """Draws a line chart: `height` lines, then axis, names and legend, at most `width` columns wide.

    Args:
        series: The lines, drawn in order; values that are not finite are left out.
        levels: Level lines behind them.
        width: Columns in all.
        height: Lines of the plot itself.
        x_name: Name of the x axis.
        y_name: Name of the y axis.
        log_x: Whether the x axis is logarithmic; None if positive values differ by more than a factor of five.
        log_y: Whether the y axis is logarithmic; None if positive values differ by more than a factor of ten.
        x_range: Ends of the x axis; None fits it to the values.
        y_range: Ends of the y axis; None fits it to the values.
        glyphs: The glyphs to draw with.
    """
    xs = [x for line in series for x, value in zip(line.x, line.y, strict=True) if is_number(value)]
    ys = [y for line in series for row in (line.y, line.low or (), line.high or ()) for y in row if is_number(y)]
    if not xs or not ys:
        return Text("nothing to draw yet", "muted")
    ys += [level.value for level in levels if is_number(level.value)]
    # an inset of two dots centres the ends of the y axis in their lines
    y_axis = Axis(*y_range, 4 * height, bool(log_y), 2) if y_range else fit_axis(ys, 4 * height, log_y, 2)
    # a label on every second line at most
    labels = {row_of(value, y_axis): shown_amount(value) for value in y_axis.ticks(max(2, height // 2))}
    margin = max(map(len, labels.values())) + 1
    columns = max(10, width - margin - 1)
    # each of a few single points gets a tick
    points = sorted(set(xs)) if all(line.marked for line in series) and len(set(xs)) <= MOST_POINTS else []
    x_axis = _x_axis(x_range or (min(xs), max(xs)), 2 * columns, log_x, widen=bool(points) and x_range is None)
    # a level without room for its name in the plot is named in the legend
    cells, named = plot(series, levels, x_axis, y_axis, glyphs)
    lines = [Text(y_name, "label")] if y_name else []
    for row in range(height):
        edge = glyphs.tick_left if row in labels else glyphs.vertical
        name = f"{labels.get(row, ''):>{margin - 1}} {edge}"
        lines.append(Text.assemble(name, *(cells.get((row, column), " ") for column in range(columns)), style="axis"))
        lines[-1].rstrip()
    whole = all(float(x).is_integer() for x in xs)
    lines += _x_lines(x_axis, points or x_axis.ticks(max(2, columns // 12), whole), margin, glyphs)
    legend = _legend(series, [level for level in levels if level not in named], width, margin, glyphs)
    # the name of the x axis goes to the end of the legend if it fits, else on its own line
    if x_name and not (legend and legend[-1].cell_len + len(x_name) + 3 <= width):
        lines.append(Text(f"{x_name:>{width}}", "label"))
    elif x_name:
        legend[-1].append(f"{x_name:>{width - legend[-1].cell_len}}", "label")
    return stack([*lines, *legend])


def _x_axis(ends: tuple[float, float], size: int, log: bool | None, widen: bool) -> Axis:
    left, right = ends
    # five here, ten for y: gaps such as 3, 10, 30 would crowd at the left of a linear axis
    log = left > 0 and right / left > 5 if log is None else log
    if widen and log:
        # room for the markers at both ends
        side = (right / left) ** 0.04
        left, right = left / side, right * side
    elif widen:
        side = 0.04 * (right - left) or 0.5
        left, right = left - side, right + side
    return Axis(left, right if right > left else left + 1, size, log)


def _x_lines(axis: Axis, ticks: Sequence[float], margin: int, glyphs: Glyphs) -> list[Text]:
    """The x axis and its numbers, without those that would touch the previous one."""
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
        free_from = start + len(label) + 2  # two columns apart, so that numbers are not read as one
    line = Text(" " * margin + glyphs.corner + "".join(rule), "axis")
    return [line, Text("".join(numbers).rstrip(), "axis")]


def _legend(series: Sequence[Series], levels: Sequence[Level], width: int, margin: int, glyphs: Glyphs) -> list[Text]:
    """Names of series and levels, each after its glyph, as many on a line as fit."""
    entries = []
    for index, line in enumerate(series):
        style, marker = look(series, index, glyphs)
        if line.name:
            entries.append(
                Text.assemble((marker if line.marked else "⠒⠒" if glyphs.braille else "**", style), " ", line.name)
            )
        if line.spread and line.low:
            band = (glyphs.vertical, style) if line.marked else ("⠅⠅" if glyphs.braille else "..", "band")
            entries.append(Text.assemble(band, " ", line.spread))
    entries += [Text.assemble((glyphs.line * 2, level.style), " ", level.name) for level in levels]
    return fill(entries, width, "   ", margin + 1, margin + 1)
