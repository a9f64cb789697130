"""Parts of several charts: data, titles, axes, levels."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, TypeAlias

from seqmem.backend.extras import altair as alt
from seqmem.charts.scale import Axis, fit_axis
from seqmem.pictures.look import Look

# Altair's types are known only if it is installed.
Chart: TypeAlias = Any
Row: TypeAlias = dict[str, Any]

CHARACTER = 5.9  # width of a character of size 12 in pixels, about
WIDE_SPAN = 10  # ratio of the largest to the smallest value from which an axis is logarithmic
# Numbers of an axis; Vega would write 1e+2 for ticks that are far apart.
NUMBER = "abs(datum.value) >= 1000 ? format(datum.value, ',') : format(datum.value, '.4~r')"
FEW = 8  # values up to which each gets a tick


def chart_of(rows: Sequence[Row]) -> Chart:
    """Returns a chart that contains rows as its data."""
    return alt.Chart(alt.Data(values=[{name: _plain(value) for name, value in row.items()} for row in rows]))


def _plain(value: Any) -> Any:
    # JSON has no NaN; null makes a gap in a line
    return None if isinstance(value, float) and not math.isfinite(value) else value


def titled(chart: Chart, look: Look, title: str, words: str) -> Chart:
    """Returns a chart of the size of the look, with a title and words of explanation."""
    room = max(30, int(look.width / CHARACTER) + 6)
    heading = alt.TitleParams(title, subtitle=textwrap.wrap(words, room))
    size = {"width": look.width, "height": look.height}
    return chart.properties(**size, title=heading, description=f"{title}. {words}").configure(**look.config())


def is_wide(values: Sequence[float]) -> bool:
    """Tells whether an axis of these values is logarithmic."""
    return bool(values) and min(values) > 0 and max(values) / min(values) > WIDE_SPAN


def number_x(values: Sequence[float], title: str, field: str = "x", listed: bool = True) -> Any:
    """Returns the x channel of numbers; each of a few listed numbers has a tick."""
    few = sorted(set(values))
    if not listed or len(few) > FEW:
        few = Axis(few[0], few[-1] if few[-1] > few[0] else few[0] + 1, 100, is_wide(few)).ticks(6)
    kind = {"type": "log"} if is_wide(values) else {"zero": False}
    scale = alt.Scale(nice=False, padding=24, **kind)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(labelExpr=NUMBER, values=few))


def count_x(last: float, title: str) -> Any:
    """Returns the x channel of a count from 0 to a little more than `last`."""
    axis = alt.Axis(format=",d", tickCount=6, tickMinStep=1)
    return alt.X("x:Q", title=title, scale=alt.Scale(domain=[0, 1.03 * last], nice=False), axis=axis)


def share_y(title: str, field: str = "y") -> Any:
    """Returns the y channel of values from 0 to 1."""
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".2~f")
    return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def number_y(values: Sequence[float], title: str, field: str = "y") -> Any:
    """Returns the y channel of numbers, with the ends and ticks of the terminal's charts."""
    fitted = fit_axis(values, 100, None)
    scale = alt.Scale(domain=[fitted.low, fitted.high], nice=False, type="log" if fitted.log else "linear")
    axis = alt.Axis(values=fitted.ticks(6), labelExpr=NUMBER)
    return alt.Y(f"{field}:Q", title=title, scale=scale, axis=axis)


def level(value: float, words: str, look: Look, y: Any) -> Chart:
    """Returns a level line, such as the baseline, with its words above its right end."""
    base = chart_of([{"y": value, "words": words}]).encode(y=y)
    rule = base.mark_rule(color=look.baseline, strokeDash=[6, 4], strokeWidth=1.5)
    word = {"align": "right", "baseline": "bottom", "dx": -2, "dy": -4, "fontSize": 12}
    # a rim of paper, so that the words can be read where a curve runs through them
    rim = base.mark_text(**word, color=look.paper, stroke=look.paper, strokeWidth=4, strokeJoin="round", opacity=0.8)
    text = base.mark_text(**word, color=look.baseline)
    return alt.layer(rule, *(part.encode(x=alt.value(look.width), text="words:N") for part in (rim, text)))


def tips(look: Look, **fields: str) -> Any:
    """Returns the tooltip of a mark, fields by their titles; none on paper."""
    if not look.tips:
        return alt.Undefined
    return [alt.Tooltip(field, title=words.replace("_", " ")) for words, field in fields.items()]
