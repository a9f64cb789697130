"""Which predictions of a run are drawn: those of the best and the worst replicate."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from seqmem.criteria import shows_memory
from seqmem.ranking import ranked_replicates
from seqmem.render.page import Page
from seqmem.render.prediction_tables import draw_predictions
from seqmem.results import Prediction, RunResult

MOST_TABLES = 4


def prediction_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns the prediction tables of the worst replicate, after those of the best where there are many."""
    kept = {one.replicate for one in result.predictions}
    ranked = [index for index in ranked_replicates(result.replicates) if index in kept]
    chosen = list(dict.fromkeys([*ranked[:1], *ranked[-1:]]))
    each = MOST_TABLES // max(1, len(chosen))
    lines: list[Text] = []
    for place, index in enumerate(chosen):
        shown = [one for one in result.predictions if one.replicate == index]
        if len(result.replicates) > 1:
            name = "worst" if place else "best"
            lines += [Text(f" {name} replicate: {index}, seed {result.replicates[index].seed}", "title"), Text()]
        lines += _tables(result, shown[:each], page)
        if len(shown) > each:
            lines.append(Text(f"   and {len(shown) - each} more of its sequences", "muted"))
        lines.append(Text())
    return lines


def _tables(result: RunResult, shown: Sequence[Prediction], page: Page) -> list[Text]:
    able = [shows_memory(result.replicates[one.replicate].metrics.recall_loss, result.ceiling) for one in shown]
    return draw_predictions(shown, result.config.criterion, able, page)
