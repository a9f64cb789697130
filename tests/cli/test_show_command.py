"""`seqmem show`."""

import json

import pytest

from seqmem.cli.main import run


def test_show_draws_a_stored_run(stored_run, capsys):
    assert run(["show", str(stored_run("first"))]) == 0
    captured = capsys.readouterr()
    assert "solved" in captured.out.lower()
    assert captured.err == ""


def test_show_json_is_the_stored_document(stored_run, capsys):
    path = stored_run("first")
    assert run(["show", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((path / "result.json").read_text())


def test_show_says_of_an_unfinished_run_how_far_it_came(stored_run, capsys):
    path = stored_run("first")
    (path / "result.json").unlink()
    assert run(["show", str(path)]) == 1
    assert capsys.readouterr().err == (
        f"Error: {path}: no result yet: interrupted after 200 of 2000 presentations; "
        f"go on with: seqmem train --resume {path}\n"
    )


def test_show_names_the_file_that_is_damaged(stored_run, capsys):
    path = stored_run("first")
    (path / "result.json").write_text("{")
    assert run(["show", str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"Error: {path}/result.json: ")


def test_without_colour_no_escape_code_is_printed(stored_run, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    path = str(stored_run("first"))
    assert run(["show", path, "--color", "never"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert run(["show", path]) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["show"], ["eval"], ["eval", "--gaps", "3"], ["train", "--resume"], ["export", "--to", "a.csv"]]
)
def test_a_folder_that_is_no_run_is_one_line_and_status_2(command, workplace, capsys):
    (workplace / "notes").mkdir()
    (workplace / "notes" / "todo.txt").write_text("run it")
    for name, words in (
        ("notes", "is no run directory: it has no config.toml"),
        ("absent", "is no run directory: there is nothing of that name"),
    ):
        assert run([*command, name]) == 2
        assert capsys.readouterr().err == f"Error: {name}: {words}\n"
    assert [path.name for path in workplace.iterdir()] == ["notes"]


@pytest.mark.parametrize("command", [["show", "map"], ["eval"], ["train", "--resume"]], ids=" ".join)
def test_a_sweep_in_place_of_a_run_is_said_to_be_one(command, workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3", "--out", "map", "--quiet"]) == 0
    capsys.readouterr()
    assert run([*command, "map"]) == 2
    words = "map: is no run" if "show" in command else "map: is no run directory: it is a sweep; its trials are runs: "
    assert capsys.readouterr().err.startswith(f"Error: {words}")


def test_a_run_in_place_of_a_sweep_is_said_to_be_one(stored_run, capsys):
    path = stored_run("first")
    assert run(["sweep", "--resume", str(path)]) == 2
    line = f"{path}: is no sweep directory: it is a run: seqmem train --resume {path}"
    assert capsys.readouterr().err == f"Error: {line}\n"


def test_a_folder_of_runs_is_said_to_be_one(stored_run, capsys):
    folder = stored_run("first").parent
    assert run(["show", str(folder)]) == 2
    line = f"{folder}: is no run directory: it has no config.toml; its runs are named by: seqmem list {folder}"
    assert capsys.readouterr().err == f"Error: {line}\n"


def test_show_puts_runs_beside_each_other(stored_run, capsys):
    one, other = (str(stored_run(name, replicates=4, cell=name)) for name in ("lstm", "gru"))
    assert run(["show", one, other]) == 0
    assert "B and A: no difference shown" in capsys.readouterr().out
    assert run(["show", one, other, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["run"] for row in document["runs"]] == [one, other]
    assert document["settings"] == {"cell": ["lstm", "gru"]}
    [difference] = document["differences"]
    assert (difference["run"], difference["compared_with"], difference["different"]) == (other, one, False)
    assert (difference["rate"], difference["threshold"]) == (0.0, 0.025)


def test_only_runs_stand_beside_each_other(stored_run, workplace, made_up_training, capsys):
    path = str(stored_run("first"))
    assert run(["sweep", "--vary", "gap=3", "--out", "map", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["show", path, "map"]) == 2
    assert capsys.readouterr().err.startswith("Error: map: is no run, and only runs stand side by side")
    assert run(["show", path, "absent"]) == 2
    assert capsys.readouterr().err == "Error: absent: is no run directory: there is nothing of that name\n"
