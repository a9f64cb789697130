"""Memory over a long run.

    python experiments/reliability/long_run.py [MINUTES]

A run trains on fresh sequences, with checks, records and checkpoints, and is ended after MINUTES. Prints what the
process holds at every tenth of them, and exits with an error where that grows by more than 64 MiB after the first.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import psutil

from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run
from seqmem.storage.run_directory import create_run_directory

SETTINGS = {"gap": 30, "fillers": "fresh", "replicates": 20, "stop": False, "epochs": 10**9, "check_every": 2000}


def main(minutes: float) -> None:
    """Prints a line for every tenth of the time."""
    config = RunConfig.from_settings(SETTINGS)
    started, resident = time.monotonic(), []
    with (
        tempfile.TemporaryDirectory() as scratch,
        Run(config, create_run_directory(config, Path(scratch) / "run")) as run,
    ):
        for progress in run:
            passed = (time.monotonic() - started) / 60
            if passed >= minutes * (len(resident) + 1) / 10:
                resident.append(psutil.Process().memory_info().rss / 2**20)
                counts = f"{progress.presentations:10,} presentations {len(run.history):6} checks"
                print(f"{passed:6.1f} minutes {counts} {resident[-1]:6.0f} MiB", flush=True)
            if passed >= minutes:
                break
    if max(resident) > resident[0] + 64:
        raise SystemExit("memory grows")


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:2] or ["60"]))
