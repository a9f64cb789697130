"""Runs and sweeps that are killed at random moments, resumed, and compared with unbroken ones.

    python experiments/reliability/kills.py [KILLS]

Half of the kills (`kill -9`) hit `seqmem train`, half `seqmem sweep`. Most fall while records and checkpoints are being
written, every fifth while the process starts. Exits with an error where a resumed run ends with other bytes.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEQMEM = [sys.executable, "-m", "seqmem"]
SMALL = ["--units", "4", "--replicates", "2", "--no-stop", "--check-every", "20"]
KINDS = {
    "train": (["train", *SMALL, "--presentations", "20000", "--checkpoint-every", "200"], "history.jsonl"),
    "sweep": (
        ["sweep", "--vary", "learning-rate=0.003..0.012+0.001", *SMALL, "--presentations", "2000"],
        "trials/*/history.jsonl",
    ),
}
# of a run or of each trial; timing.json differs from one run to the next, and checkpoints hold the same arrays
SAME_BYTES = ("config.toml", "history.jsonl", "summary.json", "result.json")


def size(folder: Path, pattern: str) -> int:
    """Bytes of the records so far."""
    return sum(path.stat().st_size for path in folder.glob(pattern))


def contents(folder: Path) -> dict[str, bytes]:
    """All that must be equal, by its path."""
    paths = (path for path in folder.rglob("*") if path.name in SAME_BYTES)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(paths)}


def started(words: list[str], folder: Path, resumed: bool) -> subprocess.Popen[bytes]:
    where = [words[0], "--resume", str(folder)] if resumed else [*words, "--out", str(folder)]
    return subprocess.Popen([*SEQMEM, *where, "--quiet"], stdout=subprocess.DEVNULL)


def killed_until_complete(words: list[str], pattern: str, folder: Path, kills: int, chance: random.Random) -> int:
    """Runs to the end, killed at most so often, and returns how often it was."""
    made, resumed = 0, False
    while True:
        before, early = size(folder, pattern), chance.random() < 0.2
        process = started(words, folder, resumed)
        while not early and process.poll() is None and size(folder, pattern) == before:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 4 if early else 1.5))
        if made == kills or process.poll() is not None:
            if process.wait() != 0:
                raise SystemExit(f"{' '.join(words)}: status {process.returncode} after {made} kills")
            return made
        process.kill()
        process.wait()
        made += 1
        # killed before its settings or its plan stood: there is nothing to resume
        resumed = (folder / "config.toml").exists() or (folder / "plan.json").exists()
        if not resumed:
            shutil.rmtree(folder, ignore_errors=True)


def main(kills: int) -> None:
    """Prints a line for each run that was killed."""
    chance = random.Random(13)
    for kind, (words, pattern) in KINDS.items():
        with tempfile.TemporaryDirectory() as scratch:
            unbroken, left, number = Path(scratch) / "unbroken", kills // len(KINDS), 0
            if started(words, unbroken, resumed=False).wait() != 0:
                raise SystemExit(f"{kind}: cannot be run")
            while left:
                number += 1
                folder = Path(scratch) / f"killed-{number}"
                made = killed_until_complete(words, pattern, folder, left, chance)
                same = contents(folder) == contents(unbroken)
                print(
                    f"{kind} {number}: killed {made} times, {'the same bytes' if same else 'OTHER BYTES'}", flush=True
                )
                if not same or not made:
                    raise SystemExit(1)
                left -= made


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
