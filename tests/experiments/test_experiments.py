"""Every experiment is whole, says only what was recorded, and runs."""

import math
import re
import shlex
from pathlib import Path

import pytest
from scripts import load_script

from seqmem.cli.main import run
from seqmem.config.run_config import RunConfig
from seqmem.config.sources import read_sweep_file
from seqmem.judge.verdict import wilson_interval

ROOT = Path(__file__).parents[2]
SWEEPS = sorted(ROOT.glob("experiments/*/*.toml"))
FOLDERS = sorted({path.parent for path in SWEEPS})
INDEX = ROOT / "experiments" / "README.md"


def load(name):
    """Returns a script of the experiments as a module."""
    return load_script(ROOT / "experiments" / f"{name}.py")


tables = load("tables")


def name_of(path):
    return path.relative_to(ROOT / "experiments").as_posix()


def readme(folder):
    return (folder / "README.md").read_text(encoding="utf-8")


def command_of(sweep):
    """The words that the README gives to run a sweep."""
    said = re.findall(r"^seqmem (sweep experiments/.*)$", readme(sweep.parent), re.MULTILINE)
    [words] = [words for line in said if (words := shlex.split(line))[1] == f"experiments/{name_of(sweep)}"]
    return words


@pytest.fixture
def at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_an_experiment_says_question_answer_result_lesson_and_deviations(folder):
    text = readme(folder)
    places = [text.index(words) for words in ("**Question.**", "**Answer.**", "## Result", "## What we learned")]
    assert places == sorted(places)
    assert "## Deviations" in text[places[-1] :]


@pytest.mark.parametrize("sweep", SWEEPS, ids=name_of)
def test_data_and_picture_lie_beside_the_settings_and_are_shown(sweep):
    text = readme(sweep.parent)
    assert f"]({sweep.stem}.svg)" in text
    assert re.search(rf"<!-- (rows|grid): {sweep.stem}\.csv", text)
    picture = sweep.with_suffix(".svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_table_of_a_readme_is_what_was_recorded(folder):
    assert tables.filled(readme(folder), folder) == readme(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_count_in_a_readme_was_recorded(folder):
    recorded = {tables.solved(trial) for path in folder.glob("*.csv") for trial in tables.read_trials(path)[1]}
    assert set(re.findall(r"\b\d+/\d+\b", readme(folder))) <= recorded


@pytest.mark.parametrize("path", sorted(ROOT.glob("experiments/*/*.csv")), ids=name_of)
def test_recorded_rates_and_intervals_follow_from_the_counts(path):
    for trial in tables.read_trials(path)[1]:
        solved, count = int(trial["solved"]), int(trial["replicates"])
        assert count >= 20
        expected = (solved / count, *wilson_interval(solved, count))
        found = (float(trial[f"success_rate{end}"]) for end in ("", "_low", "_high"))
        assert all(math.isclose(one, other, abs_tol=1e-12) for one, other in zip(expected, found, strict=True))


@pytest.mark.parametrize("sweep", SWEEPS, ids=name_of)
def test_recorded_trials_are_those_of_the_settings_and_stand_beside_their_baseline(sweep):
    given, axes = read_sweep_file(sweep)
    settings = {name: one.value for name, one in given.items()}
    names, trials = tables.read_trials(sweep.with_suffix(".csv"))
    assert names == [axis.name for axis in axes]
    assert len(trials) == math.prod(len(axis.values) for axis in axes)
    assert {trial["status"] for trial in trials} == {"complete"}
    for trial in trials:
        values = {name: trial[name] for name in names if trial[name] != "none"}
        config = RunConfig.from_settings(settings | values)
        assert int(trial["replicates"]) == config.replicates
        assert float(trial["recall_accuracy_baseline"]) == pytest.approx(1 / config.task.cues)


@pytest.mark.parametrize("sweep", SWEEPS, ids=name_of)
def test_the_command_of_a_sweep_is_understood(sweep, at_root, capsys):
    assert run([*command_of(sweep), "--dry-run"]) == 0
    count = len(tables.read_trials(sweep.with_suffix(".csv"))[1])
    assert f"{count} trials" in capsys.readouterr().out


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_the_index_names_every_experiment(folder):
    assert f"]({folder.name}/README.md)" in INDEX.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("sweep", SWEEPS, ids=name_of)
def test_the_smallest_trial_of_a_sweep_runs(sweep, at_root, tmp_path, capsys):
    words = [*command_of(sweep), "--replicates", "2", "--out", str(tmp_path / "sweep")]
    axes = read_sweep_file(sweep)[1]
    for axis in axes:
        words += ["--vary", str(axis).split(",")[0]]
    if not {"presentations", "epochs"} & {axis.name for axis in axes}:
        words += ["--presentations", "16", "--check-every", "8"]
    assert run(words) == 0
    assert run(["export", str(tmp_path / "sweep"), "--to", str(tmp_path / "sweep.csv")]) == 0
    [trial] = tables.read_trials(tmp_path / "sweep.csv")[1]
    assert (trial["status"], trial["replicates"]) == ("complete", "2")
