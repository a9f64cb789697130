"""The plan of a sweep: made once, before anything runs, and never changed."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from seqmem.cells.user import allow_user_cell, check_permission
from seqmem.config.axis import Axis, axis_from_json, axis_to_json, shown_value, shown_values
from seqmem.config.decisions import decide_once
from seqmem.config.rank import check_rank, measure_of
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError, one_line
from seqmem.results.sweep import Trial
from seqmem.storage.json import from_plain

SCHEMA = 2
SEARCHES = ("grid", "random", "tpe")
MOST_TRIALS = 1_000_000
# What a search asks for next hangs on what it was told. So that it does not hang on the engine as well, nor on how many
# workers there are, a trial is always asked for when exactly those have been told that are so many trials before it.
AHEAD = 8


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a sweep is to try.

    Attributes:
        base: The settings of every trial as they were given.
        axes: What varies.
        search: `grid`, `random` or `tpe`.
        total: How many trials.
        rank: The column to sort by; what a search seeks.
        prune: Whether hopeless trials are stopped.
        threads: Threads of each worker.
        ahead: Where what comes next hangs on what has been found: how many trials that runs ahead of it, and so how
            many can run side by side.
        trials: All of them, but for `tpe`, which asks for them as it goes.
        decided: What rules decided for all trials together, as `decide_once` returns it.
    """

    base: dict[str, Any]
    axes: tuple[Axis, ...]
    search: str
    total: int
    rank: str
    prune: bool
    threads: int
    trials: tuple[Trial, ...]
    ahead: int = AHEAD
    decided: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def looks_back(self) -> bool:
        """Whether what comes next hangs on what has been found."""
        return self.search == "tpe" or self.prune

    @property
    def measure(self) -> str:
        """What a trial is measured by."""
        return measure_of(self.rank)

    @property
    def seed(self) -> int:
        """The seed of the first replicate, and of the search."""
        return int(self.base.get("seed", 0))

    def config(self, trial: Trial) -> RunConfig:
        """Returns the settings of a trial.

        Raises:
            UsageError: If its values do not go together; it names them.
        """
        settings = self.base | _without_none(self.decided) | _without_none(trial.values)
        try:
            return RunConfig.from_settings(settings)
        except UsageError as error:
            raise UsageError(f"the trial {shown_values(trial.values)}: {error}") from None

    def to_json(self) -> dict[str, Any]:
        """Returns the content of `plan.json`."""
        own = ("base", "decided", "search", "total", "rank", "prune", "threads", "ahead")
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in own},
            "axes": [axis_to_json(axis) for axis in self.axes],
            "trials": [list(trial.values.values()) for trial in self.trials],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """Builds a plan from the content of `plan.json`, which may come from a stranger.

        Raises:
            ValueError: If it is no plan.
        """
        if document.get("schema") != SCHEMA:
            raise ValueError(f"schema {document.get('schema')!r} is not {SCHEMA}, the one this version reads")
        plain = dict[str, Any]
        hints = {
            "base": plain,
            "decided": plain,
            "search": str,
            "total": int,
            "rank": str,
            "prune": bool,
            "threads": int,
        }
        known = {name: from_plain(hint, document.get(name), name) for name, hint in hints.items()}
        known["ahead"] = max(1, from_plain(int, document.get("ahead", AHEAD), "ahead"))
        rows = from_plain(tuple[tuple[Any, ...], ...], document.get("trials"), "trials")
        try:
            axes = tuple(axis_from_json(one) for one in document.get("axes") or ())
        except UsageError as error:
            raise ValueError(str(error)) from None
        whole = known["search"] == "tpe" or len(rows) == known["total"]
        if known["search"] not in SEARCHES or not axes or not whole or any(len(row) != len(axes) for row in rows):
            raise ValueError("axes, trials and total do not fit together")
        return cls(**known, axes=axes, trials=number_trials(axes, rows, known["total"]))


def _without_none(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def number_trials(axes: Sequence[Axis], rows: Sequence[Sequence[Any]], total: int, first: int = 1) -> tuple[Trial, ...]:
    """Returns trials from their values, numbered and named."""
    names = [axis.name for axis in axes]
    width = len(str(total))
    points = [dict(zip(names, row, strict=True)) for row in rows]
    return tuple(
        Trial(number, f"{number:0{width}d}{_name(values)}", values) for number, values in enumerate(points, first)
    )


def _name(values: Mapping[str, Any]) -> str:
    """A trial's values as part of a folder's name: ``-gap10-units5``."""
    parts = (f"-{name}{shown_value(value)}".replace(":", "to") for name, value in values.items())
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
    ahead: int = AHEAD,
) -> Plan:
    """Makes the plan of a sweep and checks every trial in it.

    Args:
        base: The settings of every trial as they were given, without those that vary.
        axes: What varies; none twice.
        search: `grid`, `random` or `tpe`.
        count: How many trials a search tries.
        rank: The column to sort by; what a search seeks.
        prune: Whether hopeless trials are stopped.
        threads: Threads of each worker.
        ahead: As in `Plan`.

    Raises:
        UsageError: If the settings of a trial do not go together, or the parts of the plan.
    """
    from seqmem.sweep.random_search import draw_points

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
    else:
        rows = draw_points(axes, count, int(base.get("seed", 0))) if search == "random" else []
        count = len(rows) if rows else count
    trials = number_trials(axes, rows, count)
    decided = decide_once(base, axes, [trial.values for trial in trials])
    plan = Plan(dict(base), tuple(axes), search, count, rank, prune, threads, trials, ahead, decided)
    for trial in example_trials(plan):
        plan.config(trial)
    return plan


def example_trials(plan: Plan) -> tuple[Trial, ...]:
    """Returns all trials, or where they are yet to be asked for one with the first value of every axis."""
    if plan.trials:
        return plan.trials
    first = [axis.low if axis.continuous else axis.values[0] for axis in plan.axes]
    return number_trials(plan.axes, [first], 1)


@dataclasses.dataclass(frozen=True)
class Request:
    """Settings and axes as they were given; None where nothing was said.

    Attributes:
        base: Settings of every trial.
        axes: What varies.
        search, count, rank, prune, threads, ahead: As in `Plan`.
        cells: Cells of the user's own that were named on the command line, and so may be imported.
    """

    base: dict[str, Any]
    axes: tuple[Axis, ...]
    search: str | None = None
    count: int | None = None
    rank: str | None = None
    prune: bool | None = None
    threads: int | None = None
    ahead: int | None = None
    cells: tuple[str, ...] = ()

    def plan(self) -> Plan:
        """Makes the plan of a new sweep; raises UsageError where it cannot be done."""
        if not self.axes:
            raise UsageError("nothing varies: give --vary SETTING=VALUES, such as --vary gap=3,10,30")
        for axis in self.axes:
            if axis.name in self.base:
                raise UsageError(f"{axis.name} is given and varied: it is one or the other")
        if self.ahead is not None and self.search != "tpe" and not self.prune:
            raise UsageError(f"--ahead {self.ahead}: goes with --search tpe or --prune: no other sweep looks back")
        return build_plan(
            self.base,
            self.axes,
            search=self.search or "grid",
            count=self.count,
            rank=check_rank(self.rank or "success_rate", self.axes),
            prune=bool(self.prune),
            threads=self.threads or 1,
            ahead=self.ahead or AHEAD,
        )

    def check_cells(self, plan: Plan) -> None:
        """Raises SettingError where a plan, which may be a stranger's, has a cell that the user has not named."""
        for cell in self.cells:
            allow_user_cell(cell)
        varied = [value for axis in plan.axes if axis.name == "cell" for value in axis.values]
        for cell in varied or [plan.base.get("cell", "lstm")]:
            check_permission(cell)

    def refuse_other_than(self, plan: Plan) -> None:
        """Raises UsageError, naming what differs, unless all that was given is what a sweep was begun with."""
        begun = plan.config(example_trials(plan)[0]).to_settings() | plan.base
        varied = {axis.name: axis for axis in plan.axes}
        other = []
        for name, value in self.base.items():
            if name in varied:
                other.append(f"{name} = {one_line(value, 60)} (it is varied: {varied[name]})")
            elif begun.get(name) != value:
                other.append(f"{name} = {one_line(value, 60)} (begun with {one_line(begun.get(name), 60)})")
        for axis in self.axes:
            if varied.get(axis.name) != axis:
                old = f"begun with {varied[axis.name]}" if axis.name in varied else "not varied"
                other.append(f"--vary {axis} ({old})")
        given = {name: getattr(self, name) for name in ("search", "prune", "threads", "ahead")}
        known = {name: getattr(plan, name) for name in given} | {"trials": plan.total, "rank": plan.rank}
        given["trials"] = self.count
        if self.rank is not None and plan.looks_back:
            given["rank"] = check_rank(self.rank, plan.axes)
        for name, value in given.items():
            if value is not None and value != known[name]:
                other.append(f"--{name} {value} (begun with {known[name]})")
        if other:
            raise UsageError(f"--resume goes on with the settings a sweep was begun with, not with {'; '.join(other)}")
