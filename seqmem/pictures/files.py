"""A chart as the content of a file: picture, page."""

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

PIXELS = 2.0  # of a PNG for each of the chart: sharp on paper and on dense screens


def chart_content(result: Result, format: str, name: str | None, look: Look) -> bytes:
    """Draws a chart of a result as the content of a file.

    Args:
        result: What is drawn.
        format: One of `PICTURES`, the kind of file.
        name: One of `seqmem.pictures.chart.CHARTS`; None takes the first that the result has.
        look: Colours and size.

    Raises:
        UsageError: If the result has no such chart, or the extra `pictures` is not installed.
    """
    chart = draw_chart(result, name, dataclasses.replace(look, tips=format == "html"))
    return WRITERS[format](chart)


def svg_of(spec: dict[str, Any]) -> str:
    """Returns a chart as SVG; what it shows is said in one sentence to those who do not see it."""
    # the marks are too many to be read out one by one
    spec["config"]["aria"] = False
    picture: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return picture.replace("<svg ", f'<svg role="img" aria-label="{html.escape(spec["description"])}" ', 1)


def _page(chart: Chart) -> str:
    """A page of its own with tool tips; what draws it is inside."""
    spec, library = chart.to_dict(), vl_convert.javascript_bundle()
    return filled("chart.html", title=spec["title"]["text"], spec=spec, library=library)


WRITERS: dict[str, Callable[[Chart], bytes]] = {
    "png": lambda chart: bytes(vl_convert.vegalite_to_png(chart.to_dict(), scale=PIXELS, allowed_base_urls=[])),
    "svg": lambda chart: svg_of(chart.to_dict()).encode(),
    "pdf": lambda chart: bytes(vl_convert.vegalite_to_pdf(chart.to_dict(), allowed_base_urls=[])),
    "html": lambda chart: _page(chart).encode(),
}
PICTURES = tuple(WRITERS)
