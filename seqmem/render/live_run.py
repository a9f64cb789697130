"""A run while it goes on: a bar and the loss curve on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqmem.config.run_config import RunConfig
from seqmem.judge.baseline import Baseline, baseline
from seqmem.render.header import draw_header
from seqmem.render.loss_curve import draw_loss, thinned
from seqmem.results.run import Progress, Record, RunResult
from seqmem.terminal.console import Page, page_of, stack
from seqmem.terminal.live import Screen
from seqmem.terminal.wording import shown_amount, shown_count, shown_score, shown_seconds

SECONDS_BETWEEN_LINES = 5.0
PLOT_HEIGHT = 6
LINES_WITH_HEADER, LINES_WITH_CURVE = 24, 14  # a lower terminal shows the bar first, then the curve, then the rest
MOST_STEPS = 10_000_000  # of an epoch, above which the baseline is not computed beforehand


class LiveRun:
    """Follows a run and draws where it stands; on a terminal it leaves nothing of its own behind.

    Args:
        console: The console of standard error.
        config: The run's settings.
        quiet: Draw nothing at all.
        clock: Tells the seconds.
    """

    def __init__(
        self, console: Console, config: RunConfig, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ):
        self._console, self._config, self._quiet, self._clock = console, config, quiet, clock
        self._baseline = None if quiet else quick_baseline(config)
        self._recall = quiet or config.task.sequences_with_recall > 0
        self._records: list[Record] = []
        self._progress: Progress | None = None
        self._began = self._said = clock()
        self._first: tuple[float, int] | None = None
        self._screen = Screen(console, self, wanted=not quiet)

    def __enter__(self) -> LiveRun:
        if self._quiet:
            return self
        self._screen.start()
        if not self._screen.moves:
            self._console.print(draw_header(self._config))
        self._began = self._said = self._clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._screen.stop()

    def follow(self, steps: Generator[Progress, None, RunResult]) -> RunResult:
        """Runs to the end, drawing as it goes, and returns the result."""
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                self._say_at_the_end()
                return end.value
            self._take(progress)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What stands on the terminal now: header, curve and bar."""
        page = page_of(console, options.max_width)
        if console.height >= LINES_WITH_HEADER:
            yield draw_header(self._config)
            yield Text()
        records = list(self._records)
        if len(records) > 1 and console.height >= LINES_WITH_CURVE:
            yield draw_loss(records, self._baseline, self._config.budget, page, PLOT_HEIGHT)
            yield Text()
        yield stack([self.bar_line(page)])

    def bar_line(self, page: Page) -> Text:
        """Returns the bar, and behind it what is done, how fast, and how much time is left."""
        progress = self._progress
        if progress is None:
            spent = shown_seconds(self._clock() - self._began)
            return Text(f" getting ready {page.glyphs.dot} compiling {page.glyphs.dot} {spent}", "muted")
        share = progress.presentations / max(1, progress.budget)
        words = f" {f' {page.glyphs.dot} '.join(self._words(progress))}"
        room = max(4, min(32, page.width - len(words) - 8))
        done = round(share * room)
        return Text.assemble(
            " ",
            (page.glyphs.full * done, "bar.done"),
            (page.glyphs.empty * (room - done), "bar.left"),
            f" {share:4.0%}",
            words,
            no_wrap=True,
        )

    def _take(self, progress: Progress) -> None:
        now = self._clock()
        if self._first is None:
            # the first chunk holds the compile time, which says nothing about the rate
            self._first = now, progress.presentations
        self._progress = progress
        if progress.record is not None:
            self._records.append(progress.record)
            if len(self._records) > 2000:
                self._records = list(thinned(self._records))
        if not self._quiet and not self._screen.moves and now - self._said >= SECONDS_BETWEEN_LINES:
            self._said = now
            self._console.print(self._line(progress), soft_wrap=True)

    def _words(self, progress: Progress) -> list[str]:
        rate = self._rate(progress)
        reached = "solved" if self._recall else "every settled step right"
        words = [f"{shown_count(progress.solved)} of {shown_count(progress.replicates)} {reached}"]
        if rate:
            left = (progress.budget - progress.presentations) / rate
            words.append(f"{shown_amount(rate if rate < 10 else round(rate))} presentations/s")
            words += [f"{shown_seconds(left)} left"] if left else []
        return words

    def _rate(self, progress: Progress) -> float:
        if self._first is None:
            return 0.0
        began, presentations = self._first
        seconds = self._clock() - began
        return (progress.presentations - presentations) / seconds if seconds > 0 else 0.0

    def _line(self, progress: Progress) -> Text:
        words = [f"{shown_count(progress.presentations)} of {shown_count(progress.budget)} presentations"]
        if self._records:
            words.append(self._loss_words(self._records[-1]))
        return Text(", ".join([*words, *self._words(progress)]), no_wrap=True)

    def _loss_words(self, record: Record) -> str:
        import statistics

        recall = [value for value in record.recall_loss if value is not None]
        values = recall or [value for value in record.loss if value is not None]
        if not values:
            return "diverged"
        baseline = None if self._baseline is None else self._baseline.recall_loss if recall else self._baseline.loss
        name = "recall loss" if recall else "loss"
        return f"{name} {shown_score(statistics.median(values))} (baseline {shown_score(baseline)})"

    def _say_at_the_end(self) -> None:
        if not self._quiet and not self._screen.moves and self._progress is not None:
            self._console.print(self._line(self._progress), soft_wrap=True)


def quick_baseline(config: RunConfig) -> Baseline | None:
    """Returns the baseline of the first seed; None for a task too large to list while one waits."""
    task = config.task
    size = task.epoch_size * task.time * (getattr(task, "pool", None) or 1)
    return baseline(task, config.seed, config.head) if size <= MOST_STEPS else None
