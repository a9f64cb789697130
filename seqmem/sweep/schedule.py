"""The order of trials that are known from the start, and the time left."""

from __future__ import annotations

import abc
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

from seqmem.config.plan import Plan, Point, example_points
from seqmem.config.run_config import RunConfig
from seqmem.results.sweep import Trial

SECONDS_TO_START = 5.0  # import of TensorFlow
SECONDS_TO_COMPILE = 6.0  # per shape
SECONDS_TO_JUDGE = 0.5  # and to store
# A step has a fixed cost for all replicates together, and a cost per replicate and parameter.
SECONDS_A_STEP = 6e-6
SECONDS_A_PARAMETER = 0.9e-9
MOST_CONFIGS = 500

Shape = tuple[object, ...]


class Order(abc.ABC):
    """The order in which the points of a sweep are tried.

    Attributes:
        remaining: The remaining time.
        medians: The medians that the last point is compared with; empty without pruning.
    """

    remaining: RemainingTime
    medians: Mapping[int, float] = {}

    @abc.abstractmethod
    def next(self) -> Point | None:
        """Returns the point to try now; None if there is none left, or a trial must end first."""

    @abc.abstractmethod
    def ended(self, trial: Trial) -> None:
        """Receives a trial that is complete, pruned or failed; in any order."""


class ByShape(Order):
    """Points that are known from the start; those that share compiled code run one after another on the same worker.

    Args:
        points: The points to run, with their settings.
        longest_first: Whether to start with the shapes that train longest, so that several workers end at about the
            same time. Else the order is that of the plan.
    """

    def __init__(self, points: Iterable[tuple[Point, RunConfig]], longest_first: bool):
        self._groups: dict[Shape, deque[Point]] = {}
        training: dict[int, float] = {}
        for point, config in points:
            self._groups.setdefault(shape_of(config), deque()).append(point)
            training[point.number] = training_seconds(config)
        guesses: dict[int, float] = {}
        for group in self._groups.values():
            share = SECONDS_TO_COMPILE / len(group)
            guesses |= {point.number: training[point.number] + SECONDS_TO_JUDGE + share for point in group}
        self.remaining = RemainingTime(guesses)
        if longest_first:
            longest = {shape: max(training[point.number] for point in group) for shape, group in self._groups.items()}
            self._groups = {shape: self._groups[shape] for shape in sorted(longest, key=lambda shape: -longest[shape])}
        self._running: dict[int, Shape] = {}
        self._freed: list[Shape] = []

    def next(self) -> Point | None:
        """Returns a point of the shape that the free worker has compiled; else of one that no worker has compiled."""
        freed = self._freed.pop() if self._freed else None
        if not self._groups:
            return None
        shape = freed if freed in self._groups else self._unshared()
        point = self._groups[shape].popleft()
        if not self._groups[shape]:
            del self._groups[shape]
        self._running[point.number] = shape
        return point

    def ended(self, trial: Trial) -> None:
        """Receives a trial; its worker is free, and has compiled its shape."""
        self._freed.append(self._running.pop(trial.number))
        self.remaining.end(trial.number)

    def _unshared(self) -> Shape:
        """The first shape that is not running; if all are running, the one with most trials left."""
        running = set(self._running.values())
        free = next((shape for shape in self._groups if shape not in running), None)
        # compiling a shape twice costs less than an idle worker
        return free or max(self._groups, key=lambda shape: len(self._groups[shape]))


class RemainingTime:
    """Estimates the remaining time from ended trials, weighted by guesses, of which only the proportions matter."""

    def __init__(self, guesses: Mapping[int, float], clock: Callable[[], float] = time.monotonic):
        self._guesses, self._clock = dict(guesses), clock
        self._started, self._done, self._left = clock(), 0.0, sum(guesses.values())

    def end(self, number: int) -> None:
        """Notes the end of a trial."""
        self._done += self._guesses[number]
        self._left -= self._guesses.pop(number)

    def seconds(self) -> float | None:
        """Returns the remaining seconds; None before the first trial has ended."""
        if not self._done:
            return None
        return (self._clock() - self._started) / self._done * self._left if self._guesses else 0.0


def estimated_seconds(plan: Plan, jobs: int = 1) -> float:
    """Returns an upper bound of the duration of a sweep, as if no replicate stopped early."""
    points = example_points(plan)
    # of many points, every n-th is enough
    stride = max(1, len(points) // MOST_CONFIGS)
    configs = [plan.config(point) for point in points[::stride]]
    shapes = len({shape_of(config) for config in configs})
    each = sum(map(training_seconds, configs)) / len(configs) + SECONDS_TO_JUDGE
    compiling = SECONDS_TO_COMPILE * min(plan.total, shapes * stride)
    return SECONDS_TO_START + (compiling + each * plan.total) / min(jobs, plan.total)


def training_seconds(config: RunConfig) -> float:
    """Returns an upper bound of the training time of a trial with all its replicates."""
    inputs, outputs = len(config.task.input_symbols), len(config.task.output_symbols)
    parameters = config.layers * 4 * config.units * (config.units + inputs) + config.units * outputs
    steps = config.budget * config.task.time
    return steps * (SECONDS_A_STEP + config.replicates * parameters * SECONDS_A_PARAMETER)


def shape_of(config: RunConfig) -> Shape:
    """Returns the settings that compiled code depends on."""
    sizes = (len(config.task.input_symbols), len(config.task.output_symbols))
    network = (config.cell.graph, config.units, config.layers, *sizes, config.context)
    head = (config.head, config.scoring, config.head_bias, config.head_inputs)
    batch = (config.replicates, config.batch_size, config.rows, config.lags, config.stateful, config.check_interval)
    return (
        *network,
        *head,
        *batch,
        config.task.time,
        config.window,
        config.optimizer,
        config.loss_at,
        config.clip_norm,
    )
