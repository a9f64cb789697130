"""A sweep while it goes on: a bar and what runs on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from seqmem.config.axis import shown_values
from seqmem.results.sweep import SweepProgress, Trial
from seqmem.terminal.console import Page, page_of, stack
from seqmem.terminal.live import Screen
from seqmem.terminal.wording import plural, shown_amount, shown_count, shown_score, shown_seconds, shown_symbol

SECONDS_BETWEEN_LINES = 1.0
MOST_RUNNING = 6


class LiveSweep:
    """Follows a sweep and draws where it stands; on a terminal it leaves nothing but the failures behind.

    Args:
        console: The console of standard error.
        quiet: Draw nothing at all.
        clock: Tells the seconds.
    """

    def __init__(self, console: Console, quiet: bool = False, clock: Callable[[], float] = time.monotonic):
        self._console, self._quiet, self._clock = console, quiet, clock
        self._progress: SweepProgress | None = None
        self._began = clock()
        self._said = -SECONDS_BETWEEN_LINES
        self._screen = Screen(console, self, wanted=not quiet)

    def __enter__(self) -> LiveSweep:
        self._screen.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._screen.stop()

    def follow(self, sweep: Iterable[SweepProgress]) -> None:
        """Runs a sweep to its end, drawing as it goes."""
        for progress in sweep:
            self._progress = progress
            if progress.ended is not None and not self._quiet:
                self._tell(progress.ended, progress)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What stands on the terminal now."""
        page = page_of(console, options.max_width)
        progress = self._progress
        if progress is None:
            yield Text(" getting ready", "muted")
            return
        lines = [self._bar(progress, page)]
        lines += [Text(f"   {shown_values(point.values)}", "muted") for point in progress.running[:MOST_RUNNING]]
        if len(progress.running) > MOST_RUNNING:
            lines.append(Text(f"   and {shown_count(len(progress.running) - MOST_RUNNING)} more", "muted"))
        if progress.best is not None:
            lines.append(Text(f" best so far: {_best(progress)}"))
        yield stack(lines)

    def _bar(self, progress: SweepProgress, page: Page) -> Text:
        ended = progress.complete + progress.pruned + progress.failed
        share = ended / max(1, progress.total)
        words = f" {f' {page.glyphs.dot} '.join(_words(progress))}"
        room = max(4, min(32, page.width - len(words) - 8))
        done = round(share * room)
        bar = [(page.glyphs.full * done, "bar.done"), (page.glyphs.empty * (room - done), "bar.left")]
        return Text.assemble(" ", *bar, f" {share:4.0%}", words, no_wrap=True)

    def _tell(self, trial: Trial, progress: SweepProgress) -> None:
        """Says what became of a trial: always where it failed, else at most once a second and off a terminal only."""
        now = self._clock()
        last = progress.complete + progress.pruned + progress.failed == progress.total
        due = not self._screen.moves and (last or now - self._said >= SECONDS_BETWEEN_LINES)
        if trial.status == "failed":
            line = Text.assemble(("failed: ", "wrong"), f"{shown_values(trial.values)}: {trial.reason}")
            self._console.print(line, soft_wrap=True)
        elif due:
            words = [f"{shown_values(trial.values)}: {_outcome(trial)}", *_words(progress)]
            self._console.print(Text(", ".join(words)), soft_wrap=True)
        if due:
            self._said = now


def _words(progress: SweepProgress) -> list[str]:
    ended = progress.complete + progress.pruned + progress.failed
    words = [f"{shown_count(ended)} of {plural(progress.total, 'trial')} done"]
    if progress.running:
        words += [f"{shown_count(len(progress.running))} running"] if progress.workers else ["waiting for workers"]
    words += [f"{shown_count(progress.pruned)} pruned"] if progress.pruned else []
    words += [f"{shown_count(progress.failed)} failed"] if progress.failed else []
    words += [f"{shown_seconds(progress.seconds_left)} left"] if progress.seconds_left else []
    return words


def _outcome(trial: Trial) -> str:
    if trial.result is None:
        return f"{trial.status}: {shown_symbol(trial.reason, 200)}"
    summary = trial.result.summary
    word = summary.verdict.replace("_", " ")
    if summary.solved is None:
        return word
    return f"{word}, {summary.solved} of {summary.replicates} solved, {summary.remember} remember"


def _best(progress: SweepProgress) -> str:
    if progress.best is None:
        return "-"
    value = progress.best.measure(progress.rank)
    shown = shown_amount(value) if value is not None and value > 10 else shown_score(value)
    return f"{shown_values(progress.best.values)} ({progress.rank.replace('_', ' ')} {shown})"
