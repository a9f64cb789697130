"""The live display of a sweep: a bar, the running trials, the best."""

from __future__ import annotations

from rich.text import Text

from seqmem.config.axis import shown_values
from seqmem.results.sweep import SweepProgress, Trial
from seqmem.terminal.console import Page
from seqmem.terminal.live import NARROWEST, LiveDisplay
from seqmem.terminal.table import cut
from seqmem.terminal.wording import plural, shown_amount, shown_count, shown_score, shown_seconds, shown_symbol

MOST_RUNNING = 6


class LiveSweep(LiveDisplay[SweepProgress]):
    """A sweep: its bar, the running trials and the best so far; failures are printed in any case."""

    seconds_between_lines = 1.0
    _progress: SweepProgress | None = None

    def show(self, state: SweepProgress) -> None:
        """Updates the display to the progress of the sweep, and prints the outcome of a trial that has just ended."""
        self._progress, trial = state, state.ended
        self.advance(_ended(state), state.total)
        if trial is None or self.quiet:
            return
        if trial.status == "failed":
            line = Text.assemble(("failed: ", "wrong"), f"{shown_values(trial.values)}: {trial.reason}")
            self.console.print(line, soft_wrap=True)
        else:
            self.print_line(Text(", ".join([f"{shown_values(trial.values)}: {_outcome(trial)}", *self.words()])))

    def words(self, short: bool = False) -> list[str]:
        """Returns the counts of ended trials, of running ones unless `short`, and the time left."""
        state = self._progress
        if state is None:
            return ["getting ready"]
        words = [f"{shown_count(_ended(state))} of {plural(state.total, 'trial')} done"]
        if state.running and not short:
            words += [f"{shown_count(len(state.running))} running"] if state.workers else ["waiting for workers"]
        words += [f"{shown_count(state.pruned)} pruned"] if state.pruned else []
        words += [f"{shown_count(state.failed)} failed"] if state.failed else []
        return words + ([f"{shown_seconds(state.seconds_left)} left"] if state.seconds_left else [])

    def below(self, page: Page) -> list[Text]:
        """Returns the running trials, and the best so far."""
        state = self._progress
        if state is None:
            return []
        lines = [Text(f"   {shown_values(point.values)}", "muted") for point in state.running[:MOST_RUNNING]]
        if len(state.running) > MOST_RUNNING:
            lines.append(Text(f"   and {shown_count(len(state.running) - MOST_RUNNING)} more", "muted"))
        for line in lines:
            line.truncate(NARROWEST, overflow="ellipsis")
        return [*lines, *([cut(Text(f" best so far: {_best(state)}"), page.width, page)] if state.best else [])]


def _ended(state: SweepProgress) -> int:
    return state.complete + state.pruned + state.failed


def _outcome(trial: Trial) -> str:
    if trial.result is None:
        return f"{trial.status}: {shown_symbol(trial.reason, 200)}"
    summary = trial.result
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
