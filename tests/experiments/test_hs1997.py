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
def test_a_variant_that_learns_takes_less_than_twice_the_papers_sequences(name):
    assert statistics.mean(met(name)) < 2 * RECORDED[name]["paper"]


def test_what_is_said_of_trials_that_learn_is_what_was_recorded():
    solved = {name: (len(met(name)), len(row["trials"])) for name, row in RECORDED.items()}
    few = ["2c-1000-100-variant", "2c-1000-50-variant"]
    many = [f"2c-1000-{distractors}-variant" for distractors in (1000, 500, 200)]
    assert [tuple(map(sum, zip(*(solved[name] for name in names), strict=True))) for names in (many, few)] == [
        (59, 60),
        (5, 10),
    ]
    assert "59 of 60 learn the lag of 1,000" in README
    assert "with 100 and 50 of them 5 of 10" in README
    assert [statistics.mean(met(name)) for name in few] == [83_000, 165_500]
    # every other variant in every trial
    others = [name for name in RECORDED if name.endswith("-variant") and "-1000-" not in name]
    assert all(solved[name] == (trials, trials) for name in others for trials in [18 if "2c" not in name else 20])
    as_stated = {name for name in RECORDED if not name.endswith(("-variant", "-modern", "-lasting"))}
    assert {name for name in as_stated if met(name)} == {"2a", "2c-50-50", "2c-100-100"}
    assert solved["2c-50-50"] == (18, 20)
    assert "18 of 20 trials and 4.2 times as many" in " ".join(README.split())
    longer = [solved[name] for name in as_stated if "2c" in name and name != "2c-50-50"]
    assert tuple(map(sum, zip(*longer, strict=True))) == (1, 45)
    assert "one trial of 45" in " ".join(README.split())


def test_the_recipe_of_today_solves_2a_and_2c_in_fewer_sequences_than_the_paper_and_the_variant():
    modern = [name for name in RECORDED if name.endswith("-modern")]
    missed = {name: len(RECORDED[name]["trials"]) - len(met(name)) for name in modern}
    assert {name for name in missed if missed[name]} == {"2c-1000-500-modern", "2c-1000-50-modern"}
    assert max(missed.values()) == 1
    assert (
        f"in {sum(len(met(name)) for name in modern)} of {sum(len(RECORDED[name]['trials']) for name in modern)}"
        in " ".join(README.split())
    )
    for name in modern:
        row = RECORDED[name]
        assert statistics.mean(met(name)) < statistics.mean(met(name.replace("-modern", "-variant")))
        assert record.times_fewer(name, row) in README
    fewer = {name: RECORDED[name]["paper"] / statistics.mean(met(name)) for name in modern}
    assert [round(fewer.pop(f"{task}-modern"), 1) for task in ("2a", "2b")] == [2.0, 1.3]
    assert min(fewer.values()) > 100


def test_the_words_of_the_answer_are_those_of_the_record():
    times = {name: round(statistics.mean(met(name)) / RECORDED[name]["paper"], 1) for name in RECORDED if met(name)}
    text = " ".join(README.split())
    assert "task 2a 0.9 times, task 2b 1.2 times, task 2c 1.0 to 1.1 times at lags of 50, 100 and 200" in text
    assert (times["2a-variant"], times["2b-variant"], times["2a"], times["2c-50-50"]) == (0.9, 1.2, 6.1, 4.2)
    assert max(times[name] for name in times if name.endswith("-variant")) == 1.6
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
