"""What must hold for every preset, and one whole sequence of each spelled out as the network sees it."""

import json

import numpy as np
import pytest

from seqmem.config.presets import preset_names, read_preset
from seqmem.config.run_config import RunConfig
from seqmem.config.toml import config_text, parse_toml
from seqmem.judge.baseline import recipe_limit
from seqmem.render.notes import recipe_note
from seqmem.tasks.streams import SequenceStream

TUTORIAL = ("3 0 1 2", "0 1 2 3")
LONG_FILLERS = (
    "9 8 9 0 3 6 4 1 9 9 4 1 6 7 8 0 6 8 3 1 9 9 1 4 1 7 0 7 0 5 1 7 1 5 5 8 9 6 7 2 1 7 6 9 5 4 4 2 3 8 "
    "3 6 7 4 7 6 9 6 6 3 3 4 4 9 7 8 6 4 3 4 8 1 2 1 9 2 2 6 1 4 1 7 1 6 2 5 2 3 1 8 3 4 6 5 9 4 9 6 3 0"
)
IN_ORDER = " ".join(map(str, range(99)))
DISTRACTORS = (
    "96 83 96 6 35 65 46 14 91 94 49 13 63 74 88 4 66 88 36 10 97 98 9 39 19 78 5 71 5 57 16 75 11 54 51 85 97 62 "
    "74 26 17 72 62 90 51 41 41 27 35 87 38 66 77 39 70 68 90 68 60 36 37 48 41 96 73 82 63 49 31 48 88 15 26 12 "
    "93 19 21 65 12 42 17 78 12 63 27 58 23 35 10 80 36 45 62 49 95 42 95 65 35"
)
LONG_LAG = (
    "51 52 48 42 48 3 18 32 23 7 46 47 24 7 32 37 44 2 33 44 18 5 49 49 5 20 9 39 2 35 2 28 8 38 5 27 25 43 49 31 "
    "37 13 9 36 31 45 26 20 21 13 17 44 19 33 39 50"
)

# Preset: what each row sees, vector by vector ('-' is no symbol, a context is joined), and what is to be predicted.
SPELLED_OUT = {
    "default": TUTORIAL,
    "tutorial": TUTORIAL,
    "perceptron": TUTORIAL,
    "context": ("---3 --30 -301 3012", "0 1 2 3"),
    "stateless": TUTORIAL,
    "stateless-sequence": TUTORIAL,
    "lags": ("- 3 3 0 0 1 1 2", "0 1 2 3"),
    "lags-enough": ("- - - 3 - - 3 0 - 3 0 1 3 0 1 2", "0 1 2 3"),
    "rows-of-steps": ("3 | 0 | 1 | 2", "0 1 2 3"),
    "batch": TUTORIAL,
    "shuffled": TUTORIAL,
    "pool": ("5 3 3 3 2 2 3 4 2 0 4", "3 3 3 2 2 3 4 2 0 4 5"),
    "hs1997-2a": (f"99 {IN_ORDER}", f"{IN_ORDER} 99"),
    "hs1997-2b": (f"99 {DISTRACTORS}", f"{DISTRACTORS} 99"),
    # what is filled up to the longest sequence, and x as the answer at the trigger 50, are zeros
    "hs1997-2c": (LONG_LAG + " 0" * 147, " ".join("0" * 203)),
    "long-gap": (f"10 {LONG_FILLERS}", f"{LONG_FILLERS} 10"),
}
CANNOT = {"tutorial", "perceptron", "stateless", "lags", "rows-of-steps"}


def config_of(name: str) -> RunConfig:
    return RunConfig.from_settings(read_preset(name))


def spelled_out(config: RunConfig) -> tuple[str, str]:
    """The first sequence of training, as the rows of a batch see it, and its targets."""
    batch = SequenceStream(config.task, config.seed, "training").take(1)
    windows = config.layout.lay_out(batch)
    rows = []
    for inputs in np.moveaxis(windows.inputs[0], 0, 1):
        rows.append(" ".join("".join("-" if symbol < 0 else str(symbol) for symbol in vector) for vector in inputs))
    return " | ".join(rows), " ".join(map(str, config.layout.gather(windows.targets)[0]))


def test_every_preset_is_spelled_out():
    assert set(SPELLED_OUT) == set(preset_names())


@pytest.mark.parametrize("name", preset_names())
def test_one_whole_sequence_is_what_the_preset_says(name):
    assert spelled_out(config_of(name)) == SPELLED_OUT[name]


@pytest.mark.parametrize("name", preset_names())
def test_toml_and_json_give_the_same_config_back(name):
    config = config_of(name)
    assert RunConfig.from_settings(parse_toml(config_text(config).encode(), "config.toml")) == config
    assert RunConfig.from_settings(json.loads(json.dumps(config.to_settings()))) == config


@pytest.mark.parametrize("name", preset_names())
def test_the_note_tells_whether_the_preset_can_work(name):
    note = recipe_note(config_of(name))
    cannot = any(words in note for words in ("cannot", "nothing teaches", "never sees the cue"))
    assert cannot == (name in CANNOT)


@pytest.mark.parametrize("name", preset_names())
def test_the_baseline_of_a_preset_that_cannot_see_the_cue_is_chance(name):
    config = config_of(name)
    control = recipe_limit(config.task, config.seeds, config.head, config.layout, config.cell.keeps_state)
    expected = {"context": 1.0, "lags-enough": 1.0} | dict.fromkeys(CANNOT - {"tutorial"}, 0.5)
    assert (control and control.recall_accuracy) == expected.get(name)
