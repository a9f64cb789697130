"""One sweep on every engine: in one process, on two, and on a Dask cluster of two worker processes.

    python experiments/benchmarks/engines.py [WORDS OF seqmem sweep ...]

By itself it is which cell holds a cue for how long: 5 gaps, 4 cells, 20 replicates of each. Each engine begins with an
empty cache of compiled programs. Prints the wall time of each, what its trials spent on what, and whether the tables
are the same to the byte.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SWEEP = """
    --vary gap=3,10,30,100,300 --vary cell=lstm,gru,rnn,mlp --replicates 20
    --fillers fresh --alphabet-size 12 --head softmax --loss-at recall --presentations 4000
"""
CLUSTER = """
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        input()
"""


@contextlib.contextmanager
def dask_cluster(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Yields the address of a scheduler with two workers."""
    script = folder / "cluster.py"
    script.write_text(CLUSTER)
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("\n")


def run_sweep(sweep: list[str], out: Path, environment: dict[str, str], engine: list[str]) -> tuple[float, bytes]:
    """Returns the wall seconds of a sweep, and its table."""
    command = [sys.executable, "-m", "seqmem", "sweep", *sweep, "--out", str(out), "--json", "--quiet", *engine]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE)
    return time.perf_counter() - began, done.stdout


def spent(out: Path) -> dict[str, float]:
    """Returns what all trials together spent on each part of their work, in seconds."""
    timings = [json.loads(path.read_text()) for path in out.glob("trials/*/timing.json")]
    return {part: sum(timing[part] for timing in timings) for part in timings[0] if part != "sha256"}


def main(sweep: list[str]) -> None:
    """Measures every engine once."""
    tables, first = [], 0.0
    print(f"{'':30}seconds of all trials together on")
    print(f"{'':14}{'wall s':>9}{'x one':>7}{'start':>8}{'compile':>9}{'train':>8}{'check':>8}")
    for name in ("one process", "two processes", "Dask"):
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            environment = os.environ | {"SEQMEM_CACHE": f"{folder}/cache"}
            engine = {"one process": [], "two processes": ["--jobs", "2"]}.get(name)
            if engine is None:
                engine = ["--scheduler", stack.enter_context(dask_cluster(Path(folder), environment))]
            seconds, table = run_sweep(sweep, Path(folder) / "sweep", environment, engine)
            parts = spent(Path(folder) / "sweep")
        tables.append(table)
        first = first or seconds
        columns = f"{parts['start']:8.1f}{parts['compile']:9.1f}{parts['train']:8.1f}{parts['check']:8.1f}"
        print(f"{name:14}{seconds:9.1f}{first / seconds:7.2f}{columns}", flush=True)
    print("the same table" if len(set(tables)) == 1 else "DIFFERENT TABLES")


if __name__ == "__main__":
    main(sys.argv[1:] or SWEEP.split())
