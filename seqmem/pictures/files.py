"""A chart as the content of a file: a picture or a page."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable
from typing import Any

from seqmem.backend.extras import vl_convert
from seqmem.pictures.chart import Result, draw_chart
from seqmem.pictures.look import Look
from seqmem.pictures.parts import Chart
from seqmem.pictures.template import filled

PIXELS = 2.0  # of a PNG per pixel of the chart, so that it is sharp on paper and on dense screens


def chart_content(result: Result, format: str, name: str | None, look: Look) -> bytes:
    """Draws a chart of a result, by default the first, as the content of a file of one of the `PICTURES`.

    Raises:
        UsageError: If the result has no such chart, or the extra `pictures` is not installed.
    """
    chart = draw_chart(result, name, dataclasses.replace(look, tips=format == "html"))
    return WRITERS[format](chart)


def svg_of(spec: dict[str, Any]) -> str:
    """Returns a chart as SVG, with one sentence as its label for screen readers."""
    # no labels of single marks, which are too many
    spec["config"]["aria"] = False
    picture: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return picture.replace("<svg ", f'<svg role="img" aria-label="{html.escape(spec["description"])}" ', 1)


def _page(chart: Chart) -> str:
    """A page with tooltips, which contains its drawing library."""
    spec, library = chart.to_dict(), vl_convert.javascript_bundle()
    return filled("chart.html", title=spec["title"]["text"], spec=spec, library=library)


WRITERS: dict[str, Callable[[Chart], bytes]] = {
    "png": lambda chart: bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=PIXELS, allowed_base_urls=[])),
    "svg": lambda chart: svg_of(chart.to_dict()).encode(),
    "pdf": lambda chart: bytes(vl_convert.vegalite_to_pdf(chart.to_dict(), allowed_base_urls=[])),
    "html": lambda chart: _page(chart).encode(),
}
PICTURES = tuple(WRITERS)
