"""A task that seqmem has never heard of goes down the whole line, from `--help` to `export`."""

import csv
import dataclasses
import io
import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from builders import build_result
from tasks.parity import Parity

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError, UsageError
from seqmem.judge.baseline import baseline, recipe_limit
from seqmem.settings import settings_of
from seqmem.tasks import TASKS, ConflictingSequences
from seqmem.tasks.layout import step_weights
from seqmem.tasks.streams import SequenceStream

# Registers the task as its line in seqmem/tasks/__init__.py would, then takes command lines from stdin, one as JSON a
# line, in one process, so that TensorFlow loads once.
LINE = """
import contextlib, io, json, sys
from seqmem.tasks import TASKS
from tasks.parity import Parity
TASKS["parity"] = Parity
from seqmem.cli.main import run
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(json.loads(line))
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""
TRAINING = ["--length", "4", "--units", "4", "--presentations", "60", "--replicates", "2", "--quiet"]
COMMANDS = {
    "help": ["train", "--help"],
    "task": ["task", "--task", "parity", "--length", "5", "--pairs", "--arrays"],
    "document": ["task", "--task", "parity", "--ask", "end", "--length", "3:5", "--json", "--count", "4"],
    "npz": ["task", "--task", "parity", "--ask", "end", "--length", "6", "--count", "5", "--to", "some.npz"],
    "csv": ["task", "--task", "parity", "--ask", "end", "--length", "6", "--count", "5", "--to", "some.csv"],
    "train": ["train", "--task", "parity", *TRAINING, "--out", "first", "--json"],
    "at the end": ["train", "--ask", "end", *TRAINING, "--window", "2", "--out", "second"],
    "sweep": ["sweep", "--task", "parity", *TRAINING, "--vary", "ask=every,end", "--out", "third"],
    "show": ["show", "second"],
    "show sweep": ["show", "third"],
    "list": ["list", ".", "--json"],
    "export": ["export", "first", "--to", "first.html"],
    "export sweep": ["export", "third", "--to", "third.csv"],
    "eval": ["eval", "first", "--json"],
    "gaps": ["eval", "first", "--gaps", "3"],
    "free": ["eval", "first", "--free-run", "3"],
    "fillers": ["eval", "first", "--fillers", "fresh"],
    "stray": ["train", "--task", "parity", "--gap", "3"],
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each command said: status, stdout, stderr; and the folder it worked in."""
    place = tmp_path_factory.mktemp("line")
    tests, source = Path(__file__).parent.parent, Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", LINE],
        input="".join(json.dumps(words) + "\n" for words in COMMANDS.values()),
        capture_output=True,
        text=True,
        cwd=place,
        env={"PYTHONPATH": f"{source}:{tests}", "PATH": "/usr/bin:/bin", "HOME": str(place), "COLUMNS": "100"},
        timeout=500,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == len(COMMANDS), done.stderr
    return dict(zip(COMMANDS, map(json.loads, lines), strict=True)) | {"place": place}


REFUSED = {"gaps", "free", "fillers", "stray"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in REFUSED])
def test_each_command_does_its_work(said, name):
    status, _, complaint = said[name]
    assert status == 0, complaint


def test_help_has_its_heading_its_setting_and_its_name(said):
    text = said["help"][1]
    assert "Task parity (whether the ones so far are even or odd):" in text
    assert "--ask every|end" in text
    assert "conflicting|explicit|hs1997|parity" in text


def test_the_drawing_has_a_line_of_labels(said):
    text = said["task"][1]
    assert "parity task" in text
    assert "length 5" in text
    assert "after 0: even or odd; the number of ones before decides" in text
    assert "only an earlier symbol tells" in text


def test_arrays_have_zeros_where_nothing_is_asked(said):
    arrays = np.load(said["place"] / "some.npz")
    assert arrays["inputs"].shape == arrays["targets"].shape == (5, 6, 2)
    assert arrays["targets"].sum(axis=2).tolist() == [[0, 0, 0, 0, 0, 1]] * 5
    assert arrays["output_alphabet"].tolist() == ["even", "odd"]
    ones = arrays["inputs"][..., 1].sum(axis=1)
    np.testing.assert_array_equal(arrays["targets"][:, -1, 1], ones % 2)


def test_sequences_are_said_in_words(said):
    document = json.loads(said["document"][1])
    assert (document["alphabet"], document["output_alphabet"]) == (["0", "1"], ["even", "odd"])
    for row in document["sequences"]:
        odd = sum(map(int, row["inputs"])) % 2
        assert row["targets"] == [None] * (len(row["inputs"]) - 1) + [("even", "odd")[odd]]


def test_the_result_and_its_evaluation_agree(said):
    trained, judged = (json.loads(said[name][1]) for name in ("train", "eval"))
    assert trained["config"]["task"] == "parity"
    assert trained["baseline"]["accuracy"] == pytest.approx((1 + 0.5 * 3) / 4)
    assert trained["baseline"]["recall_accuracy"] == pytest.approx(0.5)
    assert trained["replicates"][0]["recall_accuracy"] == judged["replicates"][0]["recall_accuracy"]
    assert set(trained["predictions"][0]["expected"]) <= {"even", "odd"}
    assert set(trained["predictions"][0]["inputs"]) <= {0, 1}


def test_it_is_listed_and_exported_with_its_settings(said):
    listed = [row for row in json.loads(said["list"][1]) if row["run"] in ("first", "second", "third")]
    assert {row["run"] for row in listed} == {"first", "second", "third"}
    assert {row["task"] for row in listed} == {"parity"}
    rows = list(csv.DictReader(io.StringIO((said["place"] / "third.csv").read_text(encoding="utf-8"))))
    assert [row["ask"] for row in rows] == ["every", "end"]
    page = (said["place"] / "first.html").read_text(encoding="utf-8")
    assert "parity" in page
    assert "asked at every step" in page


def test_a_run_that_asks_at_the_end_is_shown_with_its_command(said):
    text = said["show"][1]
    assert "--ask end" in text.splitlines()[-1]
    assert "open steps" not in text  # nothing is asked there: that is not the same as open
    rows = [line.split() for line in text.splitlines() if line.startswith("     1 ")]
    assert rows
    assert all(row[2] in ("even", "odd") for row in rows)  # what it says, beside no answer expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gaps", "--gaps 3: the parity task has no gap"),
        ("free", "--free-run 3: the answers of this task are labels, and no inputs to go on from"),
        ("fillers", "--fillers fresh: the parity task has no fillers"),
        ("stray", "--gap 3: does not go with the parity task"),
    ],
)
def test_what_it_has_not_is_refused_in_a_line(said, name, words):
    status, _, complaint = said[name]
    assert (status, complaint) == (2, f"Error: {words}\n")


def test_the_same_name_is_the_same_setting_in_every_task():
    fields = [field for task in (*TASKS.values(), Parity) for field in settings_of(task)]
    for one, other in itertools.combinations(fields, 2):
        if one.name == other.name:
            assert (one.default, one.metadata) == (other.default, other.metadata), one.name


@pytest.mark.parametrize("task", [Parity(), Parity(length=(2, 5), ask="end"), Parity(length=(3, 6))])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_best_predictor_of_each_context_scores_the_baseline(task, order):
    batch = SequenceStream(task, 1, "evaluation").take(40_000)
    padded = np.pad(batch.inputs, ((0, 0), (order - 1, 0)), constant_values=2)
    seen = sum(padded[:, back : back + task.time] * 3**back for back in range(order))
    known = baseline(task, 0, "softmax", order)
    for steps, best in ((batch.asked, known.accuracy), (batch.recall, known.recall_accuracy)):
        counts = np.zeros((3**order, 2))
        np.add.at(counts, (seen[steps], batch.targets[steps]), 1)
        assert counts.max(axis=1).sum() / counts.sum() == pytest.approx(best, abs=0.02)


def test_weights_follow_what_is_asked():
    task = Parity(length=4, ask="end")
    batch = SequenceStream(task, 1, "training").take(6)
    assert step_weights(batch, "all").tolist() == [[0, 0, 0, 1]] * 6
    assert step_weights(batch, "balanced").tolist() == [[0, 0, 0, 1]] * 6
    every = SequenceStream(Parity(length=4), 1, "training").take(6)
    assert step_weights(every, "recall").tolist() == [[0, 1, 1, 1]] * 6
    np.testing.assert_allclose(step_weights(every, "balanced"), [[2, 2 / 3, 2 / 3, 2 / 3]] * 6)


def test_a_task_without_list_and_closed_form_is_refused():
    class Unknown(Parity):
        name = "unknown"

        def contexts(self, order, window=1):
            return None

    with pytest.raises(UsageError, match="the unknown task has no known baseline"):
        baseline(Unknown(), 0, "softmax")
    layout = RunConfig(task=Unknown(), window=2, stateful=False).layout
    assert recipe_limit(Unknown(), [0], "softmax", layout, keeps_state=True) is None


def test_gap_and_fillers_are_asked_of_the_task():
    task = ConflictingSequences(fillers="fresh", pool=3)
    assert task.with_gap(7) == dataclasses.replace(task, gap=7, alphabet_size=task.alphabet_size)
    assert (task.with_fillers("ordered").fillers, task.with_fillers("ordered").pool) == ("ordered", None)
    with pytest.raises(SettingError, match="has no gap"):
        Parity().with_gap(7)


def test_a_result_of_it_can_be_built_from_its_settings(monkeypatch):
    monkeypatch.setitem(TASKS, "parity", Parity)
    config = RunConfig.from_settings({"task": "parity", "length": "3:5"})
    assert build_result(config, predictions=()).config == RunConfig.from_settings(config.to_settings())
    assert RunConfig.from_settings({"ask": "end"}).task == Parity(ask="end")
