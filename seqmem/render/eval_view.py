"""A stored run judged again: other gaps, free running, states."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from seqmem.charts.curve import Level, Series, curve
from seqmem.render.header import header_lines
from seqmem.render.predictions import prediction_lines
from seqmem.render.run_view import replicate_lines
from seqmem.render.states_view import states_lines
from seqmem.render.verdict_view import model_lines, other_lines, verdict_lines
from seqmem.results.evaluation import EvalResult, FreeRun, GapResult
from seqmem.terminal.console import Page, view, wrap
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import shown_score, shown_symbol

COLUMNS = (
    *(Column("gap"), Column("baseline", style="baseline"), Column("recall accuracy"), Column("remembers")),
    *(Column("among the cues", rank=1), Column("recall loss", rank=2)),
)
RULE = "remembers: p < 0.001 / (gaps x replicates), or a recall loss below 0.9 of the baseline's"


@view
def draw_eval(page: Page, result: EvalResult) -> list[Text]:
    """Draws an evaluation: predictions, gaps, free runs, states, verdict."""
    head = header_lines(page, result.run.config, model=result.model)
    lines = [*head, Text(), *prediction_lines(result.run, page)]
    if result.model:
        return [*lines, *replicate_lines(result.run, page), *model_lines(result.run, page)]
    if result.gaps:
        lines += [*gap_lines(result.gaps, page), Text()]
    if result.free_runs:
        lines += [*free_run_lines(result.free_runs, page), Text()]
    if result.states:
        lines += [*states_lines(result.states, page), Text()]
    return [*lines, *(verdict_lines(result.run, page) if result.own_task else other_lines(result.run, page))]


def gap_lines(gaps: Sequence[GapResult], page: Page) -> list[Text]:
    """Returns recall over gaps as a table, and from three gaps on as a curve too."""
    several = any(len(gap.recall_accuracy) > 1 for gap in gaps)
    rows = [gap_cells(gap, page.glyphs) for gap in gaps]
    lines = [*table(COLUMNS, rows, page), *wrap(Text(RULE, "muted"), page.width, 1, 3)]
    return lines if len(gaps) < 3 else [*lines, Text(), _gap_curve(gaps, several, page)]


def gap_cells(gap: GapResult, glyphs: Glyphs) -> list[Cell]:
    """Returns the row of a gap under `COLUMNS`."""
    share = sum(gap.remembers) / len(gap.remembers)
    mark = "right" if share == 1 else "near" if share else "wrong"
    return [
        f"trained {gap.gap}" if gap.trained else str(gap.gap),
        shown_score(gap.baseline),
        _with_span(gap.recall_accuracy),
        (f"{_remembers(gap)} {getattr(glyphs, mark)}", mark),
        *(shown_score(statistics.median(values)) for values in (gap.cue_accuracy, gap.recall_loss)),
    ]


def _remembers(gap: GapResult) -> str:
    if len(gap.remembers) == 1:
        return "yes" if gap.remembers[0] else "no"
    return f"{sum(gap.remembers)} of {len(gap.remembers)}"


def _with_span(values: Sequence[float]) -> str:
    span = f" ({shown_score(min(values), 2)} to {shown_score(max(values), 2)})" if len(values) > 1 else ""
    return shown_score(statistics.median(values)) + span


def _gap_curve(gaps: Sequence[GapResult], several: bool, page: Page) -> Text:
    x = [gap.gap for gap in gaps]
    rows = [(statistics.median(values), min(values), max(values)) for values in (gap.recall_accuracy for gap in gaps)]
    recall = Series.spread_over("recall accuracy", x, rows, "lowest to highest replicate", marked=True)
    recall = recall if several else dataclasses.replace(recall, low=None, high=None)
    cues = Series("among the cues", x, [statistics.median(gap.cue_accuracy) for gap in gaps], marked=True)
    baselines = [gap.baseline for gap in gaps]
    series, levels = [cues, recall], [Level(f"baseline {shown_score(max(baselines))}", max(baselines))]
    # a level line if the baseline is the same for all gaps, else a curve
    if max(baselines) - min(baselines) >= 0.01:
        series, levels = [*series, Series("baseline", x, baselines, marked=True, style="baseline")], []
    return curve(
        series,
        levels,
        width=page.width,
        height=11,
        x_name="gap",
        log_x=None,
        log_y=False,
        y_range=(0.0, 1.0),
        glyphs=page.glyphs,
    )


def free_run_lines(runs: Sequence[FreeRun], page: Page) -> list[Text]:
    """Returns each free run above the continuation in the task, with wrong symbols marked below."""
    lines = [Text(" going on by itself: each prediction is the next input", "title"), Text()]
    several = len({run.replicate for run in runs}) > 1
    for run in runs:
        if several:
            lines.append(Text(f"   replicate {run.replicate}", "label"))
        lines += [*_free_run(run, page), Text()]
    return lines[:-1]


def _free_run(run: FreeRun, page: Page) -> list[Text]:
    glyphs = page.glyphs
    cell = max(cell_len(_shown(symbol, page)) for row in (run.prompt, run.generated, run.expected) for symbol in row)
    fitting = max(2, (page.width - 16) // (cell + 1) - len(run.prompt) - 1)
    # one of the two may be shorter
    steps = list(itertools.zip_longest(run.generated, run.expected))[:fitting]
    marks = ["muted" if None in step else "right" if step[0] == step[1] else "wrong" for step in steps]
    before = [""] * (len(run.prompt) + 1)
    more = (glyphs.ellipsis, "muted") if len(run.generated) > fitting else ""
    network: list[Cell] = [(_shown(symbol, page), mark) for (symbol, _), mark in zip(steps, marks, strict=True)]
    rows: list[list[Cell]] = [
        ["network", *((_shown(symbol, page), "cue") for symbol in run.prompt), glyphs.arrow, *network, more],
        ["expected", *before, *((_shown(symbol, page), "muted") for _, symbol in steps), ""],
        ["", *before, *((getattr(glyphs, mark, ""), mark) for mark in marks), ""],
    ]
    columns = [Column(align="left", width=9, style="label"), *[Column(width=cell)] * (len(rows[0]) - 1)]
    return table(columns, rows, page, indent=3, gap=1)


def _shown(symbol: object, page: Page) -> str:
    return "" if symbol is None else shown_symbol(symbol, 12, page.glyphs)
