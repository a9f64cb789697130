"""The order of a search, and of a sweep that is pruned.

A sampler proposes by the trials that have been reported to it, and trials end in whatever order workers and chance make
of them. Were each reported as it ends, a search would find other trials on every engine and after every interruption.
So reports keep to a timetable: trial number n is asked for when exactly those up to n - `max_pending` have been
reported, in their order. One that ends early waits for those before it; one that is late holds up number n, and so at
most `max_pending` trials run side by side. More of them keep more workers busy, but each is asked for knowing less.
"""

from __future__ import annotations

from collections.abc import Sequence

from seqmem.config.plan import Point
from seqmem.results.importance import FrozenTrial
from seqmem.results.sweep import Trial
from seqmem.storage.run_directory import read_history
from seqmem.storage.sweep_directory import FAILURES, SweepDirectory
from seqmem.sweep.mirror import StudyMirror
from seqmem.sweep.pruning import Curve, LearningCurves, whole_learning_curve
from seqmem.sweep.schedule import Order, RemainingTime
from seqmem.sweep.search import TpeSearch


class Adaptive(Order):
    """The order of a search, or of a sweep that is pruned.

    Args:
        directory: The sweep.
        trials: Its trials so far, in order: all of a plan, or those that a search has asked for.
    """

    def __init__(self, directory: SweepDirectory, trials: Sequence[Trial]):
        self._directory, self._plan = directory, directory.plan
        self._points = [trial.point for trial in trials]
        self._search = self._mirror = None
        if self._plan.search == "tpe":
            self._search = TpeSearch(self._plan)
            # what has failed before is tried again now, and a mirror can only be added to
            self._mirror = StudyMirror(directory.path, self._plan, rebuild=(directory.path / FAILURES).exists())
        self._curves = LearningCurves()
        self._received: dict[int, Trial] = {}  # ended before one that comes before them
        self._in_order: list[tuple[Trial, Curve, FrozenTrial]] = []
        self._given = self._reported = 0
        self._finished = {trial.number for trial in trials if trial.status != "missing"}
        # what a search will ask for is not known: each of its trials counts for one
        self.remaining = RemainingTime({n: 1.0 for n in range(1, self._plan.total + 1) if n not in self._finished})
        # finished trials are asked for and reported again at the same turns, so that a resumed search is in the state
        # that it was broken off in
        for trial in trials:
            if trial.number in self._finished:
                self._receive(trial)

    def next(self) -> Point | None:
        """Returns the next point that is not finished, or None while trials before it must end, or there is none."""
        while (number := self._given + 1) <= self._plan.total:
            # what this number may know: exactly these, whatever else has ended by now
            due = max(0, number - self._plan.max_pending)
            if len(self._in_order) < due:
                return None
            while self._reported < due:
                self._report(*self._in_order[self._reported])
            self._given = number
            point = self._ask(number)
            if number not in self._finished:
                self.medians = self._curves.medians()
                return point
        return None

    def ended(self, trial: Trial) -> None:
        """Takes in that a trial is complete, pruned or failed; in any order."""
        self.remaining.end(trial.number)
        self._receive(trial)

    def _receive(self, trial: Trial) -> None:
        """Puts a trial in its place, and with it those that waited for it."""
        self._received[trial.number] = trial
        # in the order of their numbers, whatever the order in which workers end them
        while (ready := self._received.pop(len(self._in_order) + 1, None)) is not None:
            curve = self._learning_curve(ready)
            frozen = self._search.frozen(ready, curve) if self._search else None
            self._in_order.append((ready, curve, frozen))
            if self._mirror:
                self._mirror.add(frozen)

    def _report(self, trial: Trial, curve: Curve, frozen: FrozenTrial) -> None:
        self._reported = trial.number
        if trial.status == "complete":
            self._curves.add(curve)
        if self._search:
            self._search.report(trial.number, frozen)

    def _ask(self, number: int) -> Point:
        if self._search is None:
            return self._points[number - 1]
        if number <= len(self._points):
            self._search.ask_again(self._points[number - 1])
        else:
            self._points.append(self._search.ask(number))
            self._directory.append_asked(self._points[-1])
        return self._points[number - 1]

    def _learning_curve(self, trial: Trial) -> Curve:
        """A trial's, from its history: empty unless something is to be compared with it."""
        if not self._plan.prune or trial.status == "failed":
            return {}
        config = self._plan.config(trial.point)
        records = read_history(self._directory.trial_path(trial.point), config)
        return whole_learning_curve(records, config.budget, self._plan.measure)
