"""A request for a sweep, to make a plan of or to compare with one."""

from __future__ import annotations

import dataclasses
from typing import Any

from seqmem.cells import LSTM, read_cell
from seqmem.config.axis import Axis
from seqmem.config.plan import MAX_PENDING, Draw, Plan, build_plan, example_points
from seqmem.config.rank import check_rank
from seqmem.errors import UsageError, one_line


@dataclasses.dataclass(frozen=True)
class Request:
    """Settings and axes as given; None for those not given.

    Attributes:
        base, axes, search, rank, prune, threads, files: As in `Plan`.
        count: `total` of the plan.
        ahead: `max_pending` of the plan.
        cells: User cells that were typed on the command line, and so may be imported.
    """

    base: dict[str, Any]
    axes: tuple[Axis, ...]
    search: str | None = None
    count: int | None = None
    rank: str | None = None
    prune: bool | None = None
    threads: int | None = None
    ahead: int | None = None
    files: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    cells: tuple[str, ...] = ()

    def plan(self, draw: Draw | None = None) -> Plan:
        """Makes the plan of a new sweep; raises UsageError where it cannot be done."""
        if not self.axes:
            raise UsageError("nothing varies: give --vary SETTING=VALUES, such as --vary gap=3,10,30")
        for axis in self.axes:
            if axis.name in self.base:
                raise UsageError(f"{axis.name} is given and varied: it is one or the other")
        if self.ahead is not None and self.search != "tpe" and not self.prune:
            raise UsageError(f"--ahead {self.ahead}: goes with --search tpe or --prune: only they depend on results")
        return build_plan(
            self.base,
            self.axes,
            search=self.search or "grid",
            count=self.count,
            rank=check_rank(self.rank or "success_rate", self.axes),
            prune=bool(self.prune),
            threads=self.threads or 1,
            max_pending=self.ahead or MAX_PENDING,
            draw=draw,
            files=self.files,
        )

    def check_cells(self, plan: Plan) -> None:
        """Raises SettingError if a plan, which may be a stranger's, has a user cell that was not typed."""
        varied = [value for axis in plan.axes if axis.name == "cell" for value in axis.values]
        for cell in varied or [plan.base.get("cell", LSTM.name)]:
            read_cell({"cell": cell}, self.cells).check_permission()

    def refuse_other_than(self, plan: Plan) -> None:
        """Raises UsageError, naming the differences, unless everything given equals the plan of a sweep."""
        # with defaults filled in: typing a default changes nothing
        started = plan.config(example_points(plan)[0]).to_settings() | plan.base
        varied = {axis.name: axis for axis in plan.axes}
        other = []
        for name, value in self.base.items():
            if name in varied:
                other.append(f"{name} = {one_line(value, 60)} (it is varied: {varied[name]})")
            elif started.get(name) != value:
                other.append(f"{name} = {one_line(value, 60)} (started with {one_line(started.get(name), 60)})")
        for axis in self.axes:
            if varied.get(axis.name) != axis:
                old = f"started with {varied[axis.name]}" if axis.name in varied else "not varied"
                other.append(f"--vary {axis} ({old})")
        given = {name: getattr(self, name) for name in ("search", "prune", "threads", "ahead")}
        planned = {name: getattr(plan, name) for name in ("search", "prune", "threads", "rank")}
        planned |= {"ahead": plan.max_pending, "trials": plan.total}
        given["trials"] = self.count
        # a grid may be sorted by another column at any time; in an adaptive sweep the column has determined the trials
        if self.rank is not None and plan.adaptive:
            given["rank"] = check_rank(self.rank, plan.axes)
        for name, value in given.items():
            if value is not None and value != planned[name]:
                other.append(f"--{name} {value} (started with {planned[name]})")
        if other:
            raise UsageError(
                f"--resume goes on with the settings a sweep was started with, not with {'; '.join(other)}"
            )
