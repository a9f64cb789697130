"""The advice after a run: what is untried of what works, with its reason."""

import dataclasses
import itertools
import shlex

import pytest
from builders import BASELINE, build_record, build_replicate, build_result
from render_samples import fresh_run, make_history, memoryless_run, replaced_replicates

from seqmem.cli.train import command as train
from seqmem.config.presets import preset_names, read_preset
from seqmem.config.run_config import RunConfig
from seqmem.config.sources import read_config
from seqmem.judge.evidence import weigh
from seqmem.render.next_command import next_commands, train_command, untried
from seqmem.results.findings import still_falling

WORKS = {"init": "chrono", "head": "softmax", "loss_at": "recall"}
OLD = {"init": "glorot", "head": "sigmoid", "loss_at": "all"}


def untried_of(**settings):
    return untried(RunConfig.from_settings(OLD | settings))


def history(losses):
    return [build_record(10 * at, loss, accuracy=0.5) for at, loss in enumerate(losses, 1)]


def test_the_untried_is_what_differs_from_the_recipe_that_works():
    assert untried_of() == WORKS
    assert untried_of(**WORKS) == {}
    assert untried_of(cell="rnn") == {"head": "softmax", "loss_at": "recall"}
    assert untried_of(init="uniform:0.2")["init"] == "chrono"
    assert untried_of(learning_rate=0.001)["learning_rate"] == 0.01
    assert "learning_rate" not in untried_of(learning_rate=0.1)


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({"gap": 30, "alphabet_size": 32}, 12),
        ({"gap": 30, "alphabet_size": 12}, None),
        ({"gap": 30, "alphabet_size": 32, "cues": 11}, 12),
        ({"gap": 30, "alphabet_size": 42, "cues": 12}, None),
        ({"sequences": [f"{cue} " + " ".join("bcdefghijklmnop") + f" {cue}" for cue in "xy"]}, None),
    ],
)
def test_a_large_alphabet_is_made_smaller_where_the_task_allows_it(settings, size):
    assert untried_of(**settings).get("alphabet_size") == size


def test_a_task_without_recall_is_not_told_to_train_at_recall():
    assert "loss_at" not in untried_of(sequences=["a b c"])


@pytest.mark.parametrize(
    ("losses", "falls"),
    [
        ([1 / at for at in range(1, 31)], True),
        ([0.3] * 30, False),
        # it fell long ago, and stands still since
        ([1 / at for at in range(1, 11)] + [0.1] * 20, False),
        # up and down is not falling
        ([0.3, 0.2] * 15, False),
        ([0.5, 0.4, 0.3], False),
        ([], False),
    ],
)
def test_a_loss_falls_where_it_fell_over_the_last_third(losses, falls):
    assert still_falling(history(losses)) is falls


def test_a_longer_budget_is_advised_only_where_the_loss_still_falls():
    run = fresh_run(**OLD)
    falling = dataclasses.replace(run, history=make_history(run.config))
    assert next_commands(falling)[0] == (
        "seqmem train --epochs 4000 --gap 5 --fillers fresh --init glorot --head sigmoid --loss-at all "
        "--learning-rate 0.001 --no-stop --replicates 4",
        "the loss still falls: train longer:",
    )
    flat = dataclasses.replace(run, history=make_history(run.config, baseline=0.1981))
    command, why = next_commands(flat)[0]
    assert command.startswith("seqmem train --init chrono --head softmax --loss-at recall --gap 5 ")
    assert why == (
        "what helps over long gaps and was not tried: gates that begin by holding the state, softmax outputs, "
        "loss at recall steps only, larger steps:"
    )


def test_a_loss_that_never_came_to_the_baseline_also_needs_more_time():
    run = replaced_replicates(memoryless_run(window=None, **OLD), metrics={"recall_loss": 0.5})
    assert "--epochs 4000" in next_commands(run)[0][0]


def test_where_all_is_tried_it_is_asked_how_often_and_then_for_smaller_steps():
    best = WORKS | {"window": None, "learning_rate": 0.01}
    assert next_commands(memoryless_run(**best))[0][0].startswith("seqmem train --replicates 20")
    many = next_commands(memoryless_run(replicates=20, **best))[0]
    assert many[1] == "smaller, clipped steps, and more of them:"
    assert "--clip-norm 1" in many[0]


def outcomes(config):
    """Runs of a config that ended in every way that advice is given for."""
    least = BASELINE.recall_loss
    memory = weigh(126, 126, 2, least / 2, least)
    ends = [
        {},
        {"diverged": True},
        {"at": None, "recall_loss": least},
        {"at": None, "recall_loss": 2 * least},
        {"at": None, "recall_loss": 40 * least},
        {"at": None, "recall_loss": least / 2, "evidence": memory},
        {"at": None, "recall_loss": least / 2, "evidence": memory, "met_at": 10},
        {"at": None, "settled_accuracy": None},
    ]
    falling = [build_record(10 * at, [1 / at] * config.replicates) for at in range(1, 31)]
    flat = [build_record(10 * at, [least] * config.replicates) for at in range(1, 31)]
    for end, history in itertools.product(ends, (falling, flat)):
        replicates = [build_replicate(seed, **end) for seed in config.seeds]
        yield build_result(config, replicates, baseline=BASELINE, predictions=(), history=tuple(history))


def read(command):
    """The config that `seqmem train` makes of a command line."""
    program, name, *words = shlex.split(command)
    assert (program, name) == ("seqmem", "train")
    options = train.make_context(name, words).params
    return read_config(options.pop("config_path"), options.pop("preset"), options)


@pytest.mark.parametrize("name", preset_names())
def test_whatever_became_of_a_preset_each_command_that_is_proposed_can_be_run_and_so_on(name):
    proposed, new = set(), [RunConfig.from_settings(read_preset(name) | more) for more in ({}, {"replicates": 20})]
    for _ in range(2):
        commands = {next_commands(result)[0][0] for config in new for result in outcomes(config)} - proposed
        new = [read(command) for command in commands]
        proposed |= commands
    assert len(proposed) > 20


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        ({"loss_function": "squared", "head": "sigmoid"}, {"head": "softmax"}, "--head softmax"),
        ({"forget_bias": 1.0, "gap": 9}, {"init": "chrono"}, "--init chrono --gap 9"),
        ({"cell": "gru", "seed": 2**31 - 2}, {"replicates": 20}, "--replicates 20 --cell gru"),
        ({"epochs": 10**9, "units": 4}, {"epochs": 4 * 10**9}, "--units 4 --epochs 1000000000"),
    ],
)
def test_what_contradicts_the_advice_is_left_out_of_the_command(settings, changes, expected):
    command = train_command(RunConfig.from_settings(settings), **changes)
    assert command == f"seqmem train {expected}"
    read(command)
