"""One trial, wherever it runs: settings go in, an outcome comes out.

It can be called again for the same trial: a finished run is read, an interrupted one is resumed, and a run of another
process is waited for.
"""

from __future__ import annotations

import dataclasses
import math
import os
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.config.toml import config_text
from seqmem.errors import DamagedFileError, SeqmemError, UsageError, one_line
from seqmem.experiment import run
from seqmem.results.sweep import Outcome
from seqmem.storage.atomic import write_atomically, write_json
from seqmem.storage.lock import RunLock, is_locked
from seqmem.storage.result_files import RESULT, SUMMARY
from seqmem.storage.run_directory import (
    CHECKPOINTS,
    CONFIG,
    ENVIRONMENT,
    HISTORY,
    TIMING,
    NoRunError,
    RunDirectory,
    read_config,
    read_history,
)
from seqmem.storage.sweep_directory import PLAN, PRUNED, read_outcome
from seqmem.sweep.pruning import prune_reason

SECONDS_BETWEEN_POLLS = 0.2
# Compiled functions are shared within a process, so two threads of a worker must not run trials at once.
_ONE_AT_A_TIME = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Job:
    """The task of a worker, in plain values, because they are sent between versions and machines.

    Attributes:
        path: The trial's run directory, absolute.
        settings: All its settings.
        threads: Threads per operation.
        seconds: Time limit; None for no limit.
        measure: The measure to compare.
        medians: The medians to compare with, as for `prune_reason`; empty without pruning.
        trusted: User cells that may be imported, because the user has typed them.
    """

    path: str
    settings: dict[str, Any]
    threads: int = 1
    seconds: float | None = None
    measure: str = "success_rate"
    medians: Mapping[int, float] = dataclasses.field(default_factory=dict)
    trusted: tuple[str, ...] = ()


def run_trial(job: Job) -> Outcome:
    """Runs and stores a trial, or reads its stored outcome. It never raises: an error is an outcome."""
    try:
        with _ONE_AT_A_TIME:
            return _run(job)
    except SeqmemError as error:
        return Outcome("failed", reason=str(error))
    except MemoryError:
        return Outcome("failed", reason="out of memory")
    # a user cell may raise anything, which must not end the worker
    except (Exception, SystemExit) as error:
        return Outcome("failed", reason=one_line(f"{type(error).__name__}: {error}", 300))


def _run(job: Job) -> Outcome:
    path, config = Path(job.path), RunConfig.from_settings(job.settings, job.trusted)
    if not (path.parent.parent / PLAN).exists():
        raise SeqmemError(f"the worker does not see {path.parent.parent}: workers and driver must share that folder")
    # in a stranger's sweep a link could lead anywhere, and files of a broken trial are removed
    if link := next((place for place in (path, path.parent) if place.is_symlink()), None):
        raise SeqmemError(f"{link}: is a link")
    deadline = time.monotonic() + job.seconds if job.seconds is not None else math.inf
    _pin_threads(job.threads)
    while True:
        outcome = read_outcome(path, job.settings)
        if outcome.status != "missing":
            return outcome
        try:
            return _resumed_or_new(path, config, job, deadline)
        except UsageError:
            # another process is running it, or has just finished it
            if not is_locked(path) and not (path / RESULT).exists():
                raise
        if time.monotonic() > deadline:
            return _too_late(job)
        time.sleep(SECONDS_BETWEEN_POLLS)


def _pin_threads(threads: int) -> None:
    """Sets the number of threads, or raises SeqmemError if this process already has another."""
    process.prepare(threads)
    pinned = os.environ.get("TF_NUM_INTRAOP_THREADS")
    if pinned != str(threads):
        raise SeqmemError(f"this worker already computes with {pinned} threads, not {threads}: start it again")


def _resumed_or_new(path: Path, config: RunConfig, job: Job, deadline: float) -> Outcome:
    """Runs the trial from where it was interrupted, else from the start."""
    try:
        if read_config(path) == config:
            return _follow(run.Run.resume(path, trusted=job.trusted), job, deadline)
    except (DamagedFileError, NoRunError):
        pass  # nothing to resume
    return _follow(run.Run(config, _empty_directory(path, config), threads=job.threads), job, deadline)


def _empty_directory(path: Path, config: RunConfig) -> RunDirectory:
    """Makes a run directory, or empties one that has no result; UsageError while another process holds it."""
    path.mkdir(parents=True, exist_ok=True)
    lock = RunLock(path)
    if (path / RESULT).exists():
        lock.release()
        raise UsageError(f"{path}: has just been ended by another process")
    for name in (ENVIRONMENT, HISTORY, TIMING, SUMMARY, PRUNED):  # files of seqmem only
        (path / name).unlink(missing_ok=True)
    if (path / CHECKPOINTS).is_symlink():
        (path / CHECKPOINTS).unlink()
    shutil.rmtree(path / CHECKPOINTS, ignore_errors=True)
    write_atomically(path / CONFIG, config_text(config))
    return RunDirectory(path, lock)


def _follow(trained: run.Run, job: Job, deadline: float) -> Outcome:
    """Runs to the end, or until the trial is pruned or reaches its time limit."""
    path, config = Path(job.path), trained.config
    with trained:
        for progress in trained:
            if progress.record is not None and job.medians:
                reason = prune_reason(read_history(path, config), config.budget, job.measure, job.medians)
                if reason:
                    trained.close()
                    write_json(path / PRUNED, {"reason": reason, "presentations": progress.presentations})
                    return Outcome("pruned", reason=reason)
            if time.monotonic() > deadline:
                return _too_late(job)
    return Outcome("complete", trained.result.summary)


def _too_late(job: Job) -> Outcome:
    return Outcome("failed", reason=f"took longer than the {job.seconds:g} s of --trial-timeout")
