"""Scores of the replicates, with the baseline and the recipe limit."""

from __future__ import annotations

from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.results.findings import loss_unit, scores
from seqmem.results.run import RunResult
from seqmem.terminal.console import Page
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import shown_score

LABELS = {
    "recall_accuracy": "recall accuracy",
    "recall_loss": "recall loss, {unit}",
    "accuracy": "accuracy at all steps",
    "loss": "loss at all steps, {unit}",
}


def score_label(name: str, config: RunConfig) -> str:
    """Returns what a score is called, with the unit of a loss."""
    return LABELS[name].format(unit=loss_unit(config))


def score_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns a row for each score: its value or median over replicates, its range, and its bounds."""
    several = len(result.replicates) > 1
    columns = [Column(align="left"), Column("median" if several else "network")]
    columns += [Column("range", "left", rank=2, style="muted")] if several else []
    columns += [Column("baseline", style="baseline")]
    columns += [Column("recipe limit", rank=1, style="baseline")] if result.recipe_limit else []
    rows: list[list[Cell]] = []
    for score in scores(result):
        spread = score.spread
        median = (shown_score(spread.median if spread else None), "right" if score.beyond else "")
        span = f"{shown_score(spread.low)} to {shown_score(spread.high)}" if spread else "-"
        label = score_label(score.name, result.config)
        rows.append([label, median, *([span] if several else []), *map(shown_score, score.bounds)])
        if score.trained:
            blanks = ["", ""] if several else [""]
            rows.append([("  trained at all steps", "muted"), *blanks, *map(shown_score, score.trained)])
    return table(columns, rows, page, indent=3)
