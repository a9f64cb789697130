"""Which predictions of a run are drawn: those of the best and the worst replicate."""

from __future__ import annotations

from rich.text import Text

from seqmem.ranking import ranked_replicates
from seqmem.render.marks import step_marks
from seqmem.render.page import Page
from seqmem.render.prediction_tables import draw_key, draw_tables
from seqmem.render.wording import plural
from seqmem.results import Prediction, RunResult

MOST_TABLES = 4


def prediction_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns the prediction tables of the best and the worst replicate, and a key to their marks.

    The best is left out where the worst has the same marks.
    """
    kept = {one.replicate for one in result.predictions}
    ranked = [index for index in ranked_replicates(result.replicates) if index in kept]
    if not ranked:
        return []
    shown = {index: [one for one in result.predictions if one.replicate == index] for index in (ranked[0], ranked[-1])}
    judged = {index: [_marks(result, one) for one in predictions] for index, predictions in shown.items()}
    names = {ranked[0]: "best", ranked[-1]: "worst"}
    alike = judged[ranked[0]] == judged[ranked[-1]]
    chosen = [ranked[-1]] if alike else list(shown)
    lines: list[Text] = []
    for index in chosen:
        count = MOST_TABLES // len(chosen)
        if len(result.replicates) > 1:
            also = "; the best has the same marks" if alike and len(shown) > 1 else ""
            title = f"{names[index]} replicate {index}, seed {result.replicates[index].seed}"
            lines += [Text.assemble((title, "title"), (also, "muted")), Text()]
        lines += draw_tables(shown[index][:count], judged[index][:count], page)
        if len(shown[index]) > count:
            lines += [Text(f"  and {plural(len(shown[index]) - count, 'sequence')} more", "muted"), Text()]
    drawn = [(one, marks) for index in chosen for one, marks in zip(shown[index], judged[index], strict=True)]
    marks = {mark for _, row in drawn for mark in row}
    recall = any(any(one.recall) for one, _ in drawn)
    lucky = not all(_has_memory(result, index) for index in chosen)
    return [*lines, *draw_key(marks, recall, result.config.criterion, lucky, page), Text()]


def _marks(result: RunResult, one: Prediction) -> tuple[str, ...]:
    config = result.config
    return step_marks(one, config.criterion, _has_memory(result, one.replicate), config.loss_at)


def _has_memory(result: RunResult, index: int) -> bool:
    return result.replicates[index].remembers
