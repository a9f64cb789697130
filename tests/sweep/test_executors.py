"""Executors: a worker that dies takes nothing with it but its own call."""

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import wait
from pathlib import Path

import pytest
from made_up_trials import die, pid

from seqmem.sweep import processes
from seqmem.sweep.engine import open_engine
from seqmem.sweep.processes import InlineExecutor, TrialTimeout, WorkerDied, WorkerExecutor, resident_memory


def test_calls_in_this_process_are_done_when_submitted():
    assert InlineExecutor().submit(pid).result(0) == os.getpid()


def test_an_error_in_this_process_is_in_the_future_and_ctrl_c_is_not():
    def interrupt():
        raise KeyboardInterrupt

    assert isinstance(InlineExecutor().submit(int, "x").exception(0), ValueError)
    with pytest.raises(KeyboardInterrupt):
        InlineExecutor().submit(interrupt)


def test_a_dead_worker_fails_its_own_call_alone_and_a_hanging_one_is_killed():
    pool = WorkerExecutor(2, seconds=2.0)
    dead, hanging = pool.submit(die), pool.submit(pid, 600)
    others = [pool.submit(pid) for _ in range(4)]
    wait([dead, hanging, *others])
    assert isinstance(dead.exception(), WorkerDied)
    assert isinstance(hanging.exception(), TrialTimeout)
    assert os.getpid() not in {other.result() for other in others}
    pool.shutdown()


def test_a_process_that_has_grown_is_replaced(monkeypatch):
    monkeypatch.setattr(processes, "MOST_GROWTH", -(2**40))
    with WorkerExecutor(1) as pool:
        assert len({pool.submit(pid).result() for _ in range(3)}) == 3
    with InlineExecutor() as pool:
        here, first, second = (pool.submit(pid).result() for _ in range(3))
    assert here == os.getpid()
    assert len({here, first, second}) == 3


def test_the_memory_of_a_process_is_known():
    before = resident_memory()
    kept = bytearray(b"1") * 2**26
    assert resident_memory() >= before + 2**25 + len(kept) // 4


def test_shutdown_at_once_ends_a_call_under_way():
    pool = WorkerExecutor(1)
    worker = pool.submit(pid).result()
    endless = pool.submit(pid, 600)
    while not pool.busy:
        pass
    pool.shutdown(wait=True, cancel_futures=True)
    assert isinstance(endless.exception(0), WorkerDied)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_workers_die_with_a_killed_driver(tmp_path):
    code = """
        import sys
        sys.path[:0] = sys.argv[1:]
        from made_up_trials import pid
        from seqmem.sweep.processes import WorkerExecutor

        if __name__ == "__main__":
            pool = WorkerExecutor(1)
            print(pool.submit(pid).result(), flush=True)
            pool.submit(pid, 600).result()
    """
    script = tmp_path / "driver.py"
    script.write_text(textwrap.dedent(code))
    with subprocess.Popen(
        [sys.executable, script, *Path(__file__).parents[:2]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as driver:
        worker = int(driver.stdout.readline())
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        # the worker holds the other end of the pipe: it closes when the worker is gone
        assert driver.stdout.read() == b""
    assert not Path(f"/proc/{worker}/cmdline").exists() or not Path(f"/proc/{worker}/cmdline").read_bytes()


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({}, InlineExecutor),
        ({"jobs": 2}, WorkerExecutor),
        ({"seconds": 60.0}, WorkerExecutor),  # what hangs in this process could not be killed
        ({"trusted": ("my:Cell",)}, WorkerExecutor),  # what ends this process would end the sweep
    ],
)
def test_trials_run_in_this_process_only_where_nothing_can_end_it(how, kind):
    with open_engine(**how) as engine:
        assert isinstance(engine.executor, kind)
        assert engine.workers() == how.get("jobs", 1)
