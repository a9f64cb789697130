"""The importance of the axes of a search, and axes in terms of Optuna."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from seqmem.backend.extras import import_optuna
from seqmem.config.axis import Axis
from seqmem.config.plan import Plan
from seqmem.config.rank import MEASURES, measure_of
from seqmem.errors import UsageError
from seqmem.results.sweep import Trial

# Optuna's types; it is an extra, and mypy does not read it.
FrozenTrial: TypeAlias = Any
Distribution: TypeAlias = Any

# Below this the shares are noise.
FEWEST_TRIALS = 10
BEST_TRIALS = 5


def study_direction(rank: str) -> str:
    """Returns the direction of a measure in Optuna's terms."""
    return "maximize" if MEASURES.get(rank, True) else "minimize"


def objective(trial: Trial, rank: str) -> float | None:
    """Returns the number that a search optimises; infinity for presentations beyond the budget."""
    value = trial.measure(measure_of(rank))
    return math.inf if value is None and rank == "presentations_to_success" else value


def distribution(axis: Axis) -> Distribution:
    """Returns an axis as a distribution of Optuna."""
    kinds = import_optuna().distributions
    if not axis.continuous:
        if _is_ladder(axis):
            return kinds.IntDistribution(axis.values[0], axis.values[-1], step=axis.values[1] - axis.values[0])
        return kinds.CategoricalDistribution([write_parameter(axis, value) for value in axis.values])
    if axis.whole:
        return kinds.IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return kinds.FloatDistribution(axis.low, axis.high, log=axis.log)


def _is_ladder(axis: Axis) -> bool:
    """Whether the values are at least three whole numbers in even steps, whose order a search can use."""
    if len(axis.values) < 3 or any(isinstance(value, bool) or not isinstance(value, int) for value in axis.values):
        return False
    steps = {after - before for before, after in itertools.pairwise(axis.values)}
    return len(steps) == 1 and min(steps) > 0


def write_parameter(axis: Axis, value: Any) -> Any:
    """Returns a value of an axis for Optuna: lists become text."""
    return json.dumps(value) if isinstance(value, (list, tuple)) else value


def read_parameter(axis: Axis, value: Any) -> Any:
    """Returns the value that `write_parameter` was called with."""
    if axis.continuous:
        return value
    return next(known_value for known_value in axis.values if write_parameter(axis, known_value) == value)


def importances(plan: Plan, trials: Sequence[Trial]) -> dict[str, float]:
    """Returns the importance of each axis for the objective (PED-ANOVA), largest first.

    Empty for a grid, with too few trials, and without Optuna.

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
    # the best tenth of the trials, but at least five, are compared with all
    share = max(0.1, BEST_TRIALS / len(study.trials))
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=share)
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in shares.items()}
