"""The loss over presentations, with the baseline that no network without memory goes below."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from rich.text import Text

from seqmem.charts.curve import Level, Series, curve
from seqmem.judge.baseline import Baseline
from seqmem.results.run import Record
from seqmem.terminal.console import Page
from seqmem.terminal.wording import shown_count, shown_score

QUARTILES_FROM = 8  # replicates: fewer show their whole range
MOST_RECORDS = 400


def draw_loss(history: Sequence[Record], baseline: Baseline | None, budget: int, page: Page, height: int = 10) -> Text:
    """Draws the median over replicates, their spread, and the baseline, which may be None.

    The loss is that of recall steps where the task has any: the one that needs memory, and the one that the verdict
    rests on. Otherwise it is the loss of all steps. A `budget` above 0 is the right end, while a run goes on.
    """
    records = thinned(history)
    recall = any(value is not None for record in records for value in record.recall_loss)
    least = None if baseline is None else baseline.recall_loss if recall else baseline.loss
    rows = [_known(record.recall_loss if recall else record.loss) for record in records]
    count = len(records[0].loss) if records else 0
    quartiles = count >= QUARTILES_FROM
    spreads = [_spread(row, quartiles) for row in rows]
    series = Series(
        name=f"median of {shown_count(count)}" if count > 1 else "this replicate",
        x=[record.presentations for record in records],
        y=[statistics.median(row) if row else None for row in rows],
        low=[low for low, _ in spreads] if count > 1 else None,
        high=[high for _, high in spreads] if count > 1 else None,
        spread="middle half" if quartiles else "lowest to highest",
    )
    last = budget or (records[-1].presentations if records else 1)
    return curve(
        [series],
        [Level(f"baseline {shown_score(least)}", least)] if least else [],
        width=page.width,
        height=height,
        x_name="presentations",
        y_name="recall loss, nats" if recall else "loss, nats",
        x_range=(0, last),
        glyphs=page.glyphs,
    )


def thinned(history: Sequence[Record]) -> Sequence[Record]:
    """Returns at most about 400 records, evenly chosen, the last always."""
    stride = max(1, math.ceil(len(history) / MOST_RECORDS))
    return [*history[::stride], *([history[-1]] if (len(history) - 1) % stride else [])] if history else []


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None and math.isfinite(value)]


def _spread(values: list[float], quartiles: bool) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    if quartiles and len(values) > 1:
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        return low, high
    return min(values), max(values)
