"""Trials on a Dask cluster: SLURM, Kubernetes, SSH, or by hand.

Driver and workers exchange pickles: use it in trusted networks only, or with TLS.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from typing import Any

from seqmem.backend.extras import import_distributed
from seqmem.errors import UsageError, one_line
from seqmem.sweep.processes import TrialTimeout, WorkerDied

SECONDS_TO_CONNECT = 10
SECONDS_BETWEEN_POLLS = 2.0


@contextlib.contextmanager
def open_cluster(address: str, retries: int, seconds: float | None) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """Connects to a scheduler, at an address such as ``tcp://10.0.0.1:8786``.

    Yields:
        A `ClusterExecutor`, and a function that returns the number of workers.

    Raises:
        UsageError: If it cannot be reached, or Dask is not installed.
    """
    distributed = import_distributed()
    try:
        # first: of an address that it cannot read, a client complains once more when it is collected
        distributed.comm.get_address_host_port(address)
        client = distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        executor = ClusterExecutor(client, retries, seconds)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--scheduler {address}: cannot be reached: {one_line(error, 200)}") from None
    try:
        yield executor, executor.worker_count
    finally:
        executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            client.close(timeout=2)


class ClusterExecutor(Executor):
    """A Dask client as an executor with the exceptions of the other engines.

    The cluster is polled every two seconds for the number of workers and for calls that take too long. A running call
    cannot be cancelled, so its worker is restarted by its nanny.
    """

    def __init__(self, client: Any, retries: int, seconds: float | None = None):
        self._client, self._retries, self._seconds = client, retries, seconds
        # references to sent calls, because Dask drops a call without one
        self._sent: dict[str, tuple[Any, Future[Any]]] = {}
        self._since: dict[tuple[str, str], float] = {}
        self._closed = threading.Event()
        self._workers = 1
        self._poll()
        threading.Thread(target=self._keep_polling, daemon=True).start()

    def worker_count(self) -> int:
        """Returns the number of workers at the last poll."""
        return self._workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Sends a call to the cluster."""
        answer: Future[Any] = Future()
        answer.set_running_or_notify_cancel()
        try:
            # not `pure`: the result of a trial is in its folder, and two sweeps may have equal settings
            sent = self._client.submit(fn, *args, **kwargs, pure=False, retries=self._retries)
        except Exception:  # the client has noticed that the scheduler is gone
            answer.set_exception(CancelledError())
            return answer
        self._sent[sent.key] = sent, answer
        sent.add_done_callback(self._pass_on)
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the polling, but not the cluster."""
        self._closed.set()

    def _pass_on(self, done: Any) -> None:
        _, answer = self._sent.pop(done.key, (None, None))
        if answer is None:  # its time limit has passed
            return
        try:
            answer.set_result(done.result())
        except CancelledError:
            answer.set_exception(CancelledError())
        except Exception as error:
            name = type(error).__name__
            if self._client.status != "running" or name in ("CommClosedError", "FutureCancelledError"):
                answer.set_exception(CancelledError())
            elif name == "KilledWorker":
                answer.set_exception(WorkerDied(error.allowed_failures + 1))  # type: ignore[attr-defined]
            else:
                answer.set_exception(error)

    def _keep_polling(self) -> None:
        while not self._closed.wait(SECONDS_BETWEEN_POLLS):
            with contextlib.suppress(Exception):  # no answer now; if the scheduler is lost, the calls will fail
                self._poll()

    def _poll(self) -> None:
        self._workers = len(self._client.nthreads())
        if self._seconds is None:
            return
        now = time.monotonic()
        # per worker: a call that Dask runs again after a worker died has its full time again
        running = [(key, worker) for worker, keys in self._client.processing().items() for key in keys]
        self._since = {call: self._since.get(call, now) for call in running if call[0] in self._sent}
        for (key, worker), since in self._since.items():
            if now - since > self._seconds:
                self._give_up(key, worker)

    def _give_up(self, key: str, worker: str) -> None:
        """Ends a call after its time limit, and restarts its worker for another call."""
        sent, answer = self._sent.pop(key, (None, None))
        if sent is not None and answer is not None:
            sent.cancel()
            with contextlib.suppress(Exception):  # a worker without a nanny is left alone
                self._client.restart_workers([worker], timeout=30)
            answer.set_exception(TrialTimeout())
