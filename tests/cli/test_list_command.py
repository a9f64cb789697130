"""`seqmem list`, and the rows behind it."""

import csv
import io
import json
from pathlib import Path

import pytest

from seqmem.cli.main import run
from seqmem.config.axis import parse_axis
from seqmem.config.plan import build_plan
from seqmem.results.columns import COLUMNS
from seqmem.storage.sweep_directory import create_sweep_directory


@pytest.fixture
def three_runs(stored_run):
    stored_run("a", units=20, gap=3)
    stored_run("b", units=5, gap=10, head="sigmoid", solved=False)
    stored_run("c", units=5, gap="3:4", learning_rate=0.001)


def listed(capsys, *words: str) -> list[dict]:
    assert run(["list", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


def names(capsys, *words: str) -> str:
    return "".join(row["run"][-1] for row in listed(capsys, *words))


def test_list_has_a_row_a_run_with_every_column(three_runs, capsys):
    rows = listed(capsys)
    assert [set(row) for row in rows] == [set(COLUMNS)] * 3
    assert [row["verdict"] for row in rows] == ["solved", "memoryless", "solved"]
    assert [row["recall_accuracy"] for row in rows] == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--where", "units=5"], "bc"),
        (["--where", "units=5", "--where", "verdict=solved"], "c"),
        (["--where", "gap=3:4"], "c"),
        (["--where", "learning-rate=1e-3"], "c"),
        (["--where", "stop=true"], "abc"),
        (["--where", "units=many"], ""),
        (["--where", "recall_accuracy>0.9"], "ac"),
        (["--where", "recall-accuracy <= 0.5"], "b"),
        (["--where", "recall_accuracy>=0.5"], "abc"),
        (["--where", "recall>0.9", "--sort", "network"], "ac"),  # as the table has them above its columns
        (["--where", "units<20", "--where", "learning_rate<0.01"], "c"),
        (["--where", "units!=5"], "a"),
        (["--where", "units==5"], "bc"),
        (["--where", "verdict!=solved"], "b"),
        (["--where", "presentations_to_success>0"], "ac"),
        (["--where", "presentations_to_success=none"], "b"),
        (["--where", "gap>3"], "b"),
        (["--sort", "units"], "bca"),
        (["--sort", "units", "--reverse"], "abc"),
        (["--sort", "gap"], "abc"),
        (["--sort", "presentations_to_success", "--reverse"], "acb"),
        (["--sort", "run", "--reverse", "--limit", "2"], "cb"),
    ],
)
def test_list_filters_and_sorts(words, found, three_runs, capsys):
    assert names(capsys, *words) == found


def test_a_damaged_run_is_listed_and_breaks_nothing(three_runs, workplace, capsys):
    (workplace / "runs" / "b" / "result.json").write_text("{")
    rows = listed(capsys)
    assert [row["status"] for row in rows] == ["complete", "corrupt", "complete"]
    assert "result.json" in rows[1]["problem"]
    assert run(["list"]) == 0
    assert "corrupt" in capsys.readouterr().out


def test_the_table_names_every_run(three_runs, capsys):
    assert run(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(f"{name}" in printed for name in "abc")


def test_an_empty_folder_is_said_to_be_empty(workplace, capsys):
    assert run(["list"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "No runs in runs.\n")
    assert listed(capsys) == []


def test_a_folder_that_is_not_there_is_refused_but_nobody_needs_runs(workplace, capsys):
    assert run(["list"]) == 0
    assert run(["list", "elsewhere"]) == 2
    assert capsys.readouterr().err == "No runs in runs.\nError: elsewhere: no such folder\n"


def test_csv_has_every_column_of_every_run(three_runs, capsys):
    assert run(["list", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [list(row) for row in rows] == [list(COLUMNS)] * 3
    assert [(row["units"], row["gap"], row["verdict"]) for row in rows] == [
        ("20", "3", "solved"),
        ("5", "10", "memoryless"),
        ("5", "3:4", "solved"),
    ]
    assert rows[0]["presentations"] == ""
    assert run(["list", "--csv", "--where", "units=7"]) == 0
    assert capsys.readouterr().out == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("vary", "network"),
    [
        (["cell=lstm,gru"], "lstm,gru 20"),
        (["units=5,20"], "lstm 5,20"),
        (["cell=lstm,gru", "units=5,20"], "lstm,gru 5,20"),
        (["gap=3,10"], "lstm 20"),
    ],
)
def test_a_sweep_is_listed_with_the_cells_and_units_that_it_varies(vary, network, workplace, capsys):
    plan = build_plan({}, [parse_axis(text) for text in vary])
    create_sweep_directory(plan, Path("runs/map")).close()
    assert run(["list"]) == 0
    assert network in capsys.readouterr().out
