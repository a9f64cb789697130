"""Memory over a sweep of many trials in one process.

    python experiments/reliability/memory.py [TRIALS [SHAPES]]

Trials train for a moment only, one after another. `SHAPES` of them need compiled code of their own, which XLA
never lets go of. Prints what this process and the worker that takes its place hold after every tenth of the trials, and
exits with an error where they ever hold more than 4 GiB.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import psutil

from seqmem.config.axis import parse_axis
from seqmem.config.plan import build_plan
from seqmem.storage.sweep_directory import create_sweep_directory
from seqmem.sweep.driver import Sweep
from seqmem.sweep.engine import open_engine

SMALL = {"presentations": 40, "check_every": 20, "replicates": 2, "stop": False}


def main(trials: int, shapes: int) -> None:
    """Prints a line for every tenth of the trials."""
    axes = [parse_axis(f"seed=0..{trials // shapes - 1}"), parse_axis(f"units=4..{shapes + 3}")]
    plan = build_plan(SMALL, axes)
    resident = []
    with tempfile.TemporaryDirectory() as scratch, open_engine() as engine:
        directory = create_sweep_directory(plan, Path(scratch) / "sweep")
        for progress in Sweep(directory, engine):
            if progress.ended is not None and progress.complete % max(1, plan.total // 10) == 0:
                processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
                resident.append(sum(process.memory_info().rss for process in processes) / 2**20)
                print(f"{progress.complete:6} trials {resident[-1]:8.0f} MiB", flush=True)
        directory.close()
        assert progress.complete == plan.total
    if max(resident) > 4096:
        raise SystemExit("memory grows")


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:3]]
    main(*(counts + [1000, 10][len(counts) :]))
