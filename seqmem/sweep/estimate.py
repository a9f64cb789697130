"""How long a sweep may take, guessed from its settings before anything runs.

The figures are of one core of a machine of 2026, and only meant to tell minutes from days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from seqmem.config import RunConfig
from seqmem.sweep.plan import Plan, example_trials
from seqmem.sweep_results import Trial

SECONDS_TO_START = 5.0  # until TensorFlow stands
SECONDS_TO_COMPILE = 6.0  # for each shape
SECONDS_TO_JUDGE = 0.5  # and to store
# An update's own cost is shared by the replicates; then each costs by its parameters.
SECONDS_A_STEP = 6e-6
SECONDS_A_PARAMETER = 0.9e-9
MOST_CONFIGS = 500

Shape = tuple[object, ...]


def estimated_seconds(plan: Plan, jobs: int = 1) -> float:
    """Returns how long a sweep takes at most: where no replicate stops early."""
    trials = plan.trials or example_trials(plan)
    # of many trials every so-manieth tells enough
    stride = max(1, len(trials) // MOST_CONFIGS)
    configs = [plan.config(trial) for trial in trials[::stride]]
    shapes = len({shape_of(config) for config in configs})
    each = sum(map(training_seconds, configs)) / len(configs) + SECONDS_TO_JUDGE
    compiling = SECONDS_TO_COMPILE * min(plan.total, shapes * stride)
    return SECONDS_TO_START + (compiling + each * plan.total) / min(jobs, plan.total)


def guessed_seconds(trials: Sequence[tuple[Trial, RunConfig]]) -> dict[int, float]:
    """Returns how long each of these trials takes at most, by its number; what trials share counts for each in part."""
    shapes = [shape_of(config) for _, config in trials]
    sharing = Counter(shapes)
    return {
        trial.number: training_seconds(config) + SECONDS_TO_JUDGE + SECONDS_TO_COMPILE / sharing[shape]
        for (trial, config), shape in zip(trials, shapes, strict=True)
    }


def training_seconds(config: RunConfig) -> float:
    """Returns how long a trial trains at most, all its replicates together."""
    size = len(config.task.alphabet)
    parameters = config.layers * 4 * config.units * (config.units + size) + config.units * size
    steps = config.budget * config.task.time
    return steps * (SECONDS_A_STEP + config.replicates * parameters * SECONDS_A_PARAMETER)


def shape_of(config: RunConfig) -> Shape:
    """Returns all that makes a run need compiled code of its own."""
    network = (config.cell, config.units, config.layers, len(config.task.alphabet), config.head, config.context)
    batch = (config.replicates, config.batch_size, config.rows, config.lags, config.stateful, config.check_interval)
    return (*network, *batch, config.task.time, config.window, config.optimizer, config.loss_at, config.clip_norm)
