"""Which trial of a sweep runs next, so that little is compiled twice and no worker is left with the longest one."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from seqmem.config.plan import Plan, example_trials
from seqmem.config.run_config import RunConfig
from seqmem.results.sweep import Trial

SECONDS_TO_START = 5.0  # until TensorFlow stands
SECONDS_TO_COMPILE = 6.0  # for each shape
SECONDS_TO_JUDGE = 0.5  # and to store
# An update's own cost is shared by the replicates; then each costs by its parameters.
SECONDS_A_STEP = 6e-6
SECONDS_A_PARAMETER = 0.9e-9
MOST_CONFIGS = 500

Shape = tuple[object, ...]


class ShapeOrder:
    """Trials that are known from the start, those that share compiled code one after another on the same worker.

    Args:
        trials: What is to run, with its settings.
        longest_first: Begin with the shapes whose trials train longest: with several workers, what is left for the end
            is then short. Else the order is that of the plan.
    """

    def __init__(self, trials: Iterable[tuple[Trial, RunConfig]], longest_first: bool):
        self._groups: dict[Shape, deque[Trial]] = {}
        seconds: dict[Shape, float] = {}
        for trial, config in trials:
            shape = shape_of(config)
            self._groups.setdefault(shape, deque()).append(trial)
            seconds[shape] = max(seconds.get(shape, 0.0), training_seconds(config))
        if longest_first:
            self._groups = {shape: self._groups[shape] for shape in sorted(seconds, key=lambda one: -seconds[one])}

    def next(self, freed: Shape | None, running: Collection[Shape]) -> Trial | None:
        """Returns the trial to begin, or None where none is left.

        Args:
            freed: What the worker that is free has compiled last.
            running: What the other workers have compiled.
        """
        if not self._groups:
            return None
        shape = freed if freed in self._groups else self._unshared(running)
        trial = self._groups[shape].popleft()
        if not self._groups[shape]:
            del self._groups[shape]
        return trial

    def _unshared(self, running: Collection[Shape]) -> Shape:
        """The first shape that nobody has compiled; where all are taken, the one with most trials left."""
        free = next((shape for shape in self._groups if shape not in running), None)
        return free or max(self._groups, key=lambda shape: len(self._groups[shape]))


class Clock:
    """Knows how much of the work that was guessed is done, and since when it is being done.

    Args:
        guesses: Seconds that were guessed for each trial that is missing, by its number. They need only be right in
            proportion: a gap of 1,000 takes longer than one of 3.
        clock: Tells the seconds.
    """

    def __init__(self, guesses: Mapping[int, float], clock: Callable[[], float] = time.monotonic):
        self._guesses, self._clock = dict(guesses), clock
        self._began, self._done, self._left = clock(), 0.0, sum(guesses.values())

    def end(self, number: int) -> None:
        """Takes in that a trial has just ended."""
        self._done += self._guesses[number]
        self._left -= self._guesses.pop(number)

    def leave_out(self, number: int) -> None:
        """Takes in that a trial was finished before."""
        self._left -= self._guesses.pop(number)

    def seconds_left(self) -> float | None:
        """Returns how long what is left will take; None before the first trial has ended."""
        if not self._done:
            return None
        return (self._clock() - self._began) / self._done * self._left if self._guesses else 0.0


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
