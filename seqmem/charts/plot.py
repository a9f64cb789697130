"""What stands in each cell of a chart: spread, level lines, curves and markers, one over the other."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Sequence

from seqmem.charts.scale import Axis
from seqmem.terminal.style import SERIES, Glyphs

Cell = tuple[int, int]
Dot = tuple[int, int]
Value = float | None
Drawn = dict[Cell, tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Series:
    """One line of a chart.

    Attributes:
        name: For the legend.
        x: Ascending.
        y: A value each; None breaks the line.
        low, high: Both ends of the spread at each x: a band behind the line, or bars where `marked`.
        spread: What the spread is, for the legend.
        marked: Whether each point gets the series' own marker: for few points.
        style: A style of the theme; None takes the next one.
    """

    name: str
    x: Sequence[float]
    y: Sequence[Value]
    low: Sequence[Value] | None = None
    high: Sequence[Value] | None = None
    spread: str = ""
    marked: bool = False
    style: str | None = None


@dataclasses.dataclass(frozen=True)
class Level:
    """A level line across the chart, such as the baseline."""

    name: str
    value: float
    style: str = "baseline"


def is_number(value: Value) -> bool:
    """Tells whether a value can be drawn."""
    return value is not None and math.isfinite(value)


def look(series: Sequence[Series], index: int, glyphs: Glyphs) -> tuple[str, str]:
    """Returns the style and the marker of a series."""
    return series[index].style or SERIES[index % len(SERIES)], glyphs.markers[index % len(glyphs.markers)]


def plot(
    series: Sequence[Series], levels: Sequence[Level], x_axis: Axis, y_axis: Axis, glyphs: Glyphs
) -> tuple[Drawn, list[Level]]:
    """Draws everything between the axes, two dots by four a cell.

    Returns:
        Character and style by `(row, column)`, row 0 at the top; and the levels that carry their name in the plot.
    """
    height = y_axis.size // 4
    drawn: Drawn = {}
    for one in series:
        if one.low and one.high and not one.marked:
            lows, highs = (dict(_trace(one.x, row, x_axis, y_axis)) for row in (one.low, one.high))
            area = [(x, y) for x in lows.keys() & highs for y in range(lows[x], highs[x] + 1) if not (x % 2 or y % 2)]
            drawn |= _cells(area, height, "band", glyphs, ".")
    for level in levels:
        row = height - 1 - y_axis.dot(level.value) // 4
        drawn |= {(row, column): (glyphs.line, level.style) for column in range(x_axis.size // 2)}
    taken: set[Cell] = set()
    for index, one in enumerate(series):
        style, marker = look(series, index, glyphs)
        cells = _cells(_joined(_trace(one.x, one.y, x_axis, y_axis)), height, style, glyphs, ".*"[not one.marked])
        if one.marked:
            # series that share their x step aside, so that no bar hides another
            aside = index - (len(series) - 1) // 2 if len(series) > 1 else 0
            cells |= _points(one, aside, x_axis, y_axis, (style, marker), glyphs)
        drawn |= cells
        taken |= set(cells)
    return drawn, [level for level in levels if _write_name(level, drawn, taken, x_axis, y_axis)]


def _trace(xs: Sequence[float], ys: Sequence[Value], x_axis: Axis, y_axis: Axis) -> list[Dot]:
    """The line as dots, at every column of dots between its first point and its last; a break has none."""
    dots: list[Dot] = []
    before: Dot | None = None
    for x, y in zip(xs, ys, strict=True):
        if y is None or not math.isfinite(y):
            before = None
            continue
        dot = x_axis.dot(x), y_axis.dot(y)
        if before:
            across = dot[0] - before[0]
            dots += [
                (before[0] + step, round(before[1] + (dot[1] - before[1]) * step / across)) for step in range(1, across)
            ]
        dots.append(dot)
        before = dot
    return dots


def _joined(dots: Sequence[Dot]) -> Iterable[Dot]:
    """Yields the dots, and those that close the steps between neighbours."""
    for (x, y), (next_x, next_y) in itertools.pairwise(dots):
        yield x, y
        if next_x - x <= 1:
            middle = (y + next_y) // 2
            yield from ((x if abs(at - y) <= abs(middle - y) else next_x, at) for at in range(*sorted((y, next_y))))
    yield from dots[-1:]


def _cells(dots: Iterable[Dot], height: int, style: str, glyphs: Glyphs, letter: str) -> Drawn:
    """Gathers dots into braille signs, or puts the letter where any dot is."""
    bits: dict[Cell, int] = {}
    for x, y in dots:
        cell = height - 1 - y // 4, x // 2
        bits[cell] = bits.get(cell, 0) | (0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08)[y % 4 + 4 * (x % 2)]
    return {cell: (chr(0x2800 + sign) if glyphs.braille else letter, style) for cell, sign in bits.items()}


def _points(
    one: Series, aside: int, x_axis: Axis, y_axis: Axis, style_and_marker: tuple[str, str], glyphs: Glyphs
) -> Drawn:
    """The series' marker at each point, over the bar of its spread."""
    style, marker = style_and_marker
    height, columns = y_axis.size // 4, x_axis.size // 2
    cells: Drawn = {}
    nothing = [None] * len(one.y)
    for x, y, low, high in zip(one.x, one.y, one.low or nothing, one.high or nothing, strict=True):
        if y is None or not math.isfinite(y):
            continue
        column = min(max(x_axis.dot(x) // 2 + aside, 0), columns - 1)
        if low is not None and high is not None:
            rows = (height - 1 - y_axis.dot(end) // 4 for end in (high, low))
            cells |= {(row, column): (glyphs.vertical, style) for row in range(next(rows), next(rows) + 1)}
        cells[height - 1 - y_axis.dot(y) // 4, column] = (marker, style)
    return cells


def _write_name(level: Level, drawn: Drawn, taken: set[Cell], x_axis: Axis, y_axis: Axis) -> bool:
    """Writes the name of a level where no curve runs: on its line, above or below it, at the right or at the left."""
    columns, text = x_axis.size // 2, f" {level.name} "
    rows = y_axis.size // 4
    row = rows - 1 - y_axis.dot(level.value) // 4
    for at, start in itertools.product((row, row - 1, row + 1), (columns - len(text) - 1, 2)):
        place = [(at, start + index) for index in range(len(text))]
        if 0 <= at < rows and start > 0 and not taken.intersection(place):
            drawn.update({cell: (letter, level.style) for cell, letter in zip(place, text, strict=True)})
            return True
    return False
