"""Where the trials of a sweep run, chosen by what the user asked for."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from seqmem.errors import UsageError
from seqmem.sweep.processes import InlineExecutor, SlotExecutor
from seqmem.sweep.trial import Job, Reply, run_trial

# A worker stops by itself when a trial's time is up; so many seconds later it is held to hang.
SECONDS_OF_GRACE = 10.0


@dataclasses.dataclass(frozen=True)
class Engine:
    """Where trials run, and how patient to be with them.

    Attributes:
        executor: Runs the calls.
        slots: Tells how many trials may be under way by now.
        retries: How often a trial is run again whose worker died.
        seconds: How long a trial may take; None for as long as it needs.
        cells: Cells of the user's own that trials may import: those that the user has named.
        call: The trial itself.
    """

    executor: Executor
    slots: Callable[[], int]
    retries: int = 2
    seconds: float | None = None
    cells: tuple[str, ...] = ()
    call: Callable[[Job], Reply] = run_trial


@contextlib.contextmanager
def open_engine(
    jobs: int | None = None,
    scheduler: str | None = None,
    seconds: float | None = None,
    retries: int = 2,
    cells: tuple[str, ...] = (),
) -> Iterator[Engine]:
    """Opens an engine, and ends all that belongs to it.

    Args:
        jobs: So many processes; None runs trials in this one, unless one must be killed when its time is up, or is code
            of the user's own, which may end its process.
        scheduler: Address of a Dask scheduler, in place of processes of our own.
        seconds: How long a trial may take.
        retries: How often a trial is run again whose worker died.
        cells: As for `Engine`.

    Raises:
        UsageError: If the scheduler cannot be reached, or Dask is not installed.
    """
    if jobs is not None and scheduler is not None:
        raise UsageError("--jobs does not go with --scheduler: a cluster has as many workers as it has")
    patience = None if seconds is None else seconds + SECONDS_OF_GRACE
    if scheduler is not None:
        from seqmem.sweep.cluster import open_cluster

        with open_cluster(scheduler, retries, patience) as (executor, slots):
            yield Engine(executor, slots, retries, seconds, cells)
        return
    if jobs is None and seconds is None and not cells:
        yield Engine(InlineExecutor(), lambda: 1, retries, None, cells)
        return
    count = jobs or 1
    pool = SlotExecutor(count, patience)
    try:
        yield Engine(pool, lambda: count, retries, seconds, cells)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
