"""Commands that want the same folder at the same moment.

    python experiments/reliability/at_once.py [PROCESSES]

`seqmem train` into one folder, and `seqmem sweep --resume` of one sweep that was killed. One process of each must do
the work, all others say in one line why not, and what is stored must be what one process alone would have stored.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEQMEM = [sys.executable, "-m", "seqmem"]
SMALL = ["--units", "4", "--replicates", "2", "--presentations", "400", "--no-stop", "--quiet"]
SAME_BYTES = ("config.toml", "history.jsonl", "summary.json", "result.json")


def contents(folder: Path) -> dict[str, bytes]:
    """All that must be equal, by its path."""
    paths = (path for path in folder.rglob("*") if path.name in SAME_BYTES)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(paths)}


def at_once(words: list[str], processes: int) -> list[tuple[int, str]]:
    """Runs a command in so many processes at once, and returns status and error of each."""
    running = [
        subprocess.Popen([*SEQMEM, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    return [(process.wait(), err) for process in running for _, err in [process.communicate()]]


def report(what: str, outcomes: list[tuple[int, str]], same: bool, scratch: str) -> None:
    """Prints what became of the processes; an error where not exactly one did the work, or the bytes differ."""
    refused = {err.strip().replace(scratch, "FOLDER") for status, err in outcomes if status}
    worked = sum(status == 0 for status, _ in outcomes)
    print(f"{what}: {worked} of {len(outcomes)} did the work, {'the same bytes' if same else 'OTHER BYTES'}")
    print("".join(f"  {line}\n" for line in sorted(refused)), end="")
    if worked != 1 or not same or any(len(err.splitlines()) != 1 for status, err in outcomes if status):
        raise SystemExit(1)


def main(processes: int) -> None:
    """Prints what became of the processes."""
    with tempfile.TemporaryDirectory() as scratch:
        alone, run = Path(scratch) / "alone", Path(scratch) / "run"
        subprocess.run([*SEQMEM, "train", *SMALL, "--out", str(alone)], check=True, stdout=subprocess.DEVNULL)
        outcomes = at_once(["train", *SMALL, "--out", str(run)], processes)
        report("train", outcomes, contents(run) == contents(alone), scratch)

        alone, run = Path(scratch) / "alone-sweep", Path(scratch) / "sweep"
        words = ["sweep", "--vary", "learning-rate=0.003..0.012+0.003", *SMALL]
        subprocess.run([*SEQMEM, *words, "--out", str(alone)], check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen([*SEQMEM, *words, "--out", str(run)], stdout=subprocess.DEVNULL) as process:
            while not list(run.glob("trials/*/result.json")):
                time.sleep(0.02)
            process.kill()
        outcomes = at_once(["sweep", "--resume", str(run), "--quiet"], 2)
        report("sweep --resume", outcomes, contents(run) == contents(alone), scratch)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
