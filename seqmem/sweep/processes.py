"""Executors of one machine: this process, or workers that may die.

In a pool of several processes (`ProcessPoolExecutor`, loky, joblib) all waiting calls fail if one process dies. That
happens to trials: user code exits, memory runs out. So each worker here is a pool of one process.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

# XLA never frees compiled programs, about 30 MB for each shape of a network. So a process is replaced after this many
# calls, or when it has grown by this much since its first call.
CALLS_PER_PROCESS = 100
MOST_GROWTH = 2**30  # bytes


class WorkerDied(Exception):  # noqa: N818 (its name is shown to the user)
    """The process of a trial ended early, `times` times: killed, out of memory, or ended by the trial itself."""

    def __init__(self, times: int = 1):
        super().__init__(times)
        self.times = times


class TrialTimeout(Exception):  # noqa: N818
    """A trial exceeded its time limit, and its process was killed."""


class InlineExecutor(Executor):
    """Runs each call in this process, immediately; in a worker, once this process has grown by `MOST_GROWTH`."""

    def __init__(self) -> None:
        self._first = 0
        self._worker: WorkerExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Calls the function and returns a finished future; Ctrl-C is not caught."""
        if self._worker is not None:
            return self._worker.submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        memory = resident_memory()
        self._first = self._first or memory
        if memory > self._first + MOST_GROWTH:
            self._worker = WorkerExecutor(1)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the worker, if there is one."""
        if self._worker is not None:
            self._worker.shutdown(wait, cancel_futures=cancel_futures)


class WorkerExecutor(Executor):
    """Workers, each a thread with a pool of one spawned process.

    If a process dies, its call fails with WorkerDied and its worker gets a new process; other calls are not affected.
    """

    def __init__(self, workers: int, seconds: float | None = None):
        self._seconds = seconds
        self._calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._closed = False
        self._pids: set[int] = set()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> int:
        """Number of running calls."""
        return len(self._pids)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queues a call for the next free worker."""
        future: Future[Any] = Future()
        self._calls.put((future, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers after their calls; with `cancel_futures` immediately, by killing their processes."""
        self._closed = True
        for _ in self._threads:
            self._calls.put(None)
        if cancel_futures:
            for pid in tuple(self._pids):
                _kill(pid)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        """Runs the calls of the queue, one after another, until the executor is shut down."""
        pool, calls, first, worn = _new_pool(), 0, 0, False
        while (call := self._calls.get()) is not None and not self._closed:
            future, fn, args, kwargs = call
            if not future.set_running_or_notify_cancel():
                continue
            if worn:
                pool.shutdown(wait=True, cancel_futures=True)
                pool, calls, first, worn = _new_pool(), 0, 0, False
            calls += 1
            try:
                # the pool starts its process at the first call; the time limit must not include that
                pid = pool.submit(os.getpid).result()
                self._pids.add(pid)
                try:
                    result, memory = pool.submit(_call, fn, args, kwargs).result(self._seconds)
                finally:
                    self._pids.discard(pid)
                first = first or memory
                worn = calls == CALLS_PER_PROCESS or memory > first + MOST_GROWTH
                future.set_result(result)
            except TimeoutError:
                _kill(pid)
                worn = True
                future.set_exception(TrialTimeout())
            except BrokenProcessPool:
                worn = True
                future.set_exception(WorkerDied())
            except Exception as error:
                future.set_exception(error)
        pool.shutdown(wait=True, cancel_futures=True)


def _call(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, int]:
    """The result of a call, and the memory of its process afterwards."""
    return fn(*args, **kwargs), resident_memory()


def resident_memory() -> int:
    """Returns the resident memory of this process in bytes; 0 if it is not known, as outside Linux."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _new_pool() -> ProcessPoolExecutor:
    # spawned, because a fork hangs after TensorFlow has run
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start_process)


def _start_process() -> None:
    """Leaves Ctrl-C to the driver, and ends this process when the driver dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_driver, daemon=True).start()


def _die_with_driver() -> None:
    driver = parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows SIGTERM ends a process at once
