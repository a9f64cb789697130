"""Sweeps of made-up trials, and real ones as processes."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from made_up_trials import store

from seqmem.config.axis import parse_axis
from seqmem.config.plan import build_plan
from seqmem.storage.sweep_directory import create_sweep_directory, open_sweep_directory
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import Engine
from seqmem.sweep.processes import InlineExecutor
from seqmem.sweep.search import random_points

CLUSTER = """
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


@pytest.fixture
def begin(tmp_path):
    """Returns a function that makes a sweep directory of some axes."""

    def make(*axes, name="sweep", base=None, **how):
        plan = build_plan(base or {}, [parse_axis(text) for text in axes], draw=random_points, **how)
        return create_sweep_directory(plan, tmp_path / name)

    return make


@pytest.fixture
def finish():
    """Returns a function that takes a sweep to its end with made-up trials; it closes the directory."""

    def run(directory, workers=1, call=store, hear=lambda progress: None, **how):
        executor = InlineExecutor() if workers == 1 else ThreadPoolExecutor(workers)
        with executor:
            sweep = Sweep(directory, Engine(executor, lambda: workers, call=call, **how))
            for progress in sweep:
                hear(progress)
        directory.close()
        return sweep.result

    return run


@pytest.fixture
def again():
    """Returns a function that takes up a sweep as another process would."""
    return open_sweep_directory


@pytest.fixture
def sweep(tmp_path):
    """Returns a function that begins `seqmem sweep` in a folder of the test's own."""

    def begin(*arguments):
        command = [sys.executable, "-m", "seqmem", "sweep", *arguments]
        return subprocess.Popen(
            command,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=hear_interrupts,
        )

    return begin


def hear_interrupts():
    """Takes back what a process inherits from one that was started in the background: it does not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def table(sweep):
    """Returns a function that runs a sweep to its end, and gives its table, what it said, and its exit status."""

    def run(*arguments):
        with sweep(*arguments) as process:
            out, err = process.communicate()
        return json.loads(out) if out else None, err, process.returncode

    return run


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler with two worker processes: the process of it, its address."""
    (tmp_path / "cluster.py").write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, tmp_path / "cluster.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process, process.stdout.readline().strip()
        if process.poll() is None:
            process.communicate("\n")
