"""The record of the networks of 1997: its tables are what was recorded, and its words say no more."""

import itertools
import json
import shutil
import statistics
from pathlib import Path

import numpy as np
import pytest
from scripts import load_script

from seqmem.config.run_config import RunConfig

FOLDER = Path(__file__).parents[2] / "experiments" / "hs1997"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
RECORDED = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("2*.json"))}
CONTROLS = json.loads((FOLDER / "controls.json").read_text(encoding="utf-8"))


record = load_script(FOLDER / "record.py")
controls = load_script(FOLDER / "controls.py")
compiled = pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")


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


def test_the_controls_tables_are_what_was_recorded():
    assert list(CONTROLS) == list(controls.rows())
    assert controls.filled(README, CONTROLS) == README
    for name, found in CONTROLS.items():
        asked = controls.rows()[name]
        assert len(found["trials"]) == controls.TRIALS
        assert found["weights"] == controls.weight_count(asked["lag"], asked.get("network", "rnn"))
        assert all(trial is None or trial <= asked["budget"] for trial in found["trials"])


def test_the_controls_have_the_papers_weights():
    assert [controls.weight_count(lag) for lag in (4, 10, 100)] == [36, 144, 10404]
    assert controls.weight_count(100, "lstm1997") == 10504


def shares(name):
    return [sum(trial is not None for trial in CONTROLS[f"{name}-{rate}"]["trials"]) for rate in (1, 4, 10)]


def test_the_words_on_the_controls_are_those_of_the_record():
    assert shares("rtrl-4") == sorted(shares("rtrl-4"))
    assert sum(shares("rtrl-4")) > 0
    assert shares("rtrl-10") == shares("bptt-10") == shares("bptt-100") == [0, 0, 0]
    for name, found in CONTROLS.items():
        if name.startswith("guess") and "-2-" not in name:
            assert not any(found["trials"])


def half_squared_error(weights, lag, first):
    """Of the simple recurrent network over one sequence, from its equations."""
    symbols, count = [first, *range(lag - 1), first], lag + 1
    into, loop, out, direct = np.split(weights, [count, count + 1, 2 * count + 1])
    hidden, error = 0.0, 0.0
    for seen, target in itertools.pairwise(symbols):
        hidden = 1 / (1 + np.exp(-into[seen] - loop[0] * hidden))
        outputs = 1 / (1 + np.exp(-direct.reshape(count, count)[seen] - out * hidden))
        error += 0.5 * np.sum((np.eye(count)[target] - outputs) ** 2)
    return error


@compiled
@pytest.mark.parametrize(("method", "tolerance"), [(0, 1e-8), (1, 1e-4)])
def test_an_update_of_a_control_is_the_gradient_by_finite_differences(method, tolerance):
    lag, rate, step = 4, 1e-5, 1e-5
    start = np.random.default_rng(0).uniform(-1, 1, controls.weight_count(lag))
    weights = start.copy()
    controls.library(lag).train(weights, 0, method, rate, 1, 10, 0.25)
    gradients = [
        [
            (half_squared_error(start + move, lag, first) - half_squared_error(start - move, lag, first)) / (2 * step)
            for move in step * np.eye(len(start))
        ]
        for first in (lag - 1, lag)
    ]
    # the sequence is drawn: it is that of x or that of y
    apart = [np.abs((start - weights) / rate - gradient).max() for gradient in gradients]
    assert min(apart) < tolerance < 1e-3 < max(apart)


@compiled
@pytest.mark.parametrize("network", controls.NETWORKS)
def test_the_computed_chance_of_a_guess_is_that_of_drawing(network):
    guess = controls.library(2, network).guess
    weights = np.zeros(controls.weight_count(2, network))
    drawn = statistics.mean(guess(weights, seed, 100.0, 10_000_000, controls.BOUND) for seed in range(40))
    computed = 10 ** -controls.success_exponent(network, 2, 100, 20_000)
    assert 0.5 < drawn / computed < 2
