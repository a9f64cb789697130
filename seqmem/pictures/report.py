"""The report as one page: words, tables, charts; no script, no request."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from seqmem.pictures.chart import Result, charts_of, draw_chart
from seqmem.pictures.files import svg_of
from seqmem.pictures.look import DARK, LIGHT, Look
from seqmem.pictures.template import filled
from seqmem.results.report import Report
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult

# The page defines these colours, light or dark.
COLOURS = ("paper", "ink", "muted", "line", "baseline", "bad")
WIDE = Look(
    *("var(--paper)", "var(--ink)", "var(--muted)", "var(--line)"),
    series=tuple(f"var(--series-{index})" for index in range(len(LIGHT.series))),
    baseline="var(--baseline)",
    bad="var(--bad)",
    height=280,
)
NARROW = dataclasses.replace(WIDE, width=270, height=220)


@dataclasses.dataclass(frozen=True)
class Figure:
    """A chart in the page: title, explanation, and its SVG for a page and for a phone."""

    title: str
    words: str
    wide: str
    narrow: str


def report_page(report: Report, result: Result) -> str:
    """Returns a report with the charts of its result as one HTML page.

    Raises:
        UsageError: If the extra `pictures` is not installed.
    """
    figures = [_figure(result, name) for name in charts_of(result) if name != "success" or _has_success_rate(result)]
    return filled("report.html", report=report, figures=figures, light=_colours(LIGHT), dark=_colours(DARK))


def _has_success_rate(result: Result) -> bool:
    """Tells whether success has a course: of one replicate, or of none that is solved, the answer says it all."""
    if isinstance(result, SweepResult):
        return any(trial.result.solved for trial in result.trials if trial.result)
    return isinstance(result, RunResult) and bool(result.summary.solved) and len(result.replicates) > 1


def _figure(result: Result, name: str) -> Figure:
    wide, narrow = (draw_chart(result, name, look).to_dict() for look in (WIDE, NARROW))
    title = wide.pop("title")
    del narrow["title"]
    pictures = (_apart(svg_of(spec), f"{name}-{size}-") for size, spec in (("wide", wide), ("narrow", narrow)))
    return Figure(title["text"], " ".join(title["subtitle"]), *pictures)


def _apart(picture: str, prefix: str) -> str:
    """A picture whose ids of clips and gradients have a prefix, so that they are unique in the page."""
    return re.sub(r'(id="|url\(#)', rf"\g<1>{prefix}", picture)


def _colours(look: Look) -> dict[str, Any]:
    series = {f"series-{index}": colour for index, colour in enumerate(look.series)}
    return {name: getattr(look, name) for name in COLOURS} | series
