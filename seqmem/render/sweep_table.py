"""The trials of a sweep as a table, the best first."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from seqmem.config.axis import shown_value, shown_values
from seqmem.config.rank import MEASURES
from seqmem.render.columns import remarks, shown_cells, shown_columns
from seqmem.render.verdict_words import false_claims
from seqmem.results.columns import ShownColumn, outcome_row, trial_ranks
from seqmem.results.summary import SPREADS
from seqmem.results.sweep import SweepResult, Trial, ranked
from seqmem.terminal.console import Page, wrap
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_score, shown_symbol

MOST_ROWS = 40
MOST_REASONS = 10


def trial_lines(sweep: SweepResult, page: Page) -> list[Text]:
    """Returns headings and a line for each trial, without missing ones, which are counted."""
    trials = ranked(sweep.trials, sweep.rank)
    shown = [trial for trial in trials if trial.status != "missing"]
    left_out = shown[MOST_ROWS:]
    ranks = trial_ranks(sweep.rank)
    columns = [*(Column(axis.name) for axis in sweep.axes), *shown_columns(ranks)]
    rows = [trial_cells(trial, ranks, page.glyphs) for trial in shown[:MOST_ROWS]]
    lines = table(columns, rows, page)
    rest = [f"{plural(len(left_out), 'more trial')}"] if left_out else []
    missing = sweep.counts["missing"]
    rest += [f"{plural(missing, 'trial')} still missing"] if missing else []
    if rest:
        lines.append(Text(f" {page.glyphs.ellipsis} {', '.join(rest)}", "muted"))
    remarks = trial_remarks(sweep, page.glyphs)
    return [*lines, *(line for words in remarks for line in wrap(Text(words, "muted"), page.width, 1, 1))]


def trial_cells(trial: Trial, columns: Iterable[ShownColumn], glyphs: Glyphs) -> list[Cell]:
    """Returns the values of a trial and its outcome, or its status if there is no result."""
    cells: list[Cell] = [shown_symbol(shown_value(value), 16, glyphs) for value in trial.values.values()]
    if result := trial.result:
        return cells + shown_cells(columns, outcome_row(result), glyphs)
    if trial.status == "failed":
        # the reason is below the table, in full
        return [*cells, ("failed", "wrong")]
    return [*cells, (f"{trial.status}  {shown_symbol(trial.reason, 200, glyphs)}".rstrip(), "muted")]


def trial_remarks(sweep: SweepResult, glyphs: Glyphs) -> list[str]:
    """Returns the order of the trials, the expected number of false verdicts, and the meaning of glyphs."""
    results = [trial.result for trial in sweep.trials if trial.result]
    judged = [summary for summary in results if summary.baseline.recall_accuracy is not None]
    words = [_order(sweep)]
    words += [f"by chance, {false_claims(len(judged))} would be called 'remembers'"] if judged else []
    if any(summary.verdict == "memoryless" and summary.remember for summary in judged):
        words.append("memoryless, with one that remembers: chance explains that among as many replicates")
    return words + remarks(map(outcome_row, results), glyphs)


def failure_lines(sweep: SweepResult, page: Page) -> list[Text]:
    """Returns why trials failed, in full."""
    failed = [trial for trial in sweep.trials if trial.status == "failed"]
    lines = []
    for trial in failed[:MOST_REASONS]:
        words = shown_symbol(f"{shown_values(trial.values)}: {trial.reason}", 1000, page.glyphs)
        lines += wrap(Text.assemble(("failed: ", "wrong"), words), page.width, 1, 9)
    if len(failed) > MOST_REASONS:
        lines.append(Text(f" and {plural(len(failed) - MOST_REASONS, 'more failure')}", "muted"))
    return [Text(), *lines] if lines else []


def _order(sweep: SweepResult) -> str:
    """The column that rows are sorted by, with its baseline if that is the same for all."""
    name = sweep.rank.replace("_", " ")
    if sweep.rank not in MEASURES:
        return f"in the order of {name}"
    if sweep.rank not in SPREADS:
        return f"best {name} first"
    baselines = {getattr(trial.result.baseline, sweep.rank) for trial in sweep.trials if trial.result}
    baseline = f" (baseline {shown_score(baselines.pop(), 4)})" if len(baselines) == 1 else ""
    return f"best {name} first{baseline}"
