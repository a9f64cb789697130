"""Runs killed at random moments and taken up again: they end with the bytes of the unbroken run.

SEQMEM_ROUNDS sets how often each signal is tried:

    SEQMEM_ROUNDS=20 pytest -m slow tests/experiment/test_interruption.py
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_experiment import assert_same_run

ROUNDS = int(os.environ.get("SEQMEM_ROUNDS", "1"))
SETTINGS = [
    "--gap", "10:30", "--fillers", "fresh", "--trigger", "--alphabet-size", "12", "--replicates", "4", "--shuffle",
    "--presentations", "4000", "--no-stop", "--checkpoint-every", "100", "--check-every", "50",
]  # fmt: skip
EXPECTED_STATUS = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}


def seqmem(*arguments: object, cwd: Path) -> subprocess.Popen:
    """Starts a command in a process group of its own, as a shell would."""
    command = [sys.executable, "-m", "seqmem", *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def checkpoints(run: Path) -> list[Path]:
    """The generations that are in place."""
    return list((run / "checkpoints").glob("0*.safetensors"))


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Path:
    """The run that nobody interrupts."""
    folder = tmp_path_factory.mktemp("unbroken")
    process = seqmem("train", *SETTINGS, "--out", "run", "--quiet", cwd=folder)
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()
    return folder / "run"


@pytest.mark.slow
@pytest.mark.parametrize("sent", list(EXPECTED_STATUS), ids=lambda sent: sent.name)
def test_a_run_that_is_stopped_at_a_random_moment_ends_with_the_bytes_of_the_unbroken_one(sent, unbroken, tmp_path):
    for turn in range(ROUNDS):
        run = tmp_path / f"run{turn}"
        process = seqmem("train", *SETTINGS, "--out", run, cwd=tmp_path)
        while not checkpoints(run):
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.01)
        time.sleep(random.Random(f"{sent.name} {turn}").uniform(0.0, 0.5))
        process.send_signal(sent)
        _, said = process.communicate()
        assert checkpoints(run), "killed before the first checkpoint"
        assert not (run / "result.json").exists(), "killed after the end"
        assert process.returncode == EXPECTED_STATUS[sent], said.decode()
        stopped = f"Stopped. Go on with: seqmem train --resume {run}\n"
        assert said.decode().endswith(stopped) is (sent != signal.SIGKILL)
        resumed = seqmem("train", "--resume", run, "--quiet", cwd=tmp_path)
        _, said = resumed.communicate()
        assert resumed.returncode == 0, said.decode()
        assert_same_run(unbroken, run)
