"""Trials that hang on those before them: what a search asks for next, and what is hopeless by comparison."""

from __future__ import annotations

from typing import Any

from seqmem.results.sweep import Trial
from seqmem.storage.sweep_directory import FAILURES, SweepDirectory, read_checks
from seqmem.sweep.mirror import StudyMirror
from seqmem.sweep.pruning import Courses, Curve, Pruner, whole_course
from seqmem.sweep.search import TpeSearch


class Lookback:
    """Gives out the trials of a sweep in their order, each when those `ahead` before it have ended.

    What a trial hangs on is then the same on every engine, with any number of workers, and after any number of
    interruptions.

    Args:
        directory: The sweep.
    """

    def __init__(self, directory: SweepDirectory):
        self._directory, self._plan = directory, directory.plan
        self._known = directory.asked()
        self._search = self._mirror = None
        if self._plan.search == "tpe":
            self._search = TpeSearch(self._plan)
            self._mirror = StudyMirror(directory.path, self._plan, anew=(directory.path / FAILURES).exists())
        self._courses = Courses(self._plan.measure)
        self._out_of_order: dict[int, Trial] = {}
        self._settled: list[tuple[Trial, Curve, Any]] = []
        self._given = self._told = 0

    def next(self) -> Trial | None:
        """Returns the next trial, or None while it is not its turn, or when there is none."""
        number = self._given + 1
        due = max(0, number - self._plan.ahead)
        if number > self._plan.total or len(self._settled) < due:
            return None
        while self._told < due:
            self._tell(*self._settled[self._told])
        self._given = number
        return self._ask(number)

    def pruner(self) -> Pruner | None:
        """Returns what the trial given last is to be compared with."""
        return self._courses.pruner() if self._plan.prune else None

    def end(self, trial: Trial) -> None:
        """Takes in that a trial is complete, pruned or failed; in any order."""
        self._out_of_order[trial.number] = trial
        while (settled := self._out_of_order.pop(len(self._settled) + 1, None)) is not None:
            course = self._course(settled)
            frozen = self._search.frozen(settled, course) if self._search else None
            self._settled.append((settled, course, frozen))
            if self._mirror:
                self._mirror.add(frozen)

    def close(self) -> None:
        """Ends the mirror: at once, unless all trials have ended and it is to hold every one of them."""
        if self._mirror:
            self._mirror.close(at_once=len(self._settled) < self._plan.total)

    def _ask(self, number: int) -> Trial:
        if self._search is None:
            return self._known[number - 1]
        if number > len(self._known):
            self._known.append(self._search.ask(number))
            self._directory.append_asked(self._known[-1])
        else:
            self._search.ask_again(self._known[number - 1])
        return self._known[number - 1]

    def _tell(self, trial: Trial, course: Curve, frozen: Any) -> None:
        self._told = trial.number
        if trial.status == "complete":
            self._courses.add(course)
        if self._search is not None:
            self._search.tell(trial.number, frozen)

    def _course(self, trial: Trial) -> Curve:
        """The course of a trial, from its history: empty unless something is to be compared with it."""
        if not self._plan.prune or trial.status == "failed":
            return {}
        config = self._plan.config(trial)
        records = read_checks(self._directory.trial_path(trial), config)
        return whole_course(records, config.budget, self._plan.measure)
