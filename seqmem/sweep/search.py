"""A search by tree-structured Parzen estimators (TPE): Optuna is asked for trials and told what became of them.

Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization".
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from seqmem.backend.extras import import_optuna
from seqmem.config.plan import Plan, number_trials
from seqmem.results.importance import distribution, objective, read_parameter, study_direction, write_parameter
from seqmem.results.sweep import Trial

# The sampler thinks longer the more it remembers. It tells at most the best 25 trials from all others: the best are
# always remembered, and of the others the latest.
MOST_REMEMBERED, BEST_REMEMBERED, LATEST_REMEMBERED = 1000, 100, 400


class TpeSearch:
    """What a search knows, in memory; everything in it can be told again from the run directories.

    What the sampler is asked for a trial hangs on the trials that were told before, and on the trial's number. So
    whoever asks and tells in the same order, in one go or in several, finds the same trials.

    Args:
        plan: The sweep's.
    """

    def __init__(self, plan: Plan):
        self._plan, self._optuna = plan, import_optuna()
        self._ranges = {axis.name: distribution(axis) for axis in plan.axes}
        self._running: dict[int, Any] = {}
        self._remember([])

    def ask(self, number: int) -> Trial:
        """Asks for the trial of a number. Those asked for and not yet told keep it away from where they are."""
        seed = int(np.random.SeedSequence([self._plan.seed, number]).generate_state(1)[0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # older versions of Optuna call a liar an experiment
            self._study.sampler = self._optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        self._running[number] = asked = self._study.ask(self._ranges)
        row = [read_parameter(axis, asked.params[axis.name]) for axis in self._plan.axes]
        return number_trials(self._plan.axes, [row], self._plan.total, first=number)[0]

    def ask_again(self, trial: Trial) -> None:
        """Takes in a trial that was asked for before this process began."""
        self._study.sampler = self._optuna.samplers.RandomSampler()  # has nothing to draw
        self._study.enqueue_trial(self._parameters(trial))
        self._running[trial.number] = self._study.ask(self._ranges)

    def tell(self, number: int, told: Any) -> None:
        """Tells what became of a trial, as `frozen` gives it."""
        asked = self._running.pop(number)
        for step, value in told.intermediate_values.items():
            asked.report(value, step)
        self._study.tell(asked, told.value if told.state.name == "COMPLETE" else None, told.state)
        self._told.append(told)
        if len(self._told) >= MOST_REMEMBERED:
            self._forget()

    def frozen(self, trial: Trial, course: dict[int, float]) -> Any:
        """Returns a trial that has ended as Optuna's own tools read it.

        Args:
            trial: Complete, pruned or failed.
            course: What it was measured by on the way; see `seqmem.sweep.pruning.course`.
        """
        state = {"complete": "COMPLETE", "pruned": "PRUNED"}.get(trial.status, "FAIL")
        value = objective(trial, self._plan.rank) if state == "COMPLETE" else None
        return self._optuna.trial.create_trial(
            state=self._optuna.trial.TrialState["FAIL" if state == "COMPLETE" and value is None else state],
            value=value,
            params=self._parameters(trial),
            distributions=self._ranges,
            intermediate_values=course,
            user_attrs={"run": trial.name} | ({"reason": trial.reason} if trial.reason else {}),
        )

    def _forget(self) -> None:
        """Keeps the best trials, which the sampler goes by, and of the others the latest."""
        sign = -1 if study_direction(self._plan.rank) == "maximize" else 1
        known = [index for index, told in enumerate(self._told) if told.state.name == "COMPLETE"]
        best = sorted(known, key=lambda index: sign * self._told[index].value)[:BEST_REMEMBERED]
        latest = range(len(self._told) - LATEST_REMEMBERED, len(self._told))
        self._remember([self._told[index] for index in sorted({*best, *latest})])

    def _remember(self, told: list[Any]) -> None:
        """Begins a study that holds these trials, and those that run."""
        self._study = self._optuna.create_study(direction=study_direction(self._plan.rank))
        self._study.add_trials(told)
        self._told, running = told, self._running
        self._study.sampler = self._optuna.samplers.RandomSampler()
        for number, trial in running.items():
            self._study.enqueue_trial(trial.params)
            running[number] = self._study.ask(self._ranges)

    def _parameters(self, trial: Trial) -> dict[str, Any]:
        return {axis.name: write_parameter(axis, trial.values[axis.name]) for axis in self._plan.axes}
