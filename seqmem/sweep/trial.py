"""One trial, wherever it runs: settings go in, what the replicates found comes out.

It can be called again for the same trial: a finished run directory is read, one that was broken off is gone on with,
and one that another process is at is waited for.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from seqmem.backend import process
from seqmem.cells.user import allow_user_cell
from seqmem.config.run_config import RunConfig
from seqmem.config.toml import config_text
from seqmem.errors import DamagedFileError, SeqmemError, UsageError, one_line
from seqmem.experiment import run
from seqmem.results.summary import TrialResult
from seqmem.results.sweep import Trial, trial_result
from seqmem.storage.atomic import write_atomically, write_json
from seqmem.storage.lock import LOCK_NAME, RunLock, is_locked
from seqmem.storage.run_directory import CONFIG, RESULT, RunDirectory, read_config
from seqmem.storage.sweep_directory import PLAN, PRUNED, read_checks, read_trial
from seqmem.sweep.pruning import Pruner

SECONDS_BETWEEN_LOOKS = 0.2
# Compiled work is shared within a process, so two threads of one worker must not run two trials at once.
_ONE_AT_A_TIME = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Job:
    """What a worker is told; it holds plain values only.

    Attributes:
        path: The trial's run directory, absolute.
        settings: All its settings.
        threads: Threads that an operation may use.
        seconds: How long it may take; None for as long as it needs.
        pruner: Stops the trial where it is hopeless; None to let it end.
        cells: Cells of the user's own that may be imported: those that the user has named.
    """

    path: str
    settings: dict[str, Any]
    threads: int = 1
    seconds: float | None = None
    pruner: Pruner | None = None
    cells: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Reply:
    """What a worker answers: `complete` with a result, or `pruned` or `failed` with a reason."""

    status: str
    result: TrialResult | None = None
    reason: str = ""


def run_trial(job: Job) -> Reply:
    """Runs a trial and stores it, or returns what is stored. It never raises: an error is an answer."""
    try:
        with _ONE_AT_A_TIME:
            return _run(job)
    except SeqmemError as error:
        return Reply("failed", reason=str(error))
    except MemoryError:
        return Reply("failed", reason="out of memory")
    # a user's cell may raise anything, and must not take the worker with it
    except (Exception, SystemExit) as error:
        return Reply("failed", reason=one_line(f"{type(error).__name__}: {error}", 300))


def _run(job: Job) -> Reply:
    path, config = Path(job.path), RunConfig.from_settings(job.settings)
    if not (path.parent.parent / PLAN).exists():
        raise SeqmemError(f"the worker does not see {path.parent.parent}: workers and driver must share that folder")
    deadline = time.monotonic() + job.seconds if job.seconds is not None else None
    _pin_threads(job.threads)
    for cell in job.cells:
        allow_user_cell(cell)
    while True:
        stored = read_trial(path, Trial(0, path.name, {}), config)
        if stored.status != "missing":
            return Reply(stored.status, stored.result, stored.reason)
        try:
            return _follow(_steps(path, config, job.threads), path, config, job, deadline)
        except UsageError:
            # somebody else is at it, or has just ended it
            if not is_locked(path) and not (path / RESULT).exists():
                raise
        if deadline is not None and time.monotonic() > deadline:
            return Reply("failed", reason=_too_long(job))
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _pin_threads(threads: int) -> None:
    """Sets the number of threads, or refuses where this process has already been set to another."""
    process.prepare(threads)
    pinned = os.environ.get("TF_NUM_INTRAOP_THREADS")
    if pinned != str(threads):
        raise SeqmemError(f"this worker already computes with {pinned} threads, not {threads}: start it anew")


def _steps(path: Path, config: RunConfig, threads: int) -> run.Steps:
    """The run, gone on with where it was broken off, else from the start."""
    try:
        if read_config(path) == config:
            return (yield from run.resume(path))
    except DamagedFileError:
        pass  # killed before there was anything to go on with
    except UsageError:
        if path.is_dir():
            raise
    # closed here too: an error that somebody keeps would keep the lock
    with _empty_directory(path, config) as directory:
        return (yield from run.train(config, directory, threads=threads))


def _empty_directory(path: Path, config: RunConfig) -> RunDirectory:
    """Makes a run directory, or empties one that has no result; UsageError while another process holds it."""
    path.mkdir(parents=True, exist_ok=True)
    lock = RunLock(path)
    if (path / RESULT).exists():
        lock.release()
        raise UsageError(f"{path}: has just been ended by another process")
    for entry in path.iterdir():
        if entry.name != LOCK_NAME:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    write_atomically(path / CONFIG, config_text(config))
    return RunDirectory(path, lock)


def _follow(steps: run.Steps, path: Path, config: RunConfig, job: Job, deadline: float | None) -> Reply:
    """Takes a run to its end, or to where it is hopeless or its time is up."""
    try:
        while True:
            progress = next(steps)
            if progress.record is not None and job.pruner is not None:
                reason = job.pruner.hopeless(read_checks(path, config), config.budget)
                if reason:
                    steps.close()
                    write_json(path / PRUNED, {"reason": reason, "presentations": progress.presentations})
                    return Reply("pruned", reason=reason)
            if deadline is not None and time.monotonic() > deadline:
                steps.close()
                return Reply("failed", reason=_too_long(job))
    except StopIteration as ended:
        return Reply("complete", trial_result(ended.value))


def _too_long(job: Job) -> str:
    return f"took longer than the {job.seconds:g} s of --trial-timeout"
