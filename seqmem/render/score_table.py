"""Scores of the replicates beside the baseline, and beside the best that their recipe allows."""

from __future__ import annotations

from rich.text import Text

from seqmem.render.headline import median
from seqmem.results.run import RunResult
from seqmem.terminal.console import Page
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import shown_score

ROWS = (
    ("recall accuracy", "recall_accuracy"),
    ("recall loss, nats", "recall_loss"),
    ("accuracy at all steps", "accuracy"),
    ("loss at all steps, nats", "loss"),
)
SAME = 5e-7  # scores this close are the same number with another rounding


def score_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns a row for each score: the network's or its median over replicates, its range, and its bounds.

    Below a recall score stands what one predictor gets that is as blind as the bound but trained at all steps, where
    that is another number: a bound is the best for one score alone. Scores at steps that were not trained are left
    out.
    """
    recall_only = result.config.loss_at == "recall"
    spread = [Column("range", "left", rank=2, style="muted")] if len(result.replicates) > 1 else []
    columns = [Column(align="left"), Column("median" if spread else "network"), *spread]
    columns += [Column("baseline", style="baseline")]
    # what no network of this recipe can pass, where that is less than everything
    columns += [Column("recipe limit", rank=1, style="baseline")] if result.recipe_limit else []
    bounds = [bound for bound in (result.baseline, result.recipe_limit) if bound]
    rows: list[list[Cell]] = []
    for label, name in ROWS[:2] if recall_only else ROWS:
        values = [value for one in result.replicates if (value := getattr(one.metrics, name)) is not None]
        if not values:
            continue
        span = [f"{shown_score(min(values))} to {shown_score(max(values))}"] if spread else []
        best = [getattr(bound, name) for bound in bounds]
        trained = [getattr(bound, f"trained_{name}", None) for bound in bounds]
        network = (shown_score(median(result, name)), _style(result, name))
        rows.append([label, network, *span, *map(shown_score, best)])
        pairs = zip(best, trained, strict=True)
        if not recall_only and any(one is not None and a is not None and abs(one - a) >= SAME for a, one in pairs):
            rows.append([("  trained at all steps", "muted"), *[""] * len(["", *spread]), *map(shown_score, trained)])
    return table(columns, rows, page, indent=3)


def _style(result: RunResult, name: str) -> str:
    """Green where the network is beyond the baseline, and for recall only where that is evidence of memory."""
    value, bound = median(result, name), getattr(result.baseline, name)
    if value is None or bound is None:
        return ""
    if name.startswith("recall") and 2 * result.summary.remember <= len(result.replicates):
        return ""
    return "right" if (value > bound if "accuracy" in name else value < bound) else ""
