"""A search by tree-structured Parzen estimators (TPE): Optuna is asked for trials and told what became of them.

Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization".
"""

from __future__ import annotations

import itertools
import json
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.errors import UsageError
from seqmem.sweep.optional import import_optuna
from seqmem.sweep.plan import Plan, number_trials
from seqmem.sweep_axes import Axis
from seqmem.sweep_results import MEASURES, Trial, measure_of

# Below this the shares are noise.
FEWEST_TRIALS = 10
BEST_TRIALS = 5
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


def study_direction(rank: str) -> str:
    """Returns Optuna's word for whether more of a measure is better."""
    return "maximize" if MEASURES.get(rank, True) else "minimize"


def objective(trial: Trial, rank: str) -> float | None:
    """Returns what a search seeks, as a number: presentations beyond the budget are infinitely many."""
    value = trial.measure(measure_of(rank))
    return math.inf if value is None and rank == "presentations_to_success" else value


def distribution(axis: Axis) -> Any:
    """Returns an axis as Optuna knows it."""
    known = import_optuna().distributions
    if not axis.continuous:
        if _is_ladder(axis):
            return known.IntDistribution(axis.values[0], axis.values[-1], step=axis.values[1] - axis.values[0])
        return known.CategoricalDistribution([write_parameter(axis, value) for value in axis.values])
    if axis.whole:
        return known.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return known.FloatDistribution(axis.low, axis.high, log=axis.log)


def _is_ladder(axis: Axis) -> bool:
    """Whether the values are whole numbers in even steps, whose order a search can use."""
    if len(axis.values) < 3 or any(isinstance(value, bool) or not isinstance(value, int) for value in axis.values):
        return False
    steps = {after - before for before, after in itertools.pairwise(axis.values)}
    return len(steps) == 1 and min(steps) > 0


def write_parameter(axis: Axis, value: Any) -> Any:
    """Returns a value of an axis as Optuna holds it: lists become text."""
    return json.dumps(value) if isinstance(value, (list, tuple)) else value


def read_parameter(axis: Axis, value: Any) -> Any:
    """Returns what `write_parameter` was given."""
    if axis.continuous:
        return value
    return next(one for one in axis.values if write_parameter(axis, one) == value)


def importances(plan: Plan, trials: Sequence[Trial]) -> dict[str, float]:
    """Returns the share of each axis in what is sought (PED-ANOVA), largest first.

    Empty for a grid, where too few trials tell, and without Optuna.

    Source: Watanabe et al. 2023, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces".
    """
    if plan.search == "grid":
        return {}
    try:
        optuna = import_optuna()
    except UsageError:
        return {}
    study = optuna.create_study(direction=study_direction(plan.rank))
    ranges = {axis.name: distribution(axis) for axis in plan.axes}
    for trial in trials:
        value = objective(trial, plan.rank)
        if trial.status == "complete" and value is not None and math.isfinite(value):
            params = {axis.name: write_parameter(axis, trial.values[axis.name]) for axis in plan.axes}
            study.add_trial(optuna.trial.create_trial(value=value, params=params, distributions=ranges))
    if len(study.trials) < FEWEST_TRIALS or len({trial.value for trial in study.trials}) < 2:
        return {}
    # what the best share of the trials has in common: of few trials a larger share, so that it is not one or two
    share = max(0.1, BEST_TRIALS / len(study.trials))
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=share)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}
