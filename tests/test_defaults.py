"""What settings are where nobody gives them."""

import dataclasses

import pytest

from seqmem.cells import CELLS
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.config.toml import config_text, parse_toml


def config_of(**settings) -> RunConfig:
    return RunConfig.from_settings(settings)


@pytest.mark.parametrize(
    ("settings", "trained"),
    [
        ({"gap": 5}, "all"),
        ({"gap": 6}, "recall"),
        ({"gap": "3:6"}, "recall"),
        ({"gap": 5, "trigger": True}, "all"),
        ({"gap": 5, "fillers": "fixed", "cues": 10}, "all"),
        ({"gap": 1, "fillers": "fresh"}, "recall"),
        ({"gap": 3, "fillers": "fresh", "pool": 8}, "recall"),
        ({"sequences": ["the cat sat", "a cat ran"]}, "all"),
        ({"sequences": ["a 1 2 3 4 5 b", "c 1 2 3 4 5 d"]}, "all"),
        ({"sequences": ["a 1 2 3 4 5 6 b", "c 1 2 3 4 5 6 d"]}, "recall"),
        ({"sequences": ["nothing to recall"]}, "all"),
    ],
)
def test_all_steps_are_trained_over_gaps_of_at_most_five_and_recalls_beyond(settings, trained):
    assert config_of(**settings).loss_at == trained


@pytest.mark.parametrize(
    ("settings", "start"),
    [
        ({}, "chrono"),
        ({"cell": "gru"}, "chrono"),
        ({"cell": "rnn"}, "glorot"),
        ({"cell": "mlp"}, "glorot"),
        ({"cell": "my.module:Cell"}, "glorot"),
        ({"forget_bias": 3.0}, "glorot"),
    ],
)
def test_a_cell_with_a_gate_that_holds_its_state_starts_with_it_open(settings, start):
    assert str(config_of(**settings).init) == start


@pytest.mark.parametrize(
    ("settings", "size"),
    [
        ({}, 5),
        ({"gap": 10}, 12),
        ({"gap": 1_000_000}, 12),
        ({"gap": 30, "trigger": True}, 12),
        ({"gap": 30, "cues": 8}, 12),
        ({"gap": 30, "cues": 10}, 14),
        ({"gap": 3, "cues": 10}, 13),
    ],
)
def test_the_alphabet_grows_with_the_gap_to_twelve_or_as_far_as_many_cues_need(settings, size):
    assert config_of(**settings).task.alphabet_size == size


@pytest.mark.parametrize(
    ("settings", "epochs"),
    [
        ({}, 1000),
        ({"gap": 9}, 1000),
        ({"gap": 10}, 1500),
        ({"gap": "3:100", "cues": 10}, 2000),
        ({"gap": 1000}, 2500),
        ({"batch_size": 2}, 1000),
        ({"batch_size": 5}, 3000),
        ({"rows": "steps", "batch_size": 4, "window": 1}, 1000),
        ({"sequences": ["a b c"]}, 1000),
    ],
)
def test_the_budget_grows_by_half_a_thousand_epochs_with_every_tenfold_gap(settings, epochs):
    config = config_of(**settings)
    assert config.epochs == epochs
    assert config.check_every == max(config.task.epoch_size, config.budget // 100)


def test_what_rules_decide_is_written_as_values():
    config = config_of(gap=30, cell="gru")
    written = parse_toml(config_text(config).encode(), "config.toml")
    names = ("alphabet_size", "init", "loss_at", "epochs", "check_every", "head")
    assert [written[name] for name in names] == [12, "chrono", "recall", 1500, 30, "softmax"]


def test_the_help_names_the_cells_whose_gates_are_opened():
    opened = " and ".join(name for name, cell in CELLS.items() if cell().default_init == "chrono")
    assert f"chrono for {opened} without forget-bias" in setting_fields()["init"].metadata["help"]


def test_a_given_budget_in_presentations_leaves_epochs_unsaid():
    config = config_of(presentations=700)
    assert (config.epochs, config.budget, config.check_every) == (None, 700, 7)


def test_a_config_keeps_what_was_decided_when_its_task_is_replaced():
    config = config_of(gap=3)
    longer = dataclasses.replace(config, task=dataclasses.replace(config.task, gap=(100, 100)))
    assert (longer.loss_at, longer.epochs, longer.task.alphabet_size) == ("all", 1000, 5)


def test_a_value_counts_as_decided_where_the_rule_would_choose_it_too():
    assert config_of().decided_by_rule == {"alphabet_size", "init", "loss_at", "epochs", "check_every"}
    given = config_of(gap=30, alphabet_size=9, init="glorot", loss_at="all", presentations=700, check_every=9)
    assert given.decided_by_rule == set()
