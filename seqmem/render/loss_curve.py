"""The loss over presentations, with the baseline."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.charts.curve import Level, Series, curve
from seqmem.results.findings import QUARTILES_FROM, loss_spreads, thinned
from seqmem.results.run import Baseline, Record
from seqmem.terminal.console import Page
from seqmem.terminal.wording import shown_count, shown_score


def draw_loss(
    history: Sequence[Record], baseline: Baseline | None, budget: int, page: Page, height: int = 10, unit: str = "nats"
) -> Text:
    """Draws the median over replicates, their spread, and the baseline, which may be None.

    A `budget` above 0 is the right end, while a run goes on; `unit` is that of the losses.
    """
    records = thinned(history)
    recall, spreads = loss_spreads(records)
    least = None if baseline is None else baseline.recall_loss if recall else baseline.loss
    count = len(records[0].loss) if records else 0
    rows = [(spread.median, spread.low, spread.high) if spread else () for spread in spreads]
    x = [record.presentations for record in records]
    name, spread = f"median of {shown_count(count)}", "middle half" if count >= QUARTILES_FROM else "lowest to highest"
    single = Series("this replicate", x, [row[0] if row else None for row in rows])
    return curve(
        [Series.spread_over(name, x, rows, spread) if count > 1 else single],
        [Level(f"baseline {shown_score(least)}", least)] if least else [],
        width=page.width,
        height=height,
        x_name="presentations",
        y_name=f"recall loss, {unit}" if recall else f"loss, {unit}",
        x_range=(0, budget or (records[-1].presentations if records else 1)),
        glyphs=page.glyphs,
    )
