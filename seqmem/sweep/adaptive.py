"""The order of a search, and of a sweep that is pruned.

The proposals of a sampler depend on the trials reported to it, and trials end in an order that depends on workers and
chance. If each were reported when it ends, a search would differ between engines and after interruptions. So reports
follow a fixed schedule: trial n is proposed when exactly the trials up to n - `max_pending` have been reported, in
order. A trial that ends early waits for those before it; a late one delays trial n, so at most `max_pending` trials run
at once. A larger `max_pending` keeps more workers busy, but each proposal then knows fewer results.
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
    """The order of a search, or of a sweep that is pruned; `trials` are those known so far, in order."""

    def __init__(self, directory: SweepDirectory, trials: Sequence[Trial]):
        self._directory, self._plan = directory, directory.plan
        self._points = [trial.point for trial in trials]
        self._search = self._mirror = None
        if self._plan.search == "tpe":
            self._search = TpeSearch(self._plan)
            # failed trials are tried again, but a mirror only grows: then it is rebuilt
            self._mirror = StudyMirror(directory.path, self._plan, rebuild=(directory.path / FAILURES).exists())
        self._curves = LearningCurves()
        self._received: dict[int, Trial] = {}  # ended, but waiting for a trial before them
        self._in_order: list[tuple[Trial, Curve, FrozenTrial]] = []
        self._given = self._reported = 0
        self._finished = {trial.number for trial in trials if trial.status != "missing"}
        # proposals are not known yet, so all trials count the same
        self.remaining = RemainingTime({n: 1.0 for n in range(1, self._plan.total + 1) if n not in self._finished})
        # finished trials are proposed and reported again in the same order, so that a resumed search continues from the
        # state in which it was interrupted
        for trial in trials:
            if trial.number in self._finished:
                self._receive(trial)

    def next(self) -> Point | None:
        """Returns the next unfinished point; None if earlier trials must end first, or there is none."""
        while (number := self._given + 1) <= self._plan.total:
            # number of reports that this proposal may know, even if more trials have ended
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
        """Receives a trial that is complete, pruned or failed; in any order."""
        self.remaining.end(trial.number)
        self._receive(trial)

    def _receive(self, trial: Trial) -> None:
        """Adds a trial, and those that waited for it, in the order of their numbers."""
        self._received[trial.number] = trial
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
        """The learning curve of a trial, from its history; empty if nothing is compared with it."""
        if not self._plan.prune or trial.status == "failed":
            return {}
        config = self._plan.config(trial.point)
        records = read_history(self._directory.trial_path(trial.point), config)
        return whole_learning_curve(records, config.budget, self._plan.measure)
