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

# A worker ends a trial at its time limit; this many seconds later it is considered to hang.
SECONDS_OF_GRACE = 10.0


@dataclasses.dataclass(frozen=True)
class Engine:
    """An executor of trials, and its limits.

    Attributes:
        executor: Runs the calls.
        workers: Returns the present number of workers.
        retries: How often a trial is run again if its worker died.
        seconds: Time limit of a trial; None for no limit.
        trusted: User cells that trials may import, because the user has typed them.
        call: The function that runs a trial.
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
    """Opens an engine, and shuts it down at the end of the block; other arguments as for `Engine`.

    Args:
        jobs: Number of processes. None runs trials in this one, unless there is a time limit, at which a process must
            be killed, or user code, which may end its process.
        scheduler: Address of a Dask scheduler, instead of processes.
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
    # a separate process can be killed, and can end without ending this one
    if jobs is None and seconds is None and not trusted:
        count, pool = 1, InlineExecutor()
    else:
        count, pool = jobs or 1, WorkerExecutor(jobs or 1, patience)
    try:
        yield Engine(pool, lambda: count, retries, seconds, trusted)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
