"""The record of the networks of 1997: its tables are what was recorded, and its words say no more."""

import json
import statistics
from pathlib import Path

import pytest
from scripts import load_script

from seqmem.config.run_config import RunConfig

FOLDER = Path(__file__).parents[2] / "experiments" / "hs1997"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
RECORDED = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


record = load_script(FOLDER / "record.py")


def met(name):
    return [trial["met_at"] for trial in RECORDED[name]["trials"] if trial["met_at"] is not None]


def test_the_tables_are_what_was_recorded():
    assert record.filled(README) == README
    for name, row in RECORDED.items():
        assert f"`{row['command']}`" in README, name


@pytest.mark.parametrize("name", RECORDED)
def test_a_row_has_the_weights_and_the_trials_of_its_command(name):
    words, paper = record.rows()[name]
    row, config = RECORDED[name], RunConfig.from_settings(record.settings_of(words))
    assert row["command"] == f"seqmem train {words}"
    assert (row["weights"], row["budget"], row["paper"]) == (config.parameter_count, config.budget, paper)
    assert [trial["seed"] for trial in row["trials"]] == list(config.seeds)
    for trial in row["trials"]:
        assert trial["met_at"] in (None, trial["sequences"])
        if trial["lasting_from"] is not None:
            assert trial["lasting_from"] <= trial["met_at"] - 1000


@pytest.mark.parametrize("name", [name for name in RECORDED if name.endswith("-variant")])
def test_a_variant_is_solved_in_every_trial_in_less_than_three_times_the_papers_sequences(name):
    row = RECORDED[name]
    assert len(met(name)) == len(row["trials"]) == (20 if name.startswith("2c") else 18)
    assert statistics.mean(met(name)) < (3 if "-1000-" in name else 1.5) * row["paper"]


def test_the_recipe_of_today_solves_2a_and_2c_in_fewer_sequences_than_the_paper_and_the_variant():
    assert len(met("2a-modern")) == 18
    assert len(met("2c-50-50-modern")) == 20
    for name in ("2a", "2c-50-50"):
        row = RECORDED[f"{name}-modern"]
        assert statistics.mean(met(f"{name}-modern")) < statistics.mean(met(f"{name}-variant"))
        assert record.times_fewer(f"{name}-modern", row) in README


def test_the_words_of_the_answer_are_those_of_the_record():
    times = {name: round(statistics.mean(met(name)) / RECORDED[name]["paper"], 1) for name in RECORDED if met(name)}
    assert "task 2a 0.9 times, task 2c 1.0 to 1.1 times at lags of 50, 100 and 200" in " ".join(README.split())
    assert times["2a-variant"] == 0.9
    assert times["2a"] == 6.1
    assert "2a takes six times as many" in README
    assert [times[f"2c-{lag}-{lag}-variant"] for lag in (50, 100, 200, 1000)] == [1.0, 1.0, 1.1, 1.6]
    short, long = (statistics.mean(met(f"2c-{lag}-{lag}-variant")) for lag in (50, 1000))
    assert f"{long / short:.1f} times for a lag of 1,000" in README
