"""The live display of a run: the loss curve and a bar."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Self

from rich.console import Console, RenderableType
from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.render.header import header_lines
from seqmem.render.loss_curve import draw_loss
from seqmem.results.findings import loss_spreads, loss_unit, thinned
from seqmem.results.run import Baseline, Progress, Record
from seqmem.terminal.console import Page, page_of, stack
from seqmem.terminal.live import LiveDisplay, keeps_whole
from seqmem.terminal.wording import shown_amount, shown_count, shown_score, shown_seconds

PLOT_HEIGHTS = (6, 4)
WIDEST_PLOT = 80
MOST_RECORDS = 2000
WAITING = {"start": "starting TensorFlow", "compile": "compiling: the first time takes longer"}
ROWS_OF_BAR = 5  # in a window of 40 columns, with what stands around it
LINES_OF_BAR = 3  # where it has room


class LiveRun(LiveDisplay[Progress]):
    """A run: its header once, then loss curve and bar; `stage` tells what it does before that, see `WAITING`."""

    def __init__(
        self,
        console: Console,
        config: RunConfig,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
        stage: Callable[[], str] = lambda: "start",
    ):
        super().__init__(console, quiet, clock)
        self._config, self._stage = config, stage
        self._records: list[Record] = []
        self._progress: Progress | None = None
        self._rows_above = 0

    def __enter__(self) -> Self:
        if not self.quiet:
            lines = header_lines(page_of(self.console), self._config)
            self._rows_above = len(lines) + 1
            self.console.print(stack(lines), Text(), sep="\n")
        super().__enter__()
        if not self.quiet and not self.moves:
            # nothing else comes before the first chunk has been trained
            self.console.print(f"{WAITING['start']}, then {WAITING['compile']}", soft_wrap=True)
        return self

    def show(self, state: Progress) -> None:
        """Updates the display to the progress of the run."""
        self._progress = state
        self.advance(state.presentations, state.budget)
        if state.record is not None:
            self._records.append(state.record)
            if len(self._records) > MOST_RECORDS:
                self._records = list(thinned(self._records))
        words = [f"{shown_count(state.presentations)} of {shown_count(state.budget)} presentations"]
        words += [_loss_words(self._records[-1], state.baseline)] if self._records else []
        self.print_line(Text(", ".join([*words, *self.words()])))

    def words(self, short: bool = False) -> list[str]:
        """Returns how many are solved, the speed unless `short`, and the time left."""
        if self._progress is None:
            return [WAITING.get(self._stage(), "training"), shown_seconds(self.clock() - self.started)]
        progress = self._progress
        reached = "every settled step right" if progress.baseline.recall_accuracy is None else "solved"
        words = [f"{shown_count(progress.solved)} of {shown_count(progress.replicates)} {reached}"]
        if rate := self.task.speed:
            left = self.task.time_remaining
            words += [] if short else [f"{shown_amount(rate if rate < 10 else round(rate))} presentations/s"]
            words += [f"{shown_seconds(left)} left"] if left else []
        return words

    def above(self, page: Page) -> list[RenderableType]:
        """Returns the curve, as high as fits on the terminal."""
        records = list(self._records)
        if self._progress is None or len(records) < 2:
            return []
        page = dataclasses.replace(page, width=min(page.width, WIDEST_PLOT))
        for height in PLOT_HEIGHTS:
            drawn = draw_loss(
                records, self._progress.baseline, self._config.budget, page, height, loss_unit(self._config)
            )
            room, above = self.console.height - ROWS_OF_BAR, self._rows_above - (ROWS_OF_BAR - LINES_OF_BAR)
            if keeps_whole(drawn.split(), room, above):
                return [drawn, Text()]
        return []


def _loss_words(record: Record, baseline: Baseline) -> str:
    """`recall loss 0.253 (baseline 0.693)`, the median over the replicates that have one."""
    recall, [spread] = loss_spreads([record])
    if spread is None:
        return "diverged"
    name, least = ("recall loss", baseline.recall_loss) if recall else ("loss", baseline.loss)
    return f"{name} {shown_score(spread.median)} (baseline {shown_score(least)})"
