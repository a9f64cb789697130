"""The inside of a chart: spread, level lines, curves and markers."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Self, TypeGuard

from seqmem.charts.scale import Axis
from seqmem.terminal.style import SERIES, Glyphs

Cell = tuple[int, int]
Dot = tuple[int, int]
Value = float | None
Plotted = dict[Cell, tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Series:
    """One line of a chart.

    Attributes:
        name: For the legend.
        x: Ascending.
        y: A value each; None breaks the line.
        low, high: Both ends of the spread at each x: a band behind the line, or bars if `marked`.
        spread: Name of the spread, for the legend.
        marked: Whether each point gets a marker, for few points.
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

    @classmethod
    def spread_over(
        cls, name: str, x: Sequence[float], rows: Sequence[Sequence[Value]], spread: str, marked: bool = False
    ) -> Self:
        """Returns a line of medians with their ranges, from rows `(median, low, high)`, empty for a break."""
        middle, low, high = zip(*(row or (None, None, None) for row in rows), strict=True)
        return cls(name, x, middle, low, high, spread, marked)


@dataclasses.dataclass(frozen=True)
class Level:
    """A level line across the chart, such as the baseline."""

    name: str
    value: float
    style: str = "baseline"


def is_number(value: Value) -> TypeGuard[float]:
    """Tells whether a value can be drawn."""
    return value is not None and math.isfinite(value)


def look(series: Sequence[Series], index: int, glyphs: Glyphs) -> tuple[str, str]:
    """Returns the style and the marker of a series."""
    return series[index].style or SERIES[index % len(SERIES)], glyphs.markers[index % len(glyphs.markers)]


def row_of(value: float, y_axis: Axis) -> int:
    """Returns the line of the plot that a value lies in, 0 at the top."""
    return y_axis.size // 4 - 1 - y_axis.dot(value) // 4


def plot(
    series: Sequence[Series], levels: Sequence[Level], x_axis: Axis, y_axis: Axis, glyphs: Glyphs
) -> tuple[Plotted, list[Level]]:
    """Draws everything between the axes, two by four dots per cell.

    Returns:
        Character and style by `(row, column)`, row 0 at the top; and the levels with their name in the plot.
    """
    drawn: Plotted = {}
    # spreads first, then levels, then curves, which cover what is drawn before
    for line in series:
        if line.low and line.high and not line.marked:
            lows, highs = (dict(_trace(line.x, row, x_axis, y_axis)) for row in (line.low, line.high))
            # every other dot, so that bands are paler than lines
            area = [(x, y) for x in lows.keys() & highs for y in range(lows[x], highs[x] + 1) if not (x % 2 or y % 2)]
            drawn |= _cells(area, y_axis, "band", glyphs, ".")
    for level in levels:
        row = row_of(level.value, y_axis)
        drawn |= {(row, column): (glyphs.line, level.style) for column in range(x_axis.size // 2)}
    taken: set[Cell] = set()
    for index, line in enumerate(series):
        style, marker = look(series, index, glyphs)
        cells = _cells(_joined(_trace(line.x, line.y, x_axis, y_axis)), y_axis, style, glyphs, ".*"[not line.marked])
        if line.marked:
            # series are shifted sideways, so that no bar hides another
            aside = index - (len(series) - 1) // 2 if len(series) > 1 else 0
            cells |= _points(line, aside, x_axis, y_axis, style, marker, glyphs.vertical)
        drawn |= cells
        taken |= set(cells)
    return drawn, [level for level in levels if _write_name(level, drawn, taken, x_axis, y_axis)]


def _trace(xs: Sequence[float], ys: Sequence[Value], x_axis: Axis, y_axis: Axis) -> list[Dot]:
    """The line as dots, one per column of dots between its points, with none in a break."""
    dots: list[Dot] = []
    before: Dot | None = None
    for at, value in zip(xs, ys, strict=True):
        if not is_number(value):
            before = None
            continue
        dot = x_axis.dot(at), y_axis.dot(value)
        if before:
            slope = (dot[1] - before[1]) / max(1, dot[0] - before[0])
            dots += [(x, round(before[1] + slope * (x - before[0]))) for x in range(before[0] + 1, dot[0])]
        dots.append(dot)
        before = dot
    return dots


def _joined(dots: Sequence[Dot]) -> Iterable[Dot]:
    """Yields the dots, and vertical dots between neighbours of different height."""
    for (x, y), (next_x, next_y) in itertools.pairwise(dots):
        yield x, y
        # only between neighbouring columns, not over a break
        if next_x - x <= 1:
            middle = (y + next_y) // 2
            yield from ((x if abs(at - y) <= abs(middle - y) else next_x, at) for at in range(*sorted((y, next_y))))
    yield from dots[-1:]


def _cells(dots: Iterable[Dot], y_axis: Axis, style: str, glyphs: Glyphs, plain: str) -> Plotted:
    """Combines dots to braille characters, or puts a plain character where any dot is."""
    bits: dict[Cell, int] = {}
    for x, y in dots:
        cell = y_axis.size // 4 - 1 - y // 4, x // 2
        # the bits of a braille character's dots: left column from below, then the right one
        bits[cell] = bits.get(cell, 0) | (0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08)[y % 4 + 4 * (x % 2)]
    return {cell: (chr(0x2800 + dots_set) if glyphs.braille else plain, style) for cell, dots_set in bits.items()}


def _points(line: Series, aside: int, x_axis: Axis, y_axis: Axis, style: str, marker: str, bar: str) -> Plotted:
    """The series' marker at each point, over the bar of its spread."""
    cells: Plotted = {}
    nothing = [None] * len(line.y)
    for x, y, low, high in zip(line.x, line.y, line.low or nothing, line.high or nothing, strict=True):
        if not is_number(y):
            continue
        column = min(max(x_axis.dot(x) // 2 + aside, 0), x_axis.size // 2 - 1)
        if low is not None and high is not None:
            rows = range(row_of(high, y_axis), row_of(low, y_axis) + 1)
            cells |= {(row, column): (bar, style) for row in rows}
        cells[row_of(y, y_axis), column] = (marker, style)
    return cells


def _write_name(level: Level, drawn: Plotted, taken: set[Cell], x_axis: Axis, y_axis: Axis) -> bool:
    """Writes the name of a level where no curve is: on its line, above or below it, at the right or the left."""
    columns, rows, text = x_axis.size // 2, y_axis.size // 4, f" {level.name} "
    row = row_of(level.value, y_axis)
    for at, start in itertools.product((row, row - 1, row + 1), (columns - len(text) - 1, 2)):
        place = [(at, start + index) for index in range(len(text))]
        if 0 <= at < rows and start > 0 and not taken.intersection(place):
            drawn.update({cell: (character, level.style) for cell, character in zip(place, text, strict=True)})
            return True
    return False
