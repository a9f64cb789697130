"""The colours, the font and the size of a chart."""

from __future__ import annotations

import dataclasses
from typing import Any

# Fonts of equal metrics, so that texts measured by vl-convert fit in a browser too.
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3])
HEAT = "viridis"  # of increasing brightness: readable for colour-blind readers, and in grey
SIGNED_HEAT = "blueorange"  # the same for negative and positive values


@dataclasses.dataclass(frozen=True)
class Look:
    """Colours in CSS, and the size of the plot in pixels.

    Attributes:
        paper, ink, muted, line: Colours of the background, of text, of minor text, and of axes and grid.
        series: Colours of curves, in order; those of Okabe and Ito (2008) for colour-blind readers.
        baseline, bad: Colours of the baseline and of failures.
        width, height: Of the plot, without axes and text.
        tips: Whether marks have tooltips.
    """

    paper: str
    ink: str
    muted: str
    line: str
    series: tuple[str, ...]
    baseline: str
    bad: str
    width: int = 600
    height: int = 300
    tips: bool = False

    def config(self) -> dict[str, Any]:
        """Returns it as the `config` of a Vega-Lite chart."""
        words = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": self.ink}
        lines = {"labelColor": self.muted, "domainColor": self.muted, "tickColor": self.muted, "gridColor": self.line}
        title: dict[str, Any] = {"color": self.ink, "subtitleColor": self.muted, "fontSize": 16, "subtitleFontSize": 12}
        return {
            "background": self.paper,
            "font": FONT,
            "padding": 12,
            "axis": {**words, **lines, "titlePadding": 8, "labelOverlap": True},
            "axisX": {"grid": False, "labelFlush": False, "labelSeparation": 4},
            "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
            "legend": {**words, "labelColor": self.ink, "orient": "top", "symbolStrokeWidth": 2, "symbolOpacity": 1},
            "title": title | {"anchor": "start", "subtitlePadding": 4, "offset": 12, "subtitleLineHeight": 16},
            "view": {"stroke": None},
        }


LIGHT = Look(
    paper="#ffffff",
    ink="#1b1f24",
    muted="#59636e",
    line="#e6e8eb",
    series=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"),
    baseline="#59636e",
    bad="#d55e00",
)
DARK = Look(
    paper="#14171c",
    ink="#e8eaed",
    muted="#9aa4b0",
    line="#2a2f37",
    series=("#56b4e9", "#ffb954", "#1fae85", "#e39ac4", "#f0e442", "#ff8a4c"),
    baseline="#9aa4b0",
    bad="#ff8a4c",
)
THEMES = {"light": LIGHT, "dark": DARK}
