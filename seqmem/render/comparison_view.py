"""Runs side by side, one column each, and their differences."""

from __future__ import annotations

import string

from rich.text import Text

from seqmem.config.axis import shown_value
from seqmem.render.columns import remarks, shown_cells
from seqmem.results.columns import SHOWN, outcome_row
from seqmem.results.comparison import LEVEL, Comparison, Difference
from seqmem.results.run import RunResult
from seqmem.terminal.console import Page, view, wrap
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_count, shown_symbol

OUTCOMES = [column for column in SHOWN if column.tried is not None and column.tried <= 6]
LONGEST_VALUE = 24
FEW = 5  # replicates, of which nothing can be said for sure


@view
def draw_comparison(page: Page, comparison: Comparison) -> list[Text]:
    """Draws settings that differ, outcomes and differences."""
    runs, glyphs = comparison.runs, page.glyphs
    rows: list[list[Cell]] = [["run", *(shown_symbol(run.path, 200, glyphs) for run in runs)]]
    for name, values in comparison.settings.items():
        rows.append([name.replace("_", " "), *(_value(value, glyphs) for value in values)])
    if not comparison.settings:
        rows.append([("settings", "label"), *[("the same", "muted")] * len(runs)])
    outcomes = [outcome_row(run.summary) for run in runs]
    cells = [shown_cells(OUTCOMES, row, glyphs) for row in outcomes]
    figures: list[list[Cell]] = [[column.title, *(row[at] for row in cells)] for at, column in enumerate(OUTCOMES)]
    figures += [["median of all", *map(_median, runs)], ["not solved", *(_censored(run, glyphs) for run in runs)]]
    # paths and settings may be cut, outcomes may not
    least = [max(Text.assemble(row[at]).cell_len for row in figures) for at in range(1, len(runs) + 1)]
    columns = [Column("", "left", style="label")]
    # the first two always; of the others as many as there is room for
    columns += [
        Column(_label(at), "left", rank=max(0, at - 1), least=least[at], keeps_ends=True) for at in range(len(runs))
    ]
    lines = table(columns, rows + figures, page)
    shown = {word for line in lines for word in line.plain.split()[:1]} | {*lines[0].plain.split()}
    if missing := [_label(at) for at in range(len(runs)) if _label(at) not in shown]:
        lines += wrap(Text(f"{glyphs.ellipsis} {', '.join(missing)}: in a wider window", "muted"), page.width, 1, 3)
    lines.append(Text())
    for at, difference in enumerate(comparison.differences, 1):
        lines += _difference_lines(difference, at, comparison, page)
    words = [*_notes(comparison), *remarks(outcomes, glyphs)]
    return [*lines, *(line for text in words for line in wrap(Text(text, "muted"), page.width, 1, 1))]


def _value(value: object, glyphs: Glyphs) -> str:
    return "-" if value is None else shown_symbol(shown_value(value), LONGEST_VALUE, glyphs)


def _label(at: int) -> str:
    letters = string.ascii_uppercase
    return letters[at] if at < len(letters) else str(at + 1)


def _median(run: RunResult) -> str:
    """The Kaplan-Meier median: of all replicates, those not solved counted as beyond the budget."""
    median = run.summary.median_presentations
    return f"> {shown_count(run.config.budget)}" if median is None else shown_count(median)


def _censored(run: RunResult, glyphs: Glyphs) -> str:
    missing = run.summary.replicates - (run.summary.solved or 0)
    return f"{missing} within {shown_count(run.config.budget)}" if missing else "-"


def _difference_lines(difference: Difference | None, at: int, comparison: Comparison, page: Page) -> list[Text]:
    pair = f"{_label(at)} and {_label(0)}"
    if difference is None:
        return wrap(Text(f"{pair}: nothing to remember in one of them", "nothing_to_remember"), page.width, 1, 3)
    sign, style = (page.glyphs.right, "solved") if difference.different else (page.glyphs.open, "title")
    verdict = f"{pair} are different" if difference.different else f"{pair}: no difference shown"
    lines = wrap(Text.assemble((sign, style), " ", (verdict, style)), page.width, 1, 3)
    low, high = difference.interval
    rate = (
        f"success rate of {_label(at)} less that of {_label(0)}: {difference.rate:+.2f}, 95 % interval {low:+.2f} to "
        f"{high:+.2f}, p = {_p(difference.rate_p)}{_called(difference.rates_differ)}"
    )
    budget = min(comparison.runs[0].config.budget, comparison.runs[at].config.budget)
    time = (
        f"{_label(at)} solved sooner than {_label(0)} in {100 * difference.sooner:.0f} % of pairs of replicates within "
        f"{shown_count(budget)} presentations, p = {_p(difference.sooner_p)}{_called(difference.times_differ)}"
    )
    return lines + [line for text in (rate, time) for line in wrap(f"{page.glyphs.bullet} {text}", page.width, 3, 5)]


def _called(differs: bool) -> str:
    return ": different" if differs else ""


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.0e}"


def _notes(comparison: Comparison) -> list[str]:
    """Notes on the tests, and on reasons why they may mislead."""
    differences = [difference for difference in comparison.differences if difference is not None]
    if not differences:
        return []
    notes = [
        "interval of Newcombe; tests of Fisher (rates) and of Mann and Whitney (presentations, ties counting half)",
        f"different below p = {differences[0].threshold:.3g}: so at most {100 * LEVEL:.0f} % of runs that differ in "
        "their seeds alone are called different",
    ]
    if any(not a.interval[0] <= 0 <= a.interval[1] and not a.rates_differ for a in differences):
        notes.append("an interval without 0 is not enough: each pair is asked two questions, which share the 5 %")
    if "criterion" in comparison.settings:
        notes.append("solved means something else in each: their criteria differ")
    if comparison.same_replicates:
        notes.append("the same settings and some of the same seeds: replicates are counted twice")
    fewest = min(run.summary.replicates for run in comparison.runs)
    if fewest < FEW:
        notes.append(f"{plural(fewest, 'replicate')} can show no difference: train with --replicates 20")
    return notes
