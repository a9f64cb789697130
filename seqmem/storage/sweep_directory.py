"""The sweep directory: a frozen plan, and one run directory per trial.

::

    runs/2026-11-22-sweep-gap-units/
      plan.json       written once, before anything runs
      trials/         one run directory each; trials with a result are finished
      asked.jsonl     the trials that a search has proposed so far, one per line
      failures.jsonl  why trials failed
      study.log       a copy of a search for Optuna's tools, rebuilt if it is missing

The missing trials are those of the plan without a result; no other state is stored that could be wrong after a kill.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqmem.config.plan import Plan, Point, number_points
from seqmem.errors import DamagedFileError, SeqmemError, UsageError, one_line
from seqmem.results.importance import importances
from seqmem.results.json import from_plain
from seqmem.results.sweep import TRIALS, Outcome, SweepResult, Trial
from seqmem.storage.atomic import append_line, disk_errors, make_folder, read_json, read_lines, write_json
from seqmem.storage.lock import RunLock, is_locked
from seqmem.storage.plan_file import PLAN as PLAN
from seqmem.storage.plan_file import plan_from_json, plan_to_json
from seqmem.storage.result_files import RESULT, has_settings, read_summary
from seqmem.storage.run_directory import CONFIG

ASKED, FAILURES, PRUNED = "asked.jsonl", "failures.jsonl", "pruned.json"
PLAN_LIMIT, LINES_LIMIT, PRUNED_LIMIT = 2**28, 2**28, 2**16  # bytes


@dataclasses.dataclass(frozen=True)
class SweepDirectory:
    """A sweep directory that this process writes, with its lock, which is held until `close`."""

    path: Path
    plan: Plan
    lock: RunLock

    def trial_path(self, point: Point) -> Path:
        """Returns the run directory of a trial, which may not exist yet."""
        return self.path / TRIALS / point.name

    def append_failure(self, trial: Trial) -> None:
        """Appends a line with the reason why a trial failed."""
        append_line(self.path / FAILURES, {"trial": trial.name, "reason": trial.reason}, sync=True)

    def append_asked(self, point: Point) -> None:
        """Appends a point that a search has proposed, before its trial runs."""
        # on the disk first, so that no run directory exists without this line
        append_line(self.path / ASKED, {"values": [list(point.values.values())]}, sync=True)

    def close(self) -> None:
        """Releases the lock."""
        self.lock.release()


def is_sweep(path: Path) -> bool:
    """Tells whether a folder is a sweep directory."""
    return os.path.lexists(path / PLAN)


def create_sweep_directory(plan: Plan, out: Path | None = None, root: Path = Path("runs")) -> SweepDirectory:
    """Makes a new sweep directory with the plan, and locks it; `out`, `root`, errors as for `create_run_directory`."""
    axes = "-".join(axis.name for axis in plan.axes)
    name = root / f"{datetime.date.today().isoformat()}-sweep-{axes}"
    hint = f"; --resume {out} resumes a sweep"
    path = make_folder(name, numbered=True) if out is None else make_folder(out, hint=hint)
    try:
        directory = SweepDirectory(path, plan, RunLock(path))
        with disk_errors(path):
            (path / TRIALS).mkdir()
        write_json(path / PLAN, plan_to_json(plan))
    except SeqmemError:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return directory


def open_sweep_directory(path: Path) -> SweepDirectory:
    """Locks a sweep directory, to resume the sweep.

    Raises:
        UsageError: If it is no sweep directory, version 0.1 started it, or another process is running it.
        DamagedFileError: If its plan is damaged.
    """
    return SweepDirectory(path, read_plan_to_resume(path), RunLock(path))


def read_plan_to_resume(path: Path) -> Plan:
    """Reads the plan of a sweep to resume; raises as `open_sweep_directory` does."""
    plan = read_plan(path)
    if plan.old:
        words = "was started by version 0.1, whose defaults were others, and cannot be resumed: start a new sweep"
        raise UsageError(f"{path}: {words}; `seqmem show {path}` shows what it found")
    return plan


def read_plan(path: Path) -> Plan:
    """Reads the plan of a sweep directory; UsageError if there is none, DamagedFileError if it is damaged."""
    if not is_sweep(path):
        run = f": it is a run: seqmem train --resume {path}" if os.path.lexists(path / CONFIG) else ""
        raise UsageError(f"{path}: is no sweep directory{run}")
    try:
        return plan_from_json(read_json(path / PLAN, PLAN_LIMIT))
    except ValueError as error:
        raise DamagedFileError(path / PLAN, str(error)) from None


def known_points(path: Path, plan: Plan) -> tuple[Point, ...]:
    """Returns the points of the plan, or those that a search has proposed so far."""
    if plan.search != "tpe":
        return plan.points
    rows: list[tuple[Any, ...]] = []
    for number, document in enumerate(read_lines(path / ASKED, LINES_LIMIT), 1):
        try:
            rows += from_plain(tuple[tuple[Any, ...], ...], document.get("values"), "values")
        except ValueError as error:
            raise DamagedFileError(path / ASKED, f"line {number}: {error}") from None
    if len(rows) > plan.total or any(len(row) != len(plan.axes) for row in rows):
        raise DamagedFileError(path / ASKED, "does not fit the plan")
    return number_points(plan.axes, rows, plan.total)


def read_outcome(path: Path, settings: Mapping[str, object]) -> Outcome:
    """Returns the outcome of a trial from its run directory: complete, pruned or missing.

    Raises:
        DamagedFileError: If the result is damaged, or of other settings than these, which may be a part of all.
    """
    if (row := read_summary(path)) is not None:
        if not has_settings(row.config, settings):
            raise DamagedFileError(path / RESULT, "is of other settings than the plan of the sweep")
        return Outcome("complete", row.summary)
    if os.path.lexists(path / PRUNED):
        reason = read_json(path / PRUNED, PRUNED_LIMIT).get("reason", "")
        return Outcome("pruned", reason=one_line(reason, 200))
    return Outcome()


def read_trial(path: Path, plan: Plan, point: Point) -> Trial:
    """Returns a trial with the outcome of `read_outcome`; failed if its files are damaged or its settings differ."""
    try:
        return Trial(point, read_outcome(path / TRIALS / point.name, plan.known_settings(point)))
    except SeqmemError as error:
        return Trial(point, Outcome("failed", reason=str(error)))


def read_sweep(path: Path) -> SweepResult:
    """Reads a sweep, complete or in part; damaged trials count as failed. Raises like `read_plan`."""
    plan = read_plan(path)
    failures = read_lines(path / FAILURES, LINES_LIMIT)
    reasons = {str(line.get("trial")): one_line(line.get("reason", ""), 300) for line in failures}
    trials = []
    for point in known_points(path, plan):
        trial = read_trial(path, plan, point)
        if trial.status == "missing" and is_locked(path / TRIALS / point.name):
            trial = Trial(point, Outcome("running"))
        elif trial.status == "missing" and point.name in reasons:
            trial = Trial(point, Outcome("failed", reason=reasons[point.name]))
        trials.append(trial)
    shares = importances(plan, trials)
    return SweepResult(
        plan.axes, plan.search, plan.rank, plan.total, tuple(trials), shares, plan.decided, plan.base, path
    )
