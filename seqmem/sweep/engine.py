"""Engines of trials: this process, worker processes, a cluster."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from seqmem.errors import UsageError
from seqmem.results.sweep import Outcome
from seqmem.sweep.cluster import open_cluster
from seqmem.sweep.processes import InlineExecutor, WorkerExecutor
from seqmem.sweep.trial import Job, run_trial

# A worker stops by itself when a trial's time is up; this many seconds later it is held to hang.
SECONDS_OF_GRACE = 10.0


@dataclasses.dataclass(frozen=True)
class Engine:
    """Where trials run, and how patient to be with them.

    Attributes:
        executor: Runs the calls.
        workers: Returns how many there are by now.
        retries: How often a trial is run again whose worker died.
        seconds: How long a trial may take; None for as long as it needs.
        trusted: User cells that trials may import: those that the user has named.
        call: The trial itself.
    """

    executor: Executor
    workers: Callable[[], int]
    retries: int = 2
    seconds: float | None = None
    trusted: tuple[str, ...] = ()
    call: Callable[[Job], Outcome] = run_trial


@contextlib.contextmanager
def open_engine(
    jobs: int | None = None,
    scheduler: str | None = None,
    seconds: float | None = None,
    retries: int = 2,
    trusted: tuple[str, ...] = (),
) -> Iterator[Engine]:
    """Opens an engine, and ends all that belongs to it.

    Args:
        jobs: How many processes; None runs trials in this one, unless one must be killed when its time is up, or is
            user code, which may end its process.
        scheduler: Address of a Dask scheduler, in place of processes of our own.
        seconds: As for `Engine`.
        retries: As for `Engine`.
        trusted: As for `Engine`.

    Raises:
        UsageError: If the scheduler cannot be reached, or Dask is not installed.
    """
    if jobs is not None and scheduler is not None:
        raise UsageError("--jobs does not go with --scheduler: a cluster has as many workers as it has")
    pool: Executor
    patience = None if seconds is None else seconds + SECONDS_OF_GRACE
    if scheduler is not None:
        with open_cluster(scheduler, retries, patience) as (executor, workers):
            yield Engine(executor, workers, retries, seconds, trusted)
        return
    # a process of its own can be killed, and its end is not ours
    if jobs is None and seconds is None and not trusted:
        count, pool = 1, InlineExecutor()
    else:
        count, pool = jobs or 1, WorkerExecutor(jobs or 1, patience)
    try:
        yield Engine(pool, lambda: count, retries, seconds, trusted)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
