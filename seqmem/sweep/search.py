"""Random points and Parzen estimators (TPE), by Optuna's samplers.

Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization".
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.backend.extras import import_optuna
from seqmem.config.axis import Axis
from seqmem.config.plan import Plan, Point, number_points
from seqmem.results.importance import (
    Distribution,
    FrozenTrial,
    distribution,
    objective,
    read_parameter,
    study_direction,
    write_parameter,
)
from seqmem.results.sweep import Trial

# The sampler slows down with the number of trials. It separates at most the best 25 from all others, so the best trials
# are always kept, and of the others the latest.
MOST_REMEMBERED, BEST_REMEMBERED, LATEST_REMEMBERED = 1000, 100, 400


def random_points(axes: Sequence[Axis], count: int, seed: int) -> list[tuple[Any, ...]]:
    """Draws the values of trials at random, in the order of the axes; combinations may repeat."""
    sampler = import_optuna().samplers.RandomSampler(seed=_sampler_seed(seed, 0))
    study, ranges = import_optuna().create_study(sampler=sampler), _ranges(axes)
    return [_values(axes, study.ask(ranges)) for _ in range(count)]


class TpeSearch:
    """The state of a search, in memory; it can be rebuilt from the run directories.

    A proposal depends on the number of the trial and on the trials reported before. So proposing and reporting in the
    same order, with or without interruptions, gives the same trials.
    """

    def __init__(self, plan: Plan):
        self._plan, self._optuna, self._ranges = plan, import_optuna(), _ranges(plan.axes)
        self._running: dict[int, Any] = {}
        self._remember([])

    def ask(self, number: int) -> Point:
        """Returns a proposal for a number; it keeps away from proposals that were not reported yet."""
        seed = _sampler_seed(self._plan.seed, number)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # older versions of Optuna warn that constant_liar is experimental
            self._study.sampler = self._optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        self._running[number] = asked = self._study.ask(self._ranges)
        return number_points(self._plan.axes, [_values(self._plan.axes, asked)], self._plan.total, first=number)[0]

    def ask_again(self, point: Point) -> None:
        """Adds a point that was proposed before this process started."""
        self._enqueue(point.number, self._parameters(point))

    def report(self, number: int, frozen: FrozenTrial) -> None:
        """Reports a trial from `frozen`."""
        asked = self._running.pop(number)
        for step, value in frozen.intermediate_values.items():
            asked.report(value, step)
        self._study.tell(asked, frozen.value if frozen.state.name == "COMPLETE" else None, frozen.state)
        self._reported.append(frozen)
        if len(self._reported) >= MOST_REMEMBERED:
            self._forget()

    def frozen(self, trial: Trial, curve: dict[int, float]) -> FrozenTrial:
        """Returns a trial that is complete, pruned or failed as a trial of Optuna, with its learning curve."""
        value = objective(trial, self._plan.rank) if trial.status == "complete" else None
        state = "PRUNED" if trial.status == "pruned" else "FAIL" if value is None else "COMPLETE"
        return self._optuna.trial.create_trial(
            state=self._optuna.trial.TrialState[state],
            value=value,
            params=self._parameters(trial.point),
            distributions=self._ranges,
            intermediate_values=curve,
            user_attrs={"run": trial.name} | ({"reason": trial.reason} if trial.reason else {}),
        )

    def _forget(self) -> None:
        """Keeps the best trials, which the sampler depends on, and of the others the latest."""
        sign = -1 if study_direction(self._plan.rank) == "maximize" else 1
        complete = [index for index, frozen in enumerate(self._reported) if frozen.state.name == "COMPLETE"]
        best = sorted(complete, key=lambda index: sign * self._reported[index].value)[:BEST_REMEMBERED]
        latest = range(len(self._reported) - LATEST_REMEMBERED, len(self._reported))
        self._remember([self._reported[index] for index in sorted({*best, *latest})])

    def _remember(self, reported: list[FrozenTrial]) -> None:
        """Starts a new study with these trials, and those that are running."""
        self._study = self._optuna.create_study(direction=study_direction(self._plan.rank))
        self._study.add_trials(reported)
        self._reported = reported
        for number, asked in self._running.items():
            self._enqueue(number, asked.params)

    def _enqueue(self, number: int, parameters: dict[str, Any]) -> None:
        """Adds a point to the study that its sampler did not propose."""
        self._study.sampler = self._optuna.samplers.RandomSampler()  # all values are given
        self._study.enqueue_trial(parameters)
        self._running[number] = self._study.ask(self._ranges)

    def _parameters(self, point: Point) -> dict[str, Any]:
        return {axis.name: write_parameter(axis, point.values[axis.name]) for axis in self._plan.axes}


def _sampler_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _ranges(axes: Sequence[Axis]) -> dict[str, Distribution]:
    return {axis.name: distribution(axis) for axis in axes}


def _values(axes: Sequence[Axis], asked: FrozenTrial) -> tuple[Any, ...]:
    """The values of a trial that a study has proposed."""
    return tuple(read_parameter(axis, asked.params[axis.name]) for axis in axes)
