"""A sweep: a table of trials, a curve over one axis or a map over two."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from seqmem.charts.curve import Level, Series, curve
from seqmem.charts.heat_map import heat_map
from seqmem.config.axis import Axis, shown_value, shown_values
from seqmem.config.decisions import essential_settings
from seqmem.config.rank import SHARES, measure_of
from seqmem.render.header import LABEL_WIDTH, LOSS_WORDS, dotted, labelled
from seqmem.render.sweep_table import failure_lines, trial_lines
from seqmem.render.verdict_view import command_lines
from seqmem.results.summary import RunSummary
from seqmem.results.sweep import SweepResult, ranked
from seqmem.terminal.console import Page, view, wrap
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_count, shown_score

PLOT_HEIGHT = 12


@view
def draw_sweep(page: Page, sweep: SweepResult) -> list[Text]:
    """Draws a sweep, complete or in part."""
    axes = f" {page.glyphs.times} ".join(f"{axis.name} ({_values(axis)})" for axis in sweep.axes)
    lines = wrap(Text.assemble(("Sweep ", "title"), axes), page.width, 1, 3)
    lines += wrap(Text(count_words(sweep), "muted"), page.width, 1, 1)
    words = fixed_words(sweep.base, sweep.decided, [axis.name for axis in sweep.axes])
    lines += [*labelled("fixed", dotted(words, page.width - LABEL_WIDTH - 1, page)), Text()]
    lines += [*trial_lines(sweep, page), *failure_lines(sweep, page)]
    drawing = _drawing(sweep, page) if any(trial.result for trial in sweep.trials) else []
    lines += [Text(), *drawing] if drawing else []
    if sweep.importances:
        lines += [Text(), *_importance_lines(sweep, page)]
    commands = sweep_commands(sweep)
    lines += [Text()] if commands else []
    for command, why in commands:
        lines += [Text(f" {why}", "muted"), *command_lines(command, page.width)]
    return lines


def fixed_words(base: Mapping[str, Any], decided: Mapping[str, Any], varied: Sequence[str]) -> list[str]:
    """Returns as phrases what all trials share: network, replicates, given settings, and those decided by rules."""
    fixed = {name: value for name, value in (essential_settings() | dict(base)).items() if name not in varied}
    words = ["sequences of your own"] if fixed.pop("sequences", None) else []
    cell, units, replicates = (fixed.pop(name, None) for name in ("cell", "units", "replicates"))
    words += [f"{cell} {units}" if cell and units else cell or plural(units, "unit")] if cell or units else []
    words += [shown_values({name: value}) for name, value in fixed.items()]
    words += [plural(replicates, "replicate")] if replicates else []
    shown = {
        "head": lambda head: f"{head} head",
        "init": lambda init: f"{init} start" if init else "chrono start where a gate holds the state",
        "loss_at": lambda steps: LOSS_WORDS[steps],
        "alphabet_size": lambda size: plural(size, "symbol"),
        "epochs": lambda epochs: plural(epochs, "epoch"),
    }
    return words + [word(decided[name]) for name, word in shown.items() if name in decided]


def sweep_commands(sweep: SweepResult) -> list[tuple[str, str]]:
    """Returns the next commands with their reasons: for missing trials, else for the best and the worst trial."""
    if sweep.path is None:
        return []
    if sweep.counts["complete"] + sweep.counts["pruned"] < sweep.total:
        return [(f"seqmem sweep --resume {shlex.quote(str(sweep.path))}", "run what is missing or failed:")]
    done = [trial for trial in ranked(sweep.trials, measure_of(sweep.rank)) if trial.result]
    ends = zip(("best", "worst"), done[:1] + done[1:][-1:], strict=False)
    return [(f"seqmem show {shlex.quote(str(sweep.path_of(trial)))}", f"the {name} trial:") for name, trial in ends]


def count_words(sweep: SweepResult) -> str:
    """Returns the number of trials by status."""
    counts = sweep.counts
    others = [name for name in ("pruned", "failed", "running", "missing") if counts[name]]
    complete = f"{shown_count(counts['complete'])} of {plural(sweep.total, 'trial')} complete"
    return ", ".join([complete, *(f"{shown_count(counts[name])} {name}" for name in others)])


def _values(axis: Axis) -> str:
    text = str(axis).partition("=")[2].replace(",", " ")
    return text if len(text) <= 32 else f"{text.split(' ')[0]} to {text.split(' ')[-1]}"


def _drawing(sweep: SweepResult, page: Page) -> list[Text]:
    """A curve over one axis, or a heat map over two; nothing for other sweeps."""
    varied = sweep.varied_axes
    if len(varied) == 1:
        return _curve_lines(sweep, varied[0], page)
    if len(varied) == 2 and not any(axis.continuous for axis in varied):
        return _heat_lines(sweep, varied, page)
    return []


def _curve_lines(sweep: SweepResult, axis: Axis, page: Page) -> list[Text]:
    """Success rate with its interval and recall accuracy with its range over the axis, the baseline as a line."""
    done = [trial for trial in sweep.trials if trial.result is not None]
    numeric = all(isinstance(trial.values[axis.name], (int, float)) for trial in done)
    points: list[tuple[float, RunSummary | None]] = []
    for trial in done:
        value = trial.values[axis.name]
        points.append((float(value if numeric else axis.values.index(value) + 1), trial.result))
    points.sort(key=lambda point: point[0])
    if not numeric:
        # words have no order, so points are not joined: an empty point between two breaks the line
        points = [point for x, result in points for point in ((x, result), (x + 0.5, None))][:-1]
    name = axis.name.replace("_", " ")
    if not numeric:
        name += ": " + ", ".join(f"{index} {shown_value(value)}" for index, value in enumerate(axis.values, 1))
    drawn = curve(
        *_lines_of(points),
        width=page.width,
        height=PLOT_HEIGHT,
        x_name=name,
        log_x=None if numeric else False,
        log_y=False,
        y_range=(0.0, 1.0),
        glyphs=page.glyphs,
    )
    return [drawn]


def _lines_of(points: list[tuple[float, RunSummary | None]]) -> tuple[list[Series], list[Level]]:
    """The series and levels of a curve; a result of None is a break."""
    xs = [x for x, _ in points]
    results = [result for _, result in points]
    rates = [(row.success_rate, *(row.interval or (None, None))) if row else () for row in results]
    series = [Series.spread_over("success rate", xs, rates, "95 % interval", marked=True)]
    spreads = [row.spreads["recall_accuracy"] if row else None for row in results]
    if not any(spreads):
        return series, []
    recall = [(spread.median, spread.low, spread.high) if spread else () for spread in spreads]
    series.append(Series.spread_over("recall accuracy (median)", xs, recall, "all replicates", marked=True))
    baselines = [result.baseline.recall_accuracy if result else None for result in results]
    levels = {value for value in baselines if value is not None}
    if len(levels) == 1:
        return series, [Level("baseline of recall", levels.pop())]
    return [*series, Series("baseline of recall", xs, baselines, style="baseline")], []


def _heat_lines(sweep: SweepResult, axes: list[Axis], page: Page) -> list[Text]:
    """The measure that trials are ranked by, over two axes."""
    rows, columns = axes
    name = measure_of(sweep.rank)
    values: list[list[float | None]] = [[None] * len(columns.values) for _ in rows.values]
    for trial in sweep.trials:
        if trial.result:
            row, column = (axis.values.index(trial.values[axis.name]) for axis in axes)
            values[row][column] = trial.measure(name)
    # shares use the whole scale, so that sweeps can be compared
    finite = [value for row in values for value in row if value is not None]
    low, high = (0.0, 1.0) if name in SHARES or not finite else (min(finite), max(finite))
    title = Text(f" {name.replace('_', ' ')}", "title")
    baselines = {trial.result.baseline.recall_accuracy for trial in sweep.trials if trial.result}
    if name == "recall_accuracy" and len(baselines) == 1:
        title.append(f" (baseline {shown_score(baselines.pop())})", "muted")
    drawn = heat_map(
        values,
        [shown_value(value) for value in rows.values],
        [shown_value(value) for value in columns.values],
        row_title=rows.name,
        column_title=columns.name,
        low=low,
        high=high,
        width=page.width,
        digits=0 if name == "presentations_to_success" else 2,
        glyphs=page.glyphs,
        colour=page.colour,
    )
    return [title, drawn]


def _importance_lines(sweep: SweepResult, page: Page) -> list[Text]:
    """A bar for the share of each axis."""
    room = max(10, min(40, page.width - 32))
    rows: list[list[Cell]] = []
    for name, share in sweep.importances.items():
        full = round(room * share)
        bar = Text.assemble((page.glyphs.full * full, "bar.done"), (page.glyphs.empty * (room - full), "bar.left"))
        rows.append([name, bar, f"{share:4.0%}"])
    title = Text(f" What {sweep.rank.replace('_', ' ')} depends on", "title")
    return [title, *table([Column(style="label"), Column(), Column()], rows, page, gap=1)]
