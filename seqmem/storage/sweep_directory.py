"""The sweep directory: a frozen plan, and one run directory per trial.

::

    runs/2026-11-22-sweep-gap-units/
      plan.json       written once, before anything runs
      trials/         one run directory each; those with a result are finished, and nothing else says so
      asked.jsonl     the trials that a search has asked for so far, one per line
      failures.jsonl  why trials failed
      study.log       a search as Optuna's tools read it: a mirror, made again where it is missing

What is missing is the plan minus the finished trials: no state is stored that could be wrong after a kill.
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
from seqmem.storage.plan_file import plan_from_json, plan_to_json
from seqmem.storage.result_files import RESULT, has_settings, read_summary

PLAN, ASKED, FAILURES, PRUNED = "plan.json", "asked.jsonl", "failures.jsonl", "pruned.json"
PLAN_LIMIT, LINES_LIMIT, PRUNED_LIMIT = 2**28, 2**28, 2**16  # bytes


@dataclasses.dataclass(frozen=True)
class SweepDirectory:
    """A sweep directory that this process drives. The lock is held until `close`, or until this is gone."""

    path: Path
    plan: Plan
    lock: RunLock

    def trial_path(self, point: Point) -> Path:
        """Returns the run directory of a trial, whether it is there or not."""
        return self.path / TRIALS / point.name

    def append_failure(self, trial: Trial) -> None:
        """Adds a line on why a trial failed."""
        append_line(self.path / FAILURES, {"trial": trial.name, "reason": trial.reason}, sync=True)

    def append_asked(self, point: Point) -> None:
        """Adds a point that a search has asked for, before its trial runs."""
        # on the disk first: no trial's folder may outlive the line that says what it tries
        append_line(self.path / ASKED, {"values": [list(point.values.values())]}, sync=True)

    def close(self) -> None:
        """Lets go of the lock."""
        self.lock.release()


def is_sweep(path: Path) -> bool:
    """Tells whether a folder is a sweep directory."""
    return os.path.lexists(path / PLAN)


def create_sweep_directory(plan: Plan, out: Path | None = None, root: Path = Path("runs")) -> SweepDirectory:
    """Makes a new sweep directory, holding the plan and locked.

    Args:
        plan: What is to be tried.
        out: Where exactly; otherwise a name is made under `root`, with a counter where it is taken.
        root: The folder of all runs.

    Raises:
        UsageError: If `out` is there already.
        SeqmemError: If the disk refuses.
    """
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
    """Takes the lock of a sweep, to resume it.

    Raises:
        UsageError: If it is no sweep directory, version 0.1 started it, or another process drives it.
        DamagedFileError: If its plan is not what seqmem wrote.
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
    """Reads the plan of a sweep directory; raises UsageError where it is none, DamagedFileError where it is damaged."""
    if not is_sweep(path):
        raise UsageError(f"{path}: is no sweep directory")
    try:
        return plan_from_json(read_json(path / PLAN, PLAN_LIMIT))
    except ValueError as error:
        raise DamagedFileError(path / PLAN, str(error)) from None


def known_points(path: Path, plan: Plan) -> tuple[Point, ...]:
    """Returns the points of the plan, or those that a search has asked for so far."""
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
    """Returns what became of a trial as its run directory has it: complete, pruned or missing.

    Raises:
        DamagedFileError: If what is stored there is not a result of these settings, which may be a part of all.
    """
    # a result wins over a note that the trial was pruned: nothing trains after it
    if (row := read_summary(path)) is not None:
        if not has_settings(row.config, settings):
            raise DamagedFileError(path / RESULT, "is of other settings than the plan of the sweep")
        return Outcome("complete", row.summary)
    if os.path.lexists(path / PRUNED):
        reason = read_json(path / PRUNED, PRUNED_LIMIT).get("reason", "")
        # a stranger's text is to be drawn: one line, without control characters
        return Outcome("pruned", reason=one_line(reason, 200))
    return Outcome()


def read_trial(path: Path, plan: Plan, point: Point) -> Trial:
    """Returns a trial as `read_outcome` does; one whose files are damaged, or whose settings do not fit, has failed."""
    try:
        return Trial(point, read_outcome(path / TRIALS / point.name, plan.known_settings(point)))
    except SeqmemError as error:
        return Trial(point, Outcome("failed", reason=str(error)))


def read_sweep(path: Path) -> SweepResult:
    """Reads a sweep as far as it has come, from the plan and the run directories alone.

    Raises:
        UsageError: If it is no sweep directory.
        DamagedFileError: If its plan is not what seqmem wrote. A damaged trial is only reported as failed.
    """
    plan = read_plan(path)
    failures = read_lines(path / FAILURES, LINES_LIMIT)
    # of several failures of a trial the last one counts
    reasons = {str(line.get("trial")): one_line(line.get("reason", ""), 300) for line in failures}
    trials = []
    for point in known_points(path, plan):
        trial = read_trial(path, plan, point)
        if trial.status == "missing" and is_locked(path / TRIALS / point.name):
            trial = Trial(point, Outcome("running"))
        # only where there is no result: one that failed in an earlier session may have been finished since
        elif trial.status == "missing" and point.name in reasons:
            trial = Trial(point, Outcome("failed", reason=reasons[point.name]))
        trials.append(trial)
    shares = importances(plan, trials)
    return SweepResult(
        plan.axes, plan.search, plan.rank, plan.total, tuple(trials), shares, plan.decided, plan.base, path
    )
