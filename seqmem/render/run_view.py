"""A run drawn from its result: header, loss curve, prediction tables, replicates, verdict."""

from __future__ import annotations

from pathlib import PurePath

from rich.console import RenderableType
from rich.text import Text

from seqmem.render.eval_view import draw_eval
from seqmem.render.header import draw_header, header_lines
from seqmem.render.loss_curve import draw_loss
from seqmem.render.page import Page, View, stack
from seqmem.render.replicate_table import replicate_lines
from seqmem.render.shown_predictions import prediction_lines
from seqmem.render.verdict import verdict_lines
from seqmem.results import RunResult

__all__ = ["draw_eval", "draw_header", "draw_run"]


def draw_run(result: RunResult, run: PurePath | None = None) -> RenderableType:
    """Draws everything that a run found, at the width and in the signs of the console it is printed on.

    Args:
        result: What it found.
        run: Its directory, where it is known, for the commands that are suggested at the end.
    """
    return View(lambda page: stack(run_lines(result, page, run)))


def run_lines(result: RunResult, page: Page, run: PurePath | None = None) -> list[Text]:
    """Returns the lines of `draw_run`."""
    lines = [*header_lines(result.config, page), Text()]
    if result.history:
        lines += [draw_loss(result.history, result.baseline, 0, page), Text()]
    lines += prediction_lines(result, page)
    replicates = replicate_lines(result, page)
    return [*lines, *replicates, *([Text()] if replicates else []), *verdict_lines(result, page, run)]
