"""The complete settings of a run: rules across them, and what is worked out from them."""

import dataclasses

import pytest
from hypothesis import given, settings
from strategies import configs

from seqmem.cells import CELLS
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.errors import SettingError, UsageError
from seqmem.tasks import TASKS, ConflictingSequences, ExplicitSequences


@settings(max_examples=150, deadline=None)
@given(configs())
def test_config_reads_back_from_its_settings(config):
    assert RunConfig.from_settings(config.to_settings()) == config


def test_defaults_are_the_tutorials_task_with_gradients_through_the_sequence():
    config = RunConfig()
    assert config.task == ConflictingSequences(alphabet_size=5, gap=3, cues=2, fillers="ordered")
    assert (config.cell.name, config.units, config.head, str(config.init)) == ("lstm", 20, "softmax", "chrono")
    assert (config.window, config.optimizer, config.learning_rate) == (None, "adam", 0.01)
    assert (config.loss_at, config.epochs, str(config.criterion), config.stop) == ("all", 1000, "error:0.25", True)
    assert (config.budget, config.updates, config.steps_per_window) == (2000, 2000, 4)
    assert list(config.seeds) == [0]
    assert RunConfig.from_settings({}) == config


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"epochs": 3, "presentations": 3}, "presentations = 3: cannot be given together with epochs"),
        ({"epochs": 2**31 - 1}, "epochs = 2147483647: makes"),
        ({"batch_size": 501, "epochs": 250}, "batch_size = 501: must be at most the budget of 500"),
        ({"seed": 2**31 - 1, "replicates": 2}, "seed = 2147483647: must be at most 2147483646"),
        ({"alphabet_size": 2}, "alphabet_size = 2: must be at least 3"),
        ({"alphabet_size": 3, "trigger": True}, "alphabet_size = 3: must be at least 4"),
        ({"symbols": "a b"}, "symbols = 2: must be at least 3"),
        ({"symbols": "a b a"}, "symbols = a b a: must all be different"),
        ({"symbols": "a b c", "alphabet_size": 4}, "symbols = a b c: must be 4 words"),
        ({"alphabet_size": 100_001}, "alphabet_size = 100001: must be a whole number from 2 to 100000"),
        ({"pool": 3}, "pool = 3: needs fillers = fresh"),
        ({"task": "conflict"}, "task = conflict: .*did you mean 'conflicting'"),
        ({"epocs": 3}, "unknown setting 'epocs' .did you mean 'epochs'"),
        ({"sequences": ["a b"], "gap": 3}, "gap = 3: does not go with sequences of your own"),
        ({"task": "conflicting", "sequences": ["a b"]}, "does not go with the conflicting task"),
        ({"sequences": ["a b c"], "loss_at": "recall"}, "loss_at = recall: this task has no recall step"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_by_name(given, problem):
    with pytest.raises(UsageError, match=problem):
        RunConfig.from_settings(given)


def test_sequences_alone_choose_the_explicit_task():
    config = RunConfig.from_settings({"sequences": ["a b a c"]})
    assert config.task == ExplicitSequences(sequences=("a b a c",))
    assert (config.budget, config.task.time) == (1000, 3)


def test_budget_counts_presentations_and_updates_count_full_batches():
    config = RunConfig(task=ConflictingSequences(cues=4), epochs=10, batch_size=3)
    assert (config.budget, config.updates) == (40, 13)
    assert RunConfig(presentations=7).budget == 7


def test_checks_come_at_most_a_hundred_times_and_never_more_often_than_epochs():
    assert RunConfig().check_interval == 20
    assert RunConfig(epochs=10).check_interval == 2
    assert RunConfig(check_every=10**6, epochs=250).check_interval == 500
    assert RunConfig(check_every=10, batch_size=4).check_interval == 2


def test_window_is_never_longer_than_the_sequence():
    assert RunConfig(window=2).steps_per_window == 2
    assert RunConfig(window=100).steps_per_window == 4


def test_replicates_have_seeds_in_a_row():
    assert list(RunConfig(seed=7, replicates=3).seeds) == [7, 8, 9]


def test_every_setting_is_declared_once_with_group_help_and_kind():
    fields = setting_fields()
    names = [field.name for cls in (*TASKS.values(), *CELLS.values(), RunConfig) for field in dataclasses.fields(cls)]
    assert set(fields) == set(names) - {"task"}
    for field in fields.values():
        assert field.metadata["group"] in ("Task", "Network", "Training")
        assert field.metadata["help"].endswith(".") or "[default" in field.metadata["help"]


def test_config_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        RunConfig().units = 3


def test_wrong_value_carries_its_name_value_and_what_is_allowed():
    with pytest.raises(SettingError) as caught:
        RunConfig(units=0)
    assert (caught.value.setting, caught.value.value) == ("units", 0)
    assert str(caught.value) == "units = 0: must be a whole number from 1 to 8192"
    assert caught.value.exit_status == 2
