"""The command line with nothing replaced, as a person uses it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

SECONDS = 300


def seqmem(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "seqmem", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


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
