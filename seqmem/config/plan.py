"""The plan of a sweep: made before anything runs, and never changed."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from seqmem.config.axis import Axis, shown_value, shown_values
from seqmem.config.decisions import decide_once
from seqmem.config.rank import measure_of
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError, one_line
from seqmem.settings import Settings, Value

SEARCHES = ("grid", "random", "tpe")
MOST_TRIALS = 1_000_000
MAX_PENDING = 8
# Draws the values of trials at random: of these axes, this many, from this seed.
Draw = Callable[[Sequence[Axis], int, int], list[tuple[Any, ...]]]


@dataclasses.dataclass(frozen=True)
class Point:
    """What one trial tries.

    Attributes:
        number: From 1, in the order of the plan.
        name: Of its run directory.
        values: The value of each axis.
    """

    number: int
    name: str
    values: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a sweep is to try.

    Attributes:
        base: The settings of every trial as they were given.
        axes: What varies.
        search: `grid`, `random` or `tpe`.
        total: How many trials.
        rank: The column to sort by; what a search seeks.
        prune: Whether trials are stopped that fall behind the median of earlier ones.
        threads: Threads of each worker.
        points: All trials, but for `tpe`, which asks for them as it goes.
        max_pending: How many trials of an adaptive sweep can run side by side; see `seqmem.sweep.adaptive`.
        decided: What rules decided for all trials together, as `decide_once` returns it.
        files: The sequences of each file that an axis `sequences` names, so that trials need no file again.
        old: Whether version 0.1 made it: then it can be looked at, but `config` knows only the defaults of today.
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
        """Whether what comes next depends on what has been found."""
        return self.search == "tpe" or self.prune

    @property
    def measure(self) -> str:
        """What a trial is measured by."""
        return measure_of(self.rank)

    @property
    def seed(self) -> int:
        """The seed of the first replicate, and of the search."""
        return int(self.base.get("seed", 0))

    def config(self, point: Point) -> RunConfig:
        """Returns the settings of a trial.

        Raises:
            UsageError: If its values do not go together; it names them.
        """
        values = with_contents(point.values, self.files)
        # later ones win: what was given to all, what rules decided for all, what this trial tries
        settings = self.base | _without_none(self.decided) | _without_none(values)
        try:
            return RunConfig.from_settings(settings)
        except UsageError as error:
            raise UsageError(f"the trial {shown_values(point.values)}: {error}", error.setting, error.value) from None

    def known_settings(self, point: Point) -> dict[str, Any]:
        """Returns what is known of a trial's settings: all, but of an old plan only what was given; as `config`."""
        return self.base | _without_none(point.values) if self.old else self.config(point).to_settings()


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


def _without_none(settings: Settings) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def number_points(
    axes: Sequence[Axis], rows: Sequence[Sequence[Value]], total: int, first: int = 1
) -> tuple[Point, ...]:
    """Returns points from their values, numbered and named."""
    names = [axis.name for axis in axes]
    # digits: with leading zeros folders sort as their numbers do
    width = len(str(total))
    each = [dict(zip(names, row, strict=True)) for row in rows]
    return tuple(
        Point(number, f"{number:0{width}d}{_name(values)}", values) for number, values in enumerate(each, first)
    )


def _name(values: Settings) -> str:
    """A trial's values as part of a folder's name: ``-gap10-units5``."""
    parts = (f"-{name}{shown_value(value)}".replace(":", "to") for name, value in values.items())
    # what every file system takes: no name over 255 bytes, and on Windows none that ends in a dot
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

    Args:
        base: The settings of every trial as they were given, without those that vary.
        axes: What varies; none twice.
        search: `grid`, `random` or `tpe`.
        count: How many trials a search tries.
        rank: The column to sort by; what a search seeks.
        prune: Whether trials are stopped that fall behind the median of earlier ones.
        threads: Threads of each worker.
        max_pending: As in `Plan`.
        draw: Draws the trials of `random`; it stands where searches do.
        files: As in `Plan`.

    Raises:
        UsageError: If the settings of a trial do not go together, or the parts of the plan.
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
        assert draw is not None, "a random search is drawn by whoever makes its plan"
        rows = draw(axes, count, int(base.get("seed", 0)))
    else:
        # tpe draws each trial when its turn comes, knowing those before it
        rows = []
    points = number_points(axes, rows, count)
    files = dict(files or {})
    decided = decide_once(base, axes, [with_contents(point.values, files) for point in points])
    plan = Plan(dict(base), tuple(axes), search, count, rank, prune, threads, points, max_pending, decided, files)
    for point in example_points(plan):
        plan.config(point)  # for its error: no trial may be found impossible hours later
    return plan


def example_points(plan: Plan) -> tuple[Point, ...]:
    """Returns all points, or where they are yet to be asked for one with the first value of every axis."""
    if plan.points:
        return plan.points
    # a search is yet to name its trials: one stands for all
    first = [axis.low if axis.continuous else axis.values[0] for axis in plan.axes]
    return number_points(plan.axes, [first], 1)
