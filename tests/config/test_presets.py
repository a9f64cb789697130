"""The presets, each spelled out."""

import pytest

from seqmem.config.presets import FOLDER, preset_names, preset_summary, read_preset
from seqmem.config.run_config import RunConfig
from seqmem.config.toml import config_text
from seqmem.errors import UsageError


def test_default_preset_changes_nothing():
    assert read_preset("default") == {}


def test_tutorial_preset_is_the_tutorial_to_the_letter():
    config = RunConfig.from_settings(read_preset("tutorial"))
    assert (config.window, config.learning_rate, config.stop, config.epochs) == (1, 0.001, False, 250)
    changed = {"window": 1, "learning_rate": 0.001, "stop": False, "epochs": 250}
    keras = {"head": "sigmoid", "init": "glorot", "loss_at": "all"}
    assert config == RunConfig.from_settings(changed | keras)
    assert config.task.input_symbols == ("0", "1", "2", "3", "4")


@pytest.mark.parametrize("name", ["lags", "perceptron", "rows-of-steps", "stateless", "tutorial"])
def test_what_the_tutorials_readers_had_has_the_tutorials_head_start_and_loss(name):
    config = RunConfig.from_settings(read_preset(name))
    assert (config.head, str(config.init), config.loss_at, config.epochs) == ("sigmoid", "glorot", "all", 250)


@pytest.mark.parametrize("name", preset_names())
def test_preset_makes_a_config_and_says_what_it_is_in_a_line(name):
    config = RunConfig.from_settings(read_preset(name))
    assert config_text(config).startswith("# All settings")
    assert (FOLDER / f"{name}.toml").read_text(encoding="utf-8").startswith(f"# {preset_summary(name)}\n")
    assert 20 < len(preset_summary(name)) < 118
    assert preset_summary(name).endswith(".")


def test_unknown_preset_is_told_the_right_one():
    with pytest.raises(UsageError, match=r"unknown preset 'tutoral' .did you mean 'tutorial'.*there are batch"):
        read_preset("tutoral")
    with pytest.raises(UsageError, match="unknown preset"):
        preset_summary("../presets/default")
