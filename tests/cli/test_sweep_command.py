"""`seqmem sweep` in this process, with training replaced by a made-up run."""

import json

import pytest

from seqmem.cli.main import run
from seqmem.experiment import run as experiment
from seqmem.storage.load import list_runs


def test_a_grid_runs_every_trial_and_draws_table_and_map(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--vary", "units=5,20", "--replicates", "4", "--out", "map"]) == 0
    captured = capsys.readouterr()
    assert captured.out.count("4/4") == 4
    assert "[0.51, 1.00]" in captured.out
    assert "success rate\n" in captured.out
    assert "Stored in map" in captured.err
    runs = list_runs(workplace / "map" / "trials")
    assert [(stored.config.task.gap, stored.config.units) for stored in runs] == [
        ((3, 3), 5), ((3, 3), 20), ((10, 10), 5), ((10, 10), 20),
    ]  # fmt: skip
    assert all(config.replicates == 4 for config, _ in made_up_training)


def test_one_axis_draws_a_curve_with_the_baseline(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10,30"]) == 0
    out = capsys.readouterr().out
    assert "baseline of recall" in out
    assert "95 % interval" in out


def test_json_is_the_only_thing_on_stdout(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["counts"]["complete"] == 2
    assert [trial["values"] for trial in document["trials"]] == [{"gap": 3}, {"gap": 10}]


def test_quiet_leaves_the_result_alone(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "2 of 2 trials complete" in captured.out


def test_a_dry_run_counts_trials_and_writes_nothing(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--vary", "units=5,20", "--dry-run"]) == 0
    assert "4 trials, at most about" in capsys.readouterr().out
    assert list(workplace.iterdir()) == []
    assert made_up_training == []


def test_settings_come_from_preset_file_and_options(workplace, made_up_training, capsys):
    (workplace / "sweep.toml").write_text('units = 7\nreplicates = 2\n[vary]\ngap = [3, 4]\nseed = "1..2"\n')
    assert run(["sweep", "sweep.toml", "--preset", "tutorial", "--replicates", "3"]) == 0
    found = [(config.task.gap[0], config.seed, config.units, config.replicates, config.window, config.stop)
             for config, _ in made_up_training]  # fmt: skip
    assert found == [(gap, seed, 7, 3, 1, False) for gap in (3, 4) for seed in (1, 2)]


def test_a_typed_axis_replaces_that_of_the_file(workplace, made_up_training, capsys):
    (workplace / "sweep.toml").write_text("[vary]\ngap = [3, 4]\n")
    assert run(["sweep", "sweep.toml", "--vary", "gap=5"]) == 0
    assert [config.task.gap for config, _ in made_up_training] == [(5, 5)]


def test_an_axis_of_budgets_takes_the_place_of_the_other_budget(workplace, made_up_training, capsys):
    assert run(["sweep", "--preset", "tutorial", "--vary", "presentations=20,40"]) == 0
    assert [config.presentations for config, _ in made_up_training] == [20, 40]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vary", "gpa=3"], "--vary gpa=3: unknown setting 'gpa' (did you mean 'gap'?)"),
        ([], "nothing varies"),
        (["--vary", "units=5,20", "--units", "3"], "--units does not go with --vary units"),
        (["--vary", "batch-size=1,600", "--epochs", "250"], "the trial batch size 600: batch_size = 600"),
        (["--vary", "gap=3", "--rank", "recal_loss"], "--rank recal_loss: must be one of"),
        (["--vary", "gap=3", "--search", "tpe"], "--search tpe: needs --trials N"),
        (["--vary", "gap=3", "--jobs", "2", "--scheduler", "tcp://x:1"], "--jobs does not go with --scheduler"),
        (["--vary", "gap=3", "--out", "."], "is there already"),
        (["--vary", "gap=3", "--ahead", "4"], "--ahead 4: goes with --search tpe or --prune"),
        (["--resume", "nowhere"], "nowhere: is no sweep directory"),
        (["absent.toml"], "absent.toml: No such file"),
    ],
)
def test_wrong_usage_is_one_line_and_writes_nothing(workplace, made_up_training, capsys, arguments, words):
    assert run(["sweep", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[vary]\ngpa = [3]\n", "sweep.toml: [vary] unknown setting 'gpa' (did you mean 'gap'?)"),
        ("vary = 3\n", "must be a table [vary]"),
        ("[vary]\nunits = [0]\n", "sweep.toml: [vary] units = 0: must be"),
        ("unitss = 3\n[vary]\ngap = [3]\n", "unknown key 'unitss'"),
    ],
)
def test_a_wrong_file_is_one_line(workplace, made_up_training, capsys, text, words):
    (workplace / "sweep.toml").write_text(text)
    assert run(["sweep", "sweep.toml"]) == 2
    assert words in capsys.readouterr().err


def test_resume_runs_what_is_missing_and_refuses_other_settings(workplace, made_up_training, capsys):
    assert run(["sweep", "--vary", "gap=3,10", "--out", "map", "--json", "--units", "7"]) == 0
    unbroken = capsys.readouterr().out
    for path in (workplace / "map" / "trials" / "2-gap10").iterdir():
        if path.name != "lock":
            path.unlink()
    made_up_training.clear()
    assert run(["sweep", "--resume", "map", "--units", "8"]) == 2
    assert "units = 8 (started with 7)" in capsys.readouterr().err
    assert run(["sweep", "--resume", "map", "--vary", "gap=3,11"]) == 2
    assert "--vary gap=3,11 (started with gap=3,10)" in capsys.readouterr().err
    assert made_up_training == []
    assert run(["sweep", "--resume", "map", "--units", "7", "--vary", "gap=3,10", "--json"]) == 0
    assert capsys.readouterr().out == unbroken
    assert [config.task.gap for config, _ in made_up_training] == [(10, 10)]


def test_a_trial_that_raises_is_told_and_takes_no_other_with_it(workplace, made_up_training, capsys, monkeypatch):
    made_up = experiment.Run

    class Breaking(made_up):
        def __iter__(self):
            if self.config.units == 5:
                raise ValueError("the cell is\nbroken")
            return super().__iter__()

    monkeypatch.setattr(experiment, "Run", Breaking)
    assert run(["sweep", "--vary", "units=4,5,6", "--out", "map"]) == 1
    captured = capsys.readouterr()
    assert "failed: units 5: ValueError: the cell is\\nbroken" in captured.err
    assert "1 of 3 trials failed; `seqmem sweep --resume map` tries them again" in captured.err
    assert "2 of 3 trials complete, 1 failed" in captured.out
    assert run(["sweep", "--resume", "map", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["failed"] == 1
    monkeypatch.setattr(experiment, "Run", made_up)
    assert run(["sweep", "--resume", "map"]) == 0
    assert "3 of 3 trials complete" in capsys.readouterr().out
