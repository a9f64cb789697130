"""The plan of a sweep, made before any trial runs and never changed."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seqmem.config.axis import Axis, shown_value, shown_values, without_none
from seqmem.config.decisions import decide_once
from seqmem.config.rank import measure_of
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError, one_line
from seqmem.settings import Settings, Value

SEARCHES = ("grid", "random", "tpe")
MOST_TRIALS = 1_000_000
MAX_PENDING = 8
# Draws random values of trials from axes, a number of trials and a seed.
Draw = Callable[[Sequence[Axis], int, int], list[tuple[Any, ...]]]


@dataclasses.dataclass(frozen=True)
class Point:
    """The values of one trial by axis, its number from 1, and the name of its run directory."""

    number: int
    name: str
    values: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Plan:
    """The plan of a sweep.

    Attributes:
        base: The given settings of every trial.
        axes: The settings that vary.
        search: `grid`, `random` or `tpe`.
        total: Number of trials.
        rank: The column to sort by; a search optimises it.
        prune: Whether trials that fall behind the median of earlier ones are stopped.
        threads: Threads of each worker.
        points: All trials; empty for `tpe`, which proposes them one by one.
        max_pending: How many trials of an adaptive sweep can run at once; see `seqmem.sweep.adaptive`.
        decided: The settings that rules decided for all trials, from `decide_once`.
        files: The sequences of each file named by an axis `sequences`, so that trials do not read the files again.
        old: Whether version 0.1 made it; it can then be shown, but not resumed, as its defaults were others.
    """

    base: dict[str, Any]
    axes: tuple[Axis, ...]
    search: str
    total: int
    rank: str
    prune: bool
    threads: int
    points: tuple[Point, ...]
    max_pending: int = MAX_PENDING
    decided: dict[str, Any] = dataclasses.field(default_factory=dict)
    files: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    old: bool = False

    @property
    def adaptive(self) -> bool:
        """Whether later trials depend on the results of earlier ones."""
        return self.search == "tpe" or self.prune

    @property
    def measure(self) -> str:
        """The measure by which trials are compared."""
        return measure_of(self.rank)

    @property
    def seed(self) -> int:
        """The seed of the first replicate, and of the search."""
        return int(self.base.get("seed", 0))

    def config(self, point: Point) -> RunConfig:
        """Returns the settings of a trial; UsageError names its values if they contradict each other."""
        values = with_contents(point.values, self.files)
        # later ones win: given for all trials, decided by rules for all, varied
        settings = self.base | without_none(self.decided) | without_none(values)
        try:
            return RunConfig.from_settings(settings)
        except UsageError as error:
            raise UsageError(f"the trial {shown_values(point.values)}: {error}", error.setting, error.value) from None

    def known_settings(self, point: Point) -> dict[str, Any]:
        """Returns the settings of a trial; of a plan of version 0.1 only those that were given. Raises as `config`."""
        return self.base | without_none(point.values) if self.old else self.config(point).to_settings()


def with_contents(values: Settings, files: Mapping[str, list[str]]) -> dict[str, Any]:
    """Returns a trial's values with the sequences of a file in place of its name.

    Raises:
        UsageError: If there is no such file.
    """
    name = values.get("sequences")
    if not isinstance(name, str):
        return dict(values)
    if name not in files:
        raise UsageError(f"sequences = {one_line(name, 60)}: is no file of this plan")
    return {**values, "sequences": files[name]}


def number_points(
    axes: Sequence[Axis], rows: Sequence[Sequence[Value]], total: int, first: int = 1
) -> tuple[Point, ...]:
    """Returns points from their values, numbered and named."""
    names = [axis.name for axis in axes]
    # leading zeros, so that folders sort like their numbers
    width = len(str(total))
    each = [dict(zip(names, row, strict=True)) for row in rows]
    return tuple(
        Point(number, f"{number:0{width}d}{_name(values)}", values) for number, values in enumerate(each, first)
    )


def _name(values: Settings) -> str:
    """A trial's values as part of a folder's name: ``-gap10-units5``."""
    parts = (f"-{name}{shown_value(value)}".replace(":", "to") for name, value in values.items())
    # valid on every file system: at most 255 bytes, and for Windows no dot at the end
    return re.sub(r"[^A-Za-z0-9.+_-]", "_", "".join(parts))[:80].rstrip(".")


def grid(axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    """Returns the values of every combination, the last axis changing fastest.

    Raises:
        UsageError: If an axis has no list of values, or there are too many combinations.
    """
    for axis in axes:
        if axis.continuous:
            raise UsageError(
                f"--vary {axis}: has no steps for a grid: give a list, {axis.name}={axis.low:g}.."
                f"{axis.high:g}*2, or --search random"
            )
    # counted before they are made
    if math.prod(len(axis.values) for axis in axes) > MOST_TRIALS:
        raise UsageError(f"--vary: makes more than {MOST_TRIALS} trials")
    return list(itertools.product(*(axis.values for axis in axes)))


def build_plan(
    base: Mapping[str, Any],
    axes: Sequence[Axis],
    *,
    search: str = "grid",
    count: int | None = None,
    rank: str = "success_rate",
    prune: bool = False,
    threads: int = 1,
    max_pending: int = MAX_PENDING,
    draw: Draw | None = None,
    files: Mapping[str, list[str]] | None = None,
) -> Plan:
    """Makes the plan of a sweep and checks every trial in it.

    The arguments are those of `Plan`; `base` is without the settings that vary, `count` is the number of trials of a
    search, and `draw` draws those of `random`.

    Raises:
        UsageError: If the settings of a trial, or the parts of the plan, contradict each other.
    """
    for index, axis in enumerate(axes):
        if axis.name in [other.name for other in axes[:index]]:
            raise UsageError(f"--vary {axis.name}: is there twice")
    if search == "grid":
        if count is not None:
            raise UsageError(
                "--trials: a grid has as many trials as its axes make; it goes with --search random or tpe"
            )
        rows = grid(axes)
        count = len(rows)
    elif count is None:
        raise UsageError(f"--search {search}: needs --trials N")
    elif count > MOST_TRIALS:
        raise UsageError(f"--trials {count}: must be at most {MOST_TRIALS}")
    elif search == "random":
        assert draw is not None, "a random search needs `draw`"
        rows = draw(axes, count, int(base.get("seed", 0)))
    else:
        rows = []  # tpe proposes each trial when it is due
    points = number_points(axes, rows, count)
    files = dict(files or {})
    decided = decide_once(base, axes, [with_contents(point.values, files) for point in points])
    plan = Plan(dict(base), tuple(axes), search, count, rank, prune, threads, points, max_pending, decided, files)
    for point in example_points(plan):
        plan.config(point)  # for its error, before anything runs
    return plan


def example_points(plan: Plan) -> tuple[Point, ...]:
    """Returns all points; for a search that has not proposed any, one with the first value of every axis."""
    if plan.points:
        return plan.points
    first = [axis.low if axis.continuous else axis.values[0] for axis in plan.axes]
    return number_points(plan.axes, [first], 1)
