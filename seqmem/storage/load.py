"""Runs and sweeps at a path given by a user."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

from seqmem.config.decisions import essential_settings
from seqmem.errors import DamagedFileError, SeqmemError
from seqmem.results.columns import COLUMNS, ListedRun, Row, run_row
from seqmem.results.evaluation import EvalResult
from seqmem.results.run import RunResult
from seqmem.results.sweep import TRIALS, SweepResult
from seqmem.storage.atomic import read_json
from seqmem.storage.lock import is_locked
from seqmem.storage.result_files import RESULT, RESULT_LIMIT, has_settings, read_summary
from seqmem.storage.run_directory import CONFIG, read_config, read_run
from seqmem.storage.sweep_directory import is_sweep, read_plan, read_sweep


@dataclasses.dataclass(frozen=True)
class Stored:
    """A stored result: its path, and for a run the versions and the machine that it ran on."""

    path: Path
    result: RunResult | SweepResult | EvalResult
    environment: dict[str, Any] = dataclasses.field(default_factory=dict)


def read_stored(path: Path) -> Stored:
    """Reads a complete run, a sweep (complete or in part), or a file of `seqmem eval --out`.

    Raises:
        SeqmemError: If there is none of these, it is damaged, or a run has no result yet.
    """
    if is_sweep(path):
        return Stored(path, read_sweep(path))
    if path.is_file():
        return Stored(path, _read_evaluation(path))
    stored = read_run(path)
    if stored.result is None:
        # progress up to the last check; checkpoints are not opened for a message
        reached = stored.history[-1].presentations if stored.history else 0
        words = f"{path}: no result yet: {stored.status} after {reached} of {stored.config.budget} presentations"
        hint = f"; go on with: seqmem train --resume {path}" if stored.status == "interrupted" else ""
        raise SeqmemError(words + hint)
    return Stored(path, dataclasses.replace(stored.result, path=path), stored.environment)


def _read_evaluation(path: Path) -> EvalResult:
    try:
        return EvalResult.from_json(read_json(path, RESULT_LIMIT))
    except ValueError as error:
        raise DamagedFileError(path, f"is no evaluation: {error}") from None


def list_runs(root: Path) -> tuple[ListedRun, ...]:
    """Returns every run directly in a folder, or the folder itself if it is a run, in order of name.

    Damaged runs are listed as such. A missing folder has no runs.
    """
    if not root.exists():
        return ()
    if _looks_like_run(root):
        return (_listed(root),)
    try:
        folders = sorted(path for path in root.iterdir() if path.is_dir() and _looks_like_run(path))
    except OSError as error:
        raise SeqmemError(f"{root}: {error.strerror or error}") from None
    return tuple(_listed(path) for path in folders)


def _listed(path: Path) -> ListedRun:
    """A run with its settings and its row; records and checkpoints are not read."""
    try:
        config = read_config(path)
        # before the result is read, so that a run that ends in between is seen as complete
        status = "running" if is_locked(path) else "interrupted"
        if (row := read_summary(path)) is None:
            return ListedRun(path, status, config)
        if not has_settings(row.config, config.to_settings()):
            raise DamagedFileError(path / RESULT, f"is of other settings than {CONFIG}")
        return ListedRun(path, "complete", config, row.summary)
    except SeqmemError as error:
        return ListedRun(path, "corrupt", problem=str(error))


def _looks_like_run(path: Path) -> bool:
    # one is enough: a run without the other is listed as corrupt, not left out
    return any(os.path.lexists(path / name) for name in (CONFIG, RESULT))


def sweep_rows(root: Path) -> list[Row]:
    """Returns a row for each sweep directly in a folder, or for the folder itself if it is a sweep."""
    if not root.is_dir():
        return []
    folders = [root] if is_sweep(root) else sorted(path for path in root.iterdir() if path.is_dir() and is_sweep(path))
    return [_row(path) for path in folders]


def _row(path: Path) -> Row:
    """A sweep as a row: settings that vary with all their values, and the number of finished trials as verdict."""
    try:
        plan = read_plan(path)
    except SeqmemError as error:
        return run_row(ListedRun(path, "corrupt", problem=str(error)))
    # counted by file names: reading every trial of every sweep would be slow
    finished = sum(1 for _ in path.glob(f"{TRIALS}/*/{RESULT}"))
    status = "complete" if finished == plan.total else "running" if is_locked(path) else "interrupted"
    varied = {axis.name: str(axis).partition("=")[2] for axis in plan.axes}
    outcome = {"run": str(path), "status": status, "verdict": f"sweep {finished}/{plan.total}"}
    # later ones win
    return dict.fromkeys(COLUMNS) | essential_settings() | plan.base | varied | outcome
