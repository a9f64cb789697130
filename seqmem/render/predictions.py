"""Predictions step by step: input, target, prediction, probability."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence

from rich.text import Text

from seqmem.results.run import Prediction, RunResult
from seqmem.results.summary import ranked_replicates
from seqmem.terminal.console import Page, fill, wrap
from seqmem.terminal.style import Glyphs
from seqmem.terminal.table import Cell, Column, table
from seqmem.terminal.wording import plural, shown_symbol

LONGEST = 12  # longest sequence whose steps are all shown
KEPT_HEAD, KEPT_TAIL, KEPT_FAULTS = 3, 2, 6
# the first column marks recall steps, the last right and wrong predictions
COLUMNS = (Column(width=1), *map(Column, ("step", "input", "expected", "predicted")), Column("prob.", rank=1))
COLUMNS += (Column("margin", rank=2), Column())
SIDE_BY_SIDE_FROM = 100
# If the criterion has no bound on errors, a step counts as near if the runner-up is closer than this.
NEAR_MARGIN = 0.1
MOST_TABLES = 2  # per replicate, and in all if none are side by side
Judged = tuple[Prediction, tuple[str, ...]]  # with the marks of its steps from `step_marks`


def draw_tables(judged: Sequence[Judged], page: Page) -> list[Text]:
    """Draws a table for each prediction with its marks, two side by side from 100 columns on."""
    tables = [table_lines(prediction, marks, page) for prediction, marks in judged]
    widest = max(line.cell_len for table in tables for line in table)
    columns = 2 if page.width >= max(SIDE_BY_SIDE_FROM, 2 * widest + 4) else 1
    lines: list[Text] = []
    for start in range(0, len(tables), columns):
        rows = list(itertools.zip_longest(*tables[start : start + columns], fillvalue=Text()))
        lines += [*table([Column(align="left", width=widest)] * len(rows[0]), rows, page, indent=0, gap=4), Text()]
    return lines


def table_lines(prediction: Prediction, marks: Sequence[str], page: Page) -> list[Text]:
    """Returns the lines of one table; of a long sequence its ends, recall steps and faults."""
    words = [prediction.inputs, prediction.expected, prediction.predicted]
    shown = [["" if word is None else shown_symbol(word, 12, page.glyphs) for word in column] for column in words]
    rows: list[list[Cell]] = []
    before = -1
    for step in kept_steps(prediction, marks):
        if step > before + 1:
            rows.append(["", _left_out(marks[before + 1 : step], page.glyphs)])
        mark = marks[step]
        muted = "muted" if mark in ("open", "untrained") else ""
        cells = [column[step] for column in shown]
        cells += shown_confidence(prediction, step)
        styles = (muted, muted, mark, muted, muted)
        recall = (page.glyphs.recall if prediction.recall[step] else "", "recall")
        own = (getattr(page.glyphs, mark), mark)
        rows.append([recall, (str(step + 1), "label"), *zip(cells, styles, strict=True), own])
        before = step
    return table(COLUMNS, rows, page, indent=0, gap=1)


def kept_steps(prediction: Prediction, marks: Sequence[str]) -> list[int]:
    """Returns the steps of a table: all of a short sequence, else both ends, recall steps and faults."""
    count = len(marks)
    if count <= LONGEST:
        return list(range(count))
    faults = [step for step, mark in enumerate(marks) if mark in ("wrong", "near")]
    recalls = [step for step, recall in enumerate(prediction.recall) if recall]
    kept = {*range(KEPT_HEAD), *range(count - KEPT_TAIL, count), *faults[:KEPT_FAULTS], *recalls[-KEPT_FAULTS:]}
    return sorted(kept)


def _left_out(marks: Sequence[str], glyphs: Glyphs) -> Cell:
    counts = {word: list(marks).count(mark) for mark, word in MARK_WORDS.items() if mark in marks}
    words = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    return f"   {glyphs.vertical_ellipsis} {plural(len(marks), 'step')} more: {words}", "muted"


MARK_WORDS = {"right": "right", "near": "near", "wrong": "wrong", "open": "open", "untrained": "not trained"}


def draw_key(marks: Collection[str], recall: bool, bound: float | None, lucky: bool, page: Page) -> list[Text]:
    """Explains the marks that occur; `lucky` if a shown network has no memory."""
    near = f"by a margin below {NEAR_MARGIN:g}" if bound is None else f"more than {bound} off"
    meanings = {
        "right": "right",
        "near": f"right, but {near}" + (", or by luck" if lucky else ""),
        "wrong": "wrong",
        "open": "open: nothing settles it",
        "untrained": "not trained",
    }
    entries = [(getattr(page.glyphs, mark), mark, text) for mark, text in meanings.items() if mark in marks]
    if recall:
        entries.insert(0, (page.glyphs.recall, "recall", "recall: needs memory"))
    return fill(
        (Text.assemble((f"{sign} ", style), (text, "muted")) for sign, style, text in entries), page.width, "   "
    )


def shown_confidence(prediction: Prediction, step: int) -> list[str]:
    """Returns probability and margin of a step as text; `-` for the outputs of a diverged replicate."""
    values = (prediction.probability[step], prediction.margin[step])
    return [f"{value:.3f}" if math.isfinite(value) else "-" for value in values]


def step_marks(prediction: Prediction, bound: float | None, has_memory: bool, loss_at: str = "all") -> tuple[str, ...]:
    """Judges every step: `right`, `near`, `wrong`, `open` (nothing seen settles it), or `untrained`.

    A right step is `near` where it is by less than the criterion asks (every output within `bound` of its target; where
    that is None a margin of 0.1), and at a recall step without evidence that the replicate remembers: right is luck.
    """

    def mark(step: int) -> str:
        if prediction.expected[step] is None or (loss_at == "recall" and not prediction.recall[step]):
            return "untrained"
        if not prediction.settled[step]:
            return "open"
        # outputs that are not finite predict nothing, whichever of them numpy takes for the largest
        if prediction.predicted[step] != prediction.expected[step] or not math.isfinite(prediction.probability[step]):
            return "wrong"
        sure = prediction.margin[step] >= NEAR_MARGIN if bound is None else prediction.error[step] <= bound
        return "right" if sure and (has_memory or not prediction.recall[step]) else "near"

    return tuple(mark(step) for step in range(len(prediction.inputs)))


def chosen_predictions(result: RunResult) -> dict[int, tuple[str, str, list[Judged]]]:
    """Returns title, remark and judged predictions of the best and the worst replicate, by their numbers.

    The best is left out if the worst has the same marks; the title is empty for a single replicate.
    """
    kept = {prediction.replicate for prediction in result.predictions}
    ranked = [index for index in ranked_replicates(result.replicates) if index in kept]
    bound, loss_at = result.config.criterion.largest_error, result.config.loss_at
    judged: dict[int, list[Judged]] = {index: [] for index in (*ranked[:1], *ranked[-1:])}
    for prediction in result.predictions:
        if (index := prediction.replicate) in judged:
            marks = step_marks(prediction, bound, result.replicates[index].remembers, loss_at)
            judged[index].append((prediction, marks))
    alike = len(judged) == 2 and len({tuple(marks for _, marks in pairs) for pairs in judged.values()}) == 1
    also = "; the best has the same marks" if alike else ""
    chosen = {}
    for index in ranked[-1:] if alike else judged:
        name = f"{'best' if index == ranked[0] else 'worst'} replicate {index}, seed {result.replicates[index].seed}"
        chosen[index] = (name if len(result.replicates) > 1 else "", also, judged[index])
    return chosen


def prediction_lines(result: RunResult, page: Page) -> list[Text]:
    """Returns the prediction tables of the best and the worst replicate, and a key to their marks.

    The best is left out where the worst has the same marks. Of many sequences those with faults are shown.
    """
    chosen = chosen_predictions(result)
    if not chosen:
        return []
    count = MOST_TABLES if len(chosen) < 2 or page.width >= SIDE_BY_SIDE_FROM else MOST_TABLES // 2
    lines: list[Text] = []
    drawn: list[Judged] = []
    for title, also, judged in chosen.values():
        if title:
            lines += [*wrap(Text.assemble((title, "title"), (also, "muted")), page.width), Text()]
        shown = sorted(judged, key=lambda pair: not {"wrong", "near"} & {*pair[1]})[:count]
        drawn += shown
        lines += draw_tables(shown, page)
        if (more := len(judged) - count) > 0:
            lines += [Text(f"  and {plural(more, 'sequence')} more", "muted"), Text()]
    marks = {mark for _, row in drawn for mark in row}
    recall = any(any(prediction.recall) for prediction, _ in drawn)
    lucky = not all(result.replicates[index].remembers for index in chosen)
    return [*lines, *draw_key(marks, recall, result.config.criterion.largest_error, lucky, page), Text()]
