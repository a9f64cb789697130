"""The command line with nothing replaced, as a person uses it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SECONDS = 300


def seqmem(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "seqmem", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def wait_for(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_train_solves_the_tutorial_and_show_and_eval_agree(workplace):
    trained = seqmem("train", "--out", "first", "--json")
    assert trained.returncode == 0, trained.stderr
    document = json.loads(trained.stdout)
    assert document["summary"]["verdict"] == "solved"
    assert document == json.loads(seqmem("show", "first", "--json").stdout)
    judged = json.loads(seqmem("eval", "first", "--gaps", "3,10", "--free-run", "4", "--states", "--json").stdout)
    assert judged["replicates"][0]["recall_accuracy"] == 1.0
    assert [found["gap"] for found in judged["gaps"]] == [3, 10]
    assert all(len(one["generated"]) == 4 for one in judged["free_runs"])
    assert judged["states"]["kept_by"]
    assert judged["states"]["without"]["accuracy"] == 0.5


def test_a_file_of_words_is_learned(workplace):
    (workplace / "words.txt").write_text("the cat sat down\na cat sat up\n")
    trained = seqmem("train", "--sequences", "words.txt", "--quiet")
    assert trained.returncode == 0
    assert trained.stderr == ""
    assert "down" in trained.stdout


def test_json_on_stdout_and_nothing_on_stderr_when_quiet(workplace):
    trained = seqmem("train", "--quiet", "--json", "--epochs", "2")
    assert json.loads(trained.stdout)["config"]["epochs"] == 2
    assert trained.stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_stopped_and_resumed_ends_as_the_unbroken_one(number, workplace):
    words = ["train", "--gap", "20", "--no-stop", "--presentations", "60000", "--check-every", "500", "--quiet"]
    assert seqmem(*words, "--out", "whole").returncode == 0
    begun = subprocess.Popen([sys.executable, "-m", "seqmem", *words, "--out", "broken"], stderr=subprocess.PIPE)
    history = Path("broken/history.jsonl")
    wait_for(lambda: history.exists() and history.stat().st_size > 0)
    assert not Path("broken/result.json").exists()
    os.kill(begun.pid, number)
    _, said = begun.communicate(timeout=SECONDS)
    assert begun.returncode == 128 + number
    assert said.decode().endswith("Stopped. Go on with: seqmem train --resume broken\n")
    assert any(Path("broken/checkpoints").iterdir())
    assert not Path("broken/result.json").exists()
    assert seqmem("train", "--resume", "broken", "--quiet").returncode == 0
    for name in ("result.json", "history.jsonl", "config.toml"):
        assert Path("broken", name).read_bytes() == Path("whole", name).read_bytes(), name
