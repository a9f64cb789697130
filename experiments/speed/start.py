"""Measures what a user waits for before training: a whole command, beyond `import tensorflow`.

python experiments/speed/start.py [ROUNDS] > experiments/speed/start.txt

Commands take turns, each in a folder of its own. Cold: with an empty cache of compiled programs. Seconds of the clock,
and of the processor; medians.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = {
    "import tensorflow": ["-c", "import tensorflow"],
    "train": ["-m", "seqmem", "train"],
    "train --replicates 20": ["-m", "seqmem", "train", "--replicates", "20"],
    "train --preset tutorial": ["-m", "seqmem", "train", "--preset", "tutorial"],
}


def seconds(name: str, cache: Path) -> tuple[float, float]:
    """Runs a command, and returns the seconds of the clock and of the processor."""
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "SEQMEM_CACHE": str(cache)}
    with tempfile.TemporaryDirectory() as scratch:
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, *COMMANDS[name]]
        done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True, check=False)
        passed = time.perf_counter() - begun
    # an unsolved run says so by its exit status, and was trained all the same
    if "Traceback" in done.stderr or "Error" in done.stderr:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, sum(getattr(after, part) - getattr(before, part) for part in ("ru_utime", "ru_stime"))


def main(rounds: int) -> None:
    """Prints a line for each command."""
    cold: dict[str, list] = {name: [] for name in COMMANDS}
    warm: dict[str, list] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as caches:
        for turn in range(rounds):
            for name in COMMANDS:
                own = Path(caches, f"{turn} {name}")
                cold[name].append(seconds(name, own))
                warm[name].append(seconds(name, own))
    print(f"{rounds} rounds; seconds of the clock (of the processor)\n")
    print(f"{'':24} {'cold':14} {'warm':14} {'beyond, cold':14} beyond, warm")
    medians = {
        name: [[statistics.median(part) for part in zip(*kind[name], strict=True)] for kind in (cold, warm)]
        for name in COMMANDS
    }
    for name, found in medians.items():
        beyond = [
            [part - least for part, least in zip(*pair, strict=True)]
            for pair in zip(found, medians["import tensorflow"], strict=True)
        ]
        cells = [f"{clock:5.2f} ({processor:5.2f})" for clock, processor in (*found, *beyond)]
        print(f"{name:24} {'  '.join(cells)}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2] or ["5"]))
