"""Trials on a Dask cluster of any kind: SLURM, Kubernetes, SSH, or workers started by hand.

Driver and workers speak pickle with each other: only in a network that is trusted, or with TLS.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from seqmem.errors import UsageError, one_line
from seqmem.sweep.executors import WorkerDied
from seqmem.sweep.optional import import_distributed

SECONDS_TO_CONNECT = 10
SECONDS_BETWEEN_COUNTS = 2.0


@contextlib.contextmanager
def open_cluster(address: str, retries: int) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Connects to a scheduler.

    Args:
        address: Such as ``tcp://10.0.0.1:8786``.
        retries: How often Dask may run a trial again on another worker.

    Yields:
        An executor, and a function that tells how many workers there are.

    Raises:
        UsageError: If it cannot be reached, or Dask is not installed.
    """
    distributed = import_distributed()
    try:
        client = distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--scheduler {address}: cannot be reached: {one_line(error, 200)}") from None
    try:
        yield ClusterExecutor(client, retries), _worker_count(client)
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=2)


class ClusterExecutor(Executor):
    """A Dask client's executor whose errors mean what those of the other engines mean.

    Args:
        client: Connected.
        retries: How often Dask may run a call again.
    """

    def __init__(self, client: Any, retries: int):
        # not `pure`: what a trial gives lies in its folder, and two sweeps may hold the same settings
        self._client, self._executor = client, client.get_executor(pure=False, retries=retries)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Sends a call to the cluster."""
        answer: Future[Any] = Future()
        answer.set_running_or_notify_cancel()
        try:
            sent = self._executor.submit(fn, *args, **kwargs)
        except Exception:  # the client has noticed that the scheduler is gone
            answer.set_exception(CancelledError())
            return answer
        sent.add_done_callback(lambda done: self._pass_on(done, answer))
        return answer

    def _pass_on(self, done: Future[Any], answer: Future[Any]) -> None:
        try:
            answer.set_result(done.result())
        except CancelledError:
            answer.set_exception(CancelledError())
        except Exception as error:
            name = type(error).__name__
            lost = self._client.status != "running" or name in ("CommClosedError", "FutureCancelledError")
            answer.set_exception(CancelledError() if lost else WorkerDied() if name == "KilledWorker" else error)


def _worker_count(client: Any) -> Callable[[], int]:
    """Tells how many workers there are, asking the cluster now and then: workers come and go."""
    known = {"count": 1, "asked": -SECONDS_BETWEEN_COUNTS}

    def count() -> int:
        if time.monotonic() - known["asked"] >= SECONDS_BETWEEN_COUNTS:
            with contextlib.suppress(Exception):
                known["count"] = len(client.nthreads()) or 1
            known["asked"] = time.monotonic()
        return int(known["count"])

    return count
