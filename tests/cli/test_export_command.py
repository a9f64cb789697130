"""`seqmem export`, `show` and `list` of sweeps."""

import csv
import json
import sys

import pyarrow.parquet
import pytest
from render_samples import judged_again

from seqmem.cli.main import run
from seqmem.results.json import json_text
from seqmem.storage.atomic import write_json
from seqmem.storage.run_directory import read_run_id


@pytest.fixture
def stored_sweep(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--replicates", "4", "--out", "runs/map"]) == 0
    return capsys.readouterr().out


def test_show_draws_a_sweep_as_it_was_drawn(stored_sweep, capsys):
    assert run(["show", "runs/map"]) == 0
    assert capsys.readouterr().out == stored_sweep


def test_show_gives_the_json_of_a_sweep(stored_sweep, capsys):
    assert run(["show", "runs/map", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["complete"] == 2


def test_list_holds_runs_and_sweeps(stored_sweep, stored_run, capsys):
    stored_run("first")
    assert run(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["run"], row["verdict"]) for row in rows] == [("runs/first", "solved"), ("runs/map", "sweep 2/2")]


def test_a_sweep_becomes_a_row_a_trial(stored_sweep, capsys):
    assert run(["export", "runs/map", "--to", "map.csv"]) == 0
    with open("map.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["gap"] for row in rows] == ["3", "10"]
    assert {row["recall_accuracy_baseline"] for row in rows} == {"0.5"}
    assert {row["solved"] for row in rows} == {"4"}


def test_a_run_becomes_a_row_a_replicate(workplace, stored_run, capsys):
    path = stored_run("first", replicates=3)
    assert run(["export", str(path), "--to", "first.csv"]) == 0
    with open("first.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["seed"], row["solved"], row["accuracy"]) for row in rows] == [
        (str(n), "true", "1.0") for n in range(3)
    ]


def test_the_history_of_a_run_becomes_a_row_a_check_and_replicate(workplace, stored_run, capsys):
    path = stored_run("first", replicates=2, seed=7)
    (path / "result.json").unlink()
    assert run(["export", str(path), "--to", "losses.csv", "--rows", "history"]) == 0
    with open("losses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (path / "history.jsonl").read_text().splitlines()]
    assert [(row["presentations"], row["seed"]) for row in rows] == [
        (str(line["presentations"]), seed) for line in lines for seed in ("7", "8")
    ]
    for name in ("loss", "recall_loss", "accuracy", "recall_accuracy"):
        assert [float(row[name]) for row in rows] == [value for line in lines for value in line[name]]
    assert [row["solved"] for row in rows] == ["false", "false", "true", "true"]


def test_the_history_of_a_sweep_has_the_values_of_each_trial(stored_sweep, capsys):
    assert run(["export", "runs/map", "--to", "losses.csv", "--rows", "history"]) == 0
    with open("losses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["trial"], row["gap"], row["presentations"]) for row in rows[::4]] == [
        ("1", "3", "100"), ("1", "3", "200"), ("2", "10", "100"), ("2", "10", "200"),
    ]  # fmt: skip


@pytest.mark.parametrize(("suffix", "begins"), [("json", "{"), ("html", "<!DOCTYPE html>"), ("svg", "<svg")])
@pytest.mark.parametrize("what", ["runs/map", "runs/map/trials/1-gap3"])
def test_documents_stand_by_themselves(stored_sweep, workplace, capsys, suffix, begins, what):
    drawn = [] if suffix == "json" else ["--chart", "terminal"]
    assert run(["export", what, *drawn, "--to", f"out.{suffix}"]) == 0
    text = (workplace / f"out.{suffix}").read_text()
    assert text.startswith(begins)
    assert "http" not in text.replace("http://www.w3.org/", "")
    assert "<script" not in text


def test_json_of_a_run_is_what_is_stored(workplace, stored_run, capsys):
    path = stored_run("first")
    assert run(["export", str(path), "--to", "first.json"]) == 0
    assert json.loads((workplace / "first.json").read_text()) == json.loads((path / "result.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs/map", "--to", "map.txt"], "--to map.txt: must end in .csv, .parquet, .json, .png, .svg, .pdf, .html, "),
        (["runs/map", "--to", "map.csv", "--chart", "curve"], "--chart curve is drawn into .png, .svg, .pdf, .html"),
        (["runs/map", "--to", "map.png", "--chart", "terminal"], "--chart terminal is drawn into .html, .svg"),
        (["runs/map", "--to", "map.png", "--chart", "sucess"], "(did you mean 'success'?)"),
        (["runs/map", "--to", "map.png", "--chart", "loss"], "--chart loss: needs a run with checks; this one has"),
        (["runs/map", "--to", "runs/map"], "must end in"),
        (["runs/map", "--to", "nowhere/map.csv"], "there is no folder nowhere"),
        (
            ["runs/map", "--to", "map.svg", "--rows", "history"],
            "--rows history: goes with .csv and .parquet, not with svg",
        ),
        (["absent", "--to", "map.csv"], "absent: is no run directory: there is nothing of that name"),
    ],
)
def test_what_cannot_be_exported_is_one_line(stored_sweep, workplace, capsys, arguments, words):
    assert run(["export", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1


def test_nothing_is_written_over(stored_sweep, workplace, capsys):
    (workplace / "map.csv").write_text("mine")
    assert run(["export", "runs/map", "--to", "map.csv"]) == 2
    assert (workplace / "map.csv").read_text() == "mine"


def test_a_run_becomes_a_folder_for_tensorboard(workplace, stored_run, capsys):
    path = stored_run("first", replicates=3)
    assert run(["export", str(path), "--to", "board", "--format", "tensorboard"]) == 0
    assert sorted(folder.name for folder in (workplace / "board").iterdir()) == [
        "baseline",
        *(f"replicate-{number}" for number in range(3)),
    ]
    assert "tensorboard --logdir board" in capsys.readouterr().err
    assert run(["export", str(path), "--to", "board", "--format", "tensorboard"]) == 2
    assert capsys.readouterr().err == "Error: board: is there already, and nothing is written over\n"


def test_a_missing_extra_is_named_in_one_line(workplace, stored_run, capsys, monkeypatch):
    path = stored_run("first")
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.record_writer", None)
    assert run(["export", str(path), "--to", "board", "--format", "tensorboard"]) == 2
    line = "--format tensorboard needs tensorboard, which is not installed: pip install 'seqmem[tensorboard]'"
    assert capsys.readouterr().err == f"Error: {line}\n"
    assert [entry.name for entry in workplace.iterdir()] == ["runs"]


def test_another_name_is_refused(workplace, stored_run, capsys):
    path = stored_run("first")
    assert run(["export", str(path), "--to", "first.doc"]) == 2
    known = ".csv, .parquet, .json, .png, .svg, .pdf, .html, .keras"
    line = f"--to first.doc: must end in {known}, or be a folder with --format tensorboard"
    assert capsys.readouterr().err == f"Error: {line}\n"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "html"])
def test_without_the_extra_a_chart_is_one_line_that_says_what_to_install(
    stored_sweep, workplace, capsys, suffix, monkeypatch
):
    monkeypatch.setitem(sys.modules, "altair", None)
    assert run(["export", "runs/map", "--to", f"map.{suffix}"]) == 2
    assert capsys.readouterr().err == (
        "Error: a chart (other than --chart terminal) needs altair, which is not installed: "
        "pip install 'seqmem[pictures]'\n"
    )
    assert list(workplace.glob("*map*")) == []


def test_an_evaluation_that_was_kept_is_drawn(workplace, capsys):
    (workplace / "judged.json").write_text(json_text(judged_again().to_json()))
    assert run(["export", "judged.json", "--to", "gaps.svg"]) == 0
    assert "Recall against the gap" in (workplace / "gaps.svg").read_text()
    assert run(["show", "judged.json"]) == 0
    assert run(["export", "judged.json", "--to", "gaps.csv"]) == 0
    with open("gaps.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["gap"], row["replicate"]) for row in rows] == [
        (gap, str(n)) for gap in ("3", "10", "100") for n in range(5)
    ]
    capsys.readouterr()
    assert run(["export", "judged.json", "--to", "board", "--format", "tensorboard"]) == 2
    assert capsys.readouterr().err == "Error: judged.json: is an evaluation, and TensorBoard shows runs and sweeps\n"


def test_a_file_that_is_no_evaluation_is_one_line(workplace, capsys):
    (workplace / "judged.json").write_text(json_text(judged_again().run.to_json()))
    assert run(["export", "judged.json", "--to", "gaps.svg"]) == 1
    assert capsys.readouterr().err == "Error: judged.json: is no evaluation: has no free_runs\n"


@pytest.mark.parametrize("what", ["runs/map", "runs/map/trials/1-gap3"])
def test_a_page_is_a_report(stored_sweep, workplace, capsys, what):
    assert run(["export", what, "--to", "report.html"]) == 0
    page = (workplace / "report.html").read_text()
    assert "<h1>" in page
    assert "<script" not in page
    assert run(["export", what, "--to", "report.pdf", "--chart", "report"]) == 2
    assert capsys.readouterr().err.endswith("Error: --to report.pdf: --chart report is drawn into .html\n")


def test_the_report_of_a_sweep_names_what_its_trials_were_made_with(stored_sweep, workplace, capsys):
    for number, folder in enumerate(sorted((workplace / "runs/map/trials").iterdir())):
        notes = {"versions": {"keras": "3.15.1", "numpy": f"2.{number}"}, "processor": "any"}
        write_json(folder / "environment.json", notes, read_run_id(folder))
    assert run(["export", "runs/map", "--to", "report.html"]) == 0
    page = (workplace / "report.html").read_text()
    for name, versions in (("keras", "3.15.1"), ("numpy", "2.0, 2.1"), ("processor", "any")):
        assert f"<dt>{name}</dt><dd>{versions}</dd>" in page


def as_text(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("rows", ["results", "history"])
@pytest.mark.parametrize("what", ["runs/map", "runs/map/trials/1-gap3"])
def test_parquet_holds_what_csv_holds(stored_sweep, workplace, capsys, what, rows):
    for suffix in ("csv", "parquet"):
        assert run(["export", what, "--rows", rows, "--to", f"rows.{suffix}"]) == 0
    with open("rows.csv", newline="") as file:
        texts = list(csv.DictReader(file))
    shown = [
        {name: as_text(value) for name, value in row.items()}
        for row in pyarrow.parquet.read_table("rows.parquet").to_pylist()
    ]
    assert list(shown[0]) == list(texts[0])
    for row, text in zip(shown, texts, strict=True):
        assert [float(value) if value[:1].isdigit() else value for value in row.values()] == [
            float(value) if value[:1].isdigit() else value for value in text.values()
        ]


def test_predictions_are_rows_of_steps(workplace, stored_run, capsys):
    path = stored_run("first", replicates=3)
    assert run(["export", str(path), "--rows", "predictions", "--to", "steps.csv"]) == 0
    with open("steps.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    stored = json.loads((path / "result.json").read_text())["predictions"]
    assert [row["predicted"] for row in rows] == [symbol for one in stored for symbol in one["predicted"]]
    assert [row["step"] for row in rows] == [str(step) for one in stored for step in range(1, len(one["inputs"]) + 1)]


def test_predictions_of_a_sweep_are_in_its_trials(stored_sweep, capsys):
    assert run(["export", "runs/map", "--rows", "predictions", "--to", "steps.csv"]) == 2
    assert "is a sweep; its predictions lie in its trials: runs/map/trials" in capsys.readouterr().err


def test_without_its_extra_parquet_is_one_line(stored_sweep, workplace, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert run(["export", "runs/map", "--to", "map.parquet"]) == 2
    line = "a .parquet file needs pyarrow, which is not installed: pip install 'seqmem[data]'"
    assert capsys.readouterr().err == f"Error: {line}\n"
    assert not (workplace / "map.parquet").exists()
