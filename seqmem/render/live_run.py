"""A run while it goes on: a bar and the loss curve on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Self

from rich.console import Console, RenderableType
from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.render.header import draw_header
from seqmem.render.loss_curve import draw_loss, thinned
from seqmem.results.findings import loss_spreads
from seqmem.results.run import Baseline, Progress, Record
from seqmem.terminal.console import Page
from seqmem.terminal.live import LiveDisplay
from seqmem.terminal.wording import shown_amount, shown_count, shown_score, shown_seconds

PLOT_HEIGHT = 6
MOST_RECORDS = 2000
LINES_WITH_HEADER, LINES_WITH_CURVE = 24, 14  # a lower terminal shows the bar first, then the curve, then the rest


class LiveRun(LiveDisplay):
    """A run: header, loss curve and bar; its console is that of standard error."""

    def __init__(
        self, console: Console, config: RunConfig, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ):
        super().__init__(console, quiet, clock)
        self._config = config
        self._records: list[Record] = []
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        if not self.quiet and not self.moves:
            self.console.print(draw_header(self._config))
        return self

    def show(self, state: Progress) -> None:
        """Takes note of where the run stands now."""
        self._progress = state
        self.advance(state.presentations, state.budget)
        if state.record is not None:
            self._records.append(state.record)
            if len(self._records) > MOST_RECORDS:
                self._records = list(thinned(self._records))
        words = [f"{shown_count(state.presentations)} of {shown_count(state.budget)} presentations"]
        words += [_loss_words(self._records[-1], state.baseline)] if self._records else []
        self.say(Text(", ".join([*words, *self.words()])))

    def words(self) -> list[str]:
        """Returns what is solved, how fast it goes, and how much time is left."""
        if self._progress is None:
            return ["getting ready", "compiling", shown_seconds(self.clock() - self.started)]
        progress = self._progress
        reached = "every settled step right" if progress.baseline.recall_accuracy is None else "solved"
        words = [f"{shown_count(progress.solved)} of {shown_count(progress.replicates)} {reached}"]
        if rate := self.task.speed:
            left = self.task.time_remaining
            words.append(f"{shown_amount(rate if rate < 10 else round(rate))} presentations/s")
            words += [f"{shown_seconds(left)} left"] if left else []
        return words

    def above(self, page: Page) -> list[RenderableType]:
        """Returns header and curve, as far as the terminal is high enough for them."""
        parts: list[RenderableType] = []
        if self.console.height >= LINES_WITH_HEADER:
            parts += [draw_header(self._config), Text()]
        records = list(self._records)
        if self._progress is not None and len(records) > 1 and self.console.height >= LINES_WITH_CURVE:
            parts += [draw_loss(records, self._progress.baseline, self._config.budget, page, PLOT_HEIGHT), Text()]
        return parts


def _loss_words(record: Record, baseline: Baseline) -> str:
    """`recall loss 0.253 (baseline 0.693)`, the median over the replicates that have one."""
    recall, [spread] = loss_spreads([record])
    if spread is None:
        return "diverged"
    name, least = ("recall loss", baseline.recall_loss) if recall else ("loss", baseline.loss)
    return f"{name} {shown_score(spread.median)} (baseline {shown_score(least)})"
