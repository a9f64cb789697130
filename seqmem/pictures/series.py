"""Named series: points, bars of their spread, and lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from seqmem.backend.extras import altair as alt
from seqmem.pictures.look import DASHES, SHAPES, Look
from seqmem.pictures.parts import Chart, Row, chart_of

BESIDE, FAR_BESIDE = 7, 18  # pixels between series along an axis of numbers, of words; so no bar hides another


def series_layers(
    rows: Sequence[Row],
    look: Look,
    x: Any,
    y: Callable[[str], Any],
    tooltip: Any,
    *,
    title: str | None = None,
    joined: bool = True,
    ordered: bool = True,
) -> list[Chart]:
    """Returns the layers of series of rows with `x`, `y`, `low`, `high`; they differ by colour, shape and dashes."""
    names = list(dict.fromkeys(row["series"] for row in rows))
    legend = alt.Legend(title=title, columns=3)
    colours = [look.series[index % len(look.series)] for index in range(len(names))]
    # when colours repeat, shapes are shifted by one, so that no two series look alike
    shapes = [SHAPES[(index + index // len(look.series)) % len(SHAPES)] for index in range(len(names))]
    colour = alt.Color("series:N", legend=legend, scale=alt.Scale(domain=names, range=colours))
    shape = alt.Shape("series:N", legend=legend, scale=alt.Scale(domain=names, range=shapes))
    layers = []
    for index, name in enumerate(names):
        aside = (index - (len(names) - 1) / 2) * (BESIDE if ordered else FAR_BESIDE)
        base = chart_of([row for row in rows if row["series"] == name]).encode(x=x, color=colour)
        layers.append(base.mark_rule(strokeWidth=3, opacity=0.35, xOffset=aside).encode(y=y("low"), y2="high:Q"))
        if joined:
            dash = DASHES[index % len(DASHES)]
            layers.append(base.mark_line(strokeWidth=2.5, xOffset=aside, strokeDash=dash).encode(y=y("y")))
        points = base.mark_point(filled=True, size=80, opacity=1, xOffset=aside)
        layers.append(points.encode(y=y("y"), shape=shape, tooltip=tooltip))
    return layers
