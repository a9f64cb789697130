"""A search by tree-structured Parzen estimators (TPE): Optuna is asked for trials and told what became of them.

Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization".
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seqmem.errors import UsageError
from seqmem.sweep.mirror import StudyMirror
from seqmem.sweep.optional import import_optuna
from seqmem.sweep.plan import Plan, number_trials
from seqmem.sweep_axes import Axis
from seqmem.sweep_results import MEASURES, Trial

# Below this the shares are noise.
FEWEST_TRIALS = 10
BEST_TRIALS = 5

Told = tuple[Trial, dict[int, float]]


class TpeSearch:
    """What a search knows, in memory; everything in it can be told again from the run directories.

    Args:
        plan: The sweep's.
        folder: The sweep directory, where the study is mirrored for Optuna's own tools.
    """

    def __init__(self, plan: Plan, folder: Path):
        self._plan, self._optuna = plan, import_optuna()
        self._ranges = {axis.name: distribution(axis) for axis in plan.axes}
        self._study = self._optuna.create_study(direction=study_direction(plan.rank))
        self._mirror = StudyMirror(folder, study_direction(plan.rank), plan.total)

    def ask(self, generation: int, count: int, first: int) -> tuple[Trial, ...]:
        """Asks for trials.

        The sampler begins each generation anew from the sweep's seed, so that a sweep that goes on asks for what an
        unbroken one would.

        Args:
            generation: Its number.
            count: How many trials.
            first: The number of the first of them.
        """
        seed = int(np.random.SeedSequence([self._plan.seed, generation]).generate_state(1)[0])
        self._study.sampler = self._optuna.samplers.TPESampler(seed=seed)
        asked = [self._study.ask(self._ranges) for _ in range(count)]
        rows = [[read_parameter(axis, trial.params[axis.name]) for axis in self._plan.axes] for trial in asked]
        for trial in asked:
            # what was asked is told as a whole trial when it has ended; until then it only keeps the next ones apart
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
        return number_trials(self._plan.axes, rows, self._plan.total, first)

    def tell(self, told: Sequence[Told]) -> None:
        """Tells what became of a generation."""
        trials = [self._frozen(trial, course) for trial, course in told]
        self._study.add_trials(trials)
        self._mirror.add(trials)

    def _frozen(self, trial: Trial, course: dict[int, float]) -> Any:
        state = {"complete": "COMPLETE", "pruned": "PRUNED"}.get(trial.status, "FAIL")
        value = objective(trial, self._plan.rank) if state == "COMPLETE" else None
        return self._optuna.trial.create_trial(
            state=self._optuna.trial.TrialState["FAIL" if state == "COMPLETE" and value is None else state],
            value=value,
            params={axis.name: write_parameter(axis, trial.values[axis.name]) for axis in self._plan.axes},
            distributions=self._ranges,
            intermediate_values=course,
            user_attrs={"run": trial.name} | ({"reason": trial.reason} if trial.reason else {}),
        )


def study_direction(rank: str) -> str:
    """Returns Optuna's word for whether more of a measure is better."""
    return "maximize" if MEASURES.get(rank, True) else "minimize"


def objective(trial: Trial, rank: str) -> float | None:
    """Returns what a search seeks, as a number: presentations beyond the budget are infinitely many."""
    value = trial.measure(rank if rank in MEASURES else "success_rate")
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
