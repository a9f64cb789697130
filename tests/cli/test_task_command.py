"""`seqmem task`, and the files that it writes."""

import csv
import json

import numpy as np
import pytest

from seqmem.cli.main import run
from seqmem.config.run_config import RunConfig
from seqmem.results.task import task_sequences


def test_task_draws_the_sequences(capsys):
    assert run(["task"]) == 0
    assert "3" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--pairs"], ["--arrays"], ["--count", "3"], ["--fillers", "fresh", "--count", "3"]])
def test_task_draws_what_is_asked_for(words, capsys):
    assert run(["task"]) == 0
    plain = capsys.readouterr().out
    assert run(["task", *words]) == 0
    assert capsys.readouterr().out != plain


def test_task_json_holds_baseline_and_sequences(capsys):
    assert run(["task", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["baseline"]["accuracy"] == 0.875
    assert document["alphabet"] == list("01234")
    assert [row["inputs"] for row in document["sequences"]] == [list("3012"), list("4012")]
    assert document["sequences"][0]["recall"] == [False, False, False, True]


def test_npz_holds_one_hot_arrays_without_pickle(workplace, capsys):
    assert run(["task", "--gap", "2:3", "--to", "a.npz"]) == 0
    with np.load("a.npz", allow_pickle=False) as arrays:
        assert arrays["symbols"].shape == (4, 5)
        assert arrays["inputs"].shape == arrays["targets"].shape == (4, 4, 5)
        assert arrays["alphabet"].tolist() == list("01234")
        valid = arrays["valid"]
        np.testing.assert_array_equal(arrays["inputs"].sum(axis=2), valid)
        np.testing.assert_array_equal(arrays["targets"].argmax(axis=2)[valid], arrays["symbols"][:, 1:][valid])
        assert arrays["recall"].sum(axis=1).tolist() == [1, 1, 1, 1]


def test_csv_holds_a_step_a_line(workplace, capsys):
    assert run(["task", "--sequence", "the cat sat", "--sequence", 'a cat "ran,"', "--to", "a.csv"]) == 0
    with open("a.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["sequence", "step", "input", "target", "recall", "settled"]
    assert rows[1:] == [
        ["0", "0", "the", "cat", "0", "1"],
        ["0", "1", "cat", "sat", "1", "1"],
        ["1", "0", "a", "cat", "0", "1"],
        ["1", "1", "cat", '"ran,"', "1", "1"],
    ]


def test_jsonl_holds_a_sequence_a_line(workplace, capsys):
    assert run(["task", "--fillers", "fresh", "--count", "7", "--to", "a.jsonl"]) == 0
    lines = [json.loads(line) for line in (workplace / "a.jsonl").read_text().splitlines()]
    assert len(lines) == 7
    assert all(line["targets"][-1] == line["inputs"][0] for line in lines)


def test_the_file_is_told_on_stderr(workplace, capsys):
    assert run(["task", "--to", "a.csv"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Wrote 2 sequences to a.csv\n")
    assert run(["task", "--to", "b.csv", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_that_is_there_is_not_written_over(workplace, capsys):
    (workplace / "a.csv").write_text("mine")
    assert run(["task", "--to", "a.csv"]) == 2
    assert (workplace / "a.csv").read_text() == "mine"


def test_too_many_sequences_are_refused_and_leave_no_file(workplace, capsys):
    assert run(["task", "--fillers", "fresh", "--gap", "3000", "--count", "10000000", "--to", "a.csv"]) == 2
    assert capsys.readouterr().err.startswith("Error: --count 10000000: must be at most ")
    assert (
        run(
            [
                "task",
                "--fillers",
                "fresh",
                "--gap",
                "3000",
                "--alphabet-size",
                "3002",
                "--count",
                "9000",
                "--to",
                "a.npz",
            ]
        )
        == 2
    )
    assert "GiB are too large" in capsys.readouterr().err
    assert list(workplace.iterdir()) == []


def test_a_missing_folder_is_one_line(workplace, capsys):
    assert run(["task", "--to", "nowhere/a.csv"]) == 2
    assert capsys.readouterr().err == "Error: nowhere/a.csv: there is no folder nowhere\n"


def test_count_gives_the_first_presentations_of_training():
    config = RunConfig.from_settings({"fillers": "fresh"})
    many, few = task_sequences(config, 7), task_sequences(config, 3)
    np.testing.assert_array_equal(many.symbols[:3], few.symbols)
