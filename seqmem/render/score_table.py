"""Scores of the replicates beside the baseline, and beside the best that their recipe allows."""

from __future__ import annotations

from rich.text import Text

from seqmem.judge.baseline import Baseline
from seqmem.render.headline import median
from seqmem.results.run import RunResult
from seqmem.terminal.wording import shown_score

LABEL_WIDTH = 25
LIMIT_WIDTH = 14
LIMIT_FROM = 66  # columns of the terminal
ROWS = (
    ("recall accuracy", "recall_accuracy"),
    ("recall loss, nats", "recall_loss"),
    ("accuracy at all steps", "accuracy"),
    ("loss at all steps, nats", "loss"),
)
SAME = 5e-7  # scores this close are the same number with another rounding


def score_lines(result: RunResult, width: int) -> list[Text]:
    """Returns a row for each score: the network's or its median over replicates, its range, and its bounds.

    Below a recall score stands what one predictor gets that is as blind as the bound but trained at all steps, where
    that is another number: a bound is the best for one score alone. Scores at steps that were not trained are left
    out.
    """
    many = len(result.replicates) > 1
    # what no network of this recipe can pass, where that is less than everything
    limit = result.recipe_limit if width >= LIMIT_FROM else None
    spread = many and width >= 70 + (LIMIT_WIDTH if limit else 0)
    head = "   " + " " * LABEL_WIDTH + ("median" if many else "network").rjust(9)
    head += " " * 4 + ("range".ljust(18) if spread else "") + "baseline".rjust(9)
    head += "recipe limit".rjust(LIMIT_WIDTH) if limit else ""
    lines = [Text(head, "label", no_wrap=True)]
    for label, name in ROWS if result.config.loss_at != "recall" else ROWS[:2]:
        values = [value for one in result.replicates if (value := getattr(one.metrics, name)) is not None]
        if values:
            span = f"{shown_score(min(values))} to {shown_score(max(values))}" if spread else ""
            network = shown_score(median(result, name))
            bounds = [getattr(bound, name) for bound in (result.baseline, limit) if bound]
            line = _row(label, span.ljust(18) if spread else "", bounds, network, _style(result, name))
            lines += [line, *_trained_row(result, name, limit, spread)]
    return lines


def _trained_row(result: RunResult, name: str, limit: Baseline | None, spread: bool) -> list[Text]:
    """What one predictor trained at all steps gets of a recall score, where it misses a bound."""
    bounds = [bound for bound in (result.baseline, limit) if bound]
    pairs = [(getattr(bound, name), getattr(bound, f"trained_{name}", None)) for bound in bounds]
    if result.config.loss_at == "recall":
        return []
    if all(one is None or best is None or abs(one - best) < SAME for best, one in pairs):
        return []
    return [_row("  trained at all steps", " " * 18 if spread else "", [one for _, one in pairs])]


def _row(label: str, span: str, bounds: list[float | None], value: str = "", style: str = "") -> Text:
    line = Text(f"   {label.ljust(LABEL_WIDTH)}", "" if value else "muted", no_wrap=True)
    line.append(value.rjust(9), style).append(f"    {span}", "muted")
    for index, bound in enumerate(bounds):
        line.append(shown_score(bound).rjust(LIMIT_WIDTH if index else 9), "baseline")
    return line


def _style(result: RunResult, name: str) -> str:
    """Green where the network is beyond the baseline, and for recall only where that is evidence of memory."""
    value, bound = median(result, name), getattr(result.baseline, name)
    if value is None or bound is None:
        return ""
    if name.startswith("recall") and 2 * result.summary.remember <= len(result.replicates):
        return ""
    return "right" if (value > bound if "accuracy" in name else value < bound) else ""
