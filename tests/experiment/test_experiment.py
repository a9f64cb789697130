"""Whole runs: what they find, and that they can be interrupted."""

import filecmp
from pathlib import Path

import pytest
from trainings import followed

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.experiment import run
from seqmem.storage.run_directory import create_run_directory, read_run

SAME_BYTES = ("config.toml", "history.jsonl", "result.json")
RANDOM = {
    "gap": "2:4", "fillers": "fresh", "trigger": True, "alphabet_size": 7, "units": 6,
    "epochs": 60, "shuffle": True, "batch_size": 3, "replicates": 2,
}  # fmt: skip


def test_the_default_run_is_solved_for_every_seed():
    result = run.run(RunConfig(replicates=20))
    assert result.summary.verdict == "solved"
    assert all(one.metrics.max_error <= 0.25 for one in result.replicates)
    assert all(one.metrics.recall_loss < 0.9 * result.baseline.recall_loss for one in result.replicates)
    assert result.summary.presentations_to_success["max"] <= 500


def test_the_tutorial_is_told_memoryless_although_it_is_often_right():
    result = run.run(RunConfig.from_settings(read_preset("tutorial") | {"replicates": 100}))
    all_right = sum(one.metrics.settled_accuracy == 1.0 for one in result.replicates)
    assert result.summary.memoryless >= 95
    assert result.summary.solved == 0
    assert 25 <= all_right <= 60
    assert not any(one.metrics.max_error <= 0.25 for one in result.replicates)


def test_the_same_settings_give_the_same_bytes(tmp_path):
    config = RunConfig.from_settings(RANDOM)
    for name in ("first", "second"):
        followed(run.Run(config, create_run_directory(config, tmp_path / name)))
    assert_same_run(tmp_path / "first", tmp_path / "second")


def test_a_run_is_iterated_over_once(tmp_path):
    config = RunConfig(presentations=200, stop=False)
    whole = run.Run(config)
    before = list(whole)
    left = run.Run(config)
    next(iter(left))
    for other in (whole, left):
        with pytest.raises(UsageError, match="this run was iterated over already"):
            next(iter(other))
    assert whole.history == [progress.record for progress in before if progress.record]


def test_a_run_interrupted_three_times_ends_with_the_bytes_of_the_unbroken_one(tmp_path):
    config = RunConfig.from_settings(RANDOM)
    followed(run.Run(config, create_run_directory(config, tmp_path / "whole")))
    followed(run.Run(config, create_run_directory(config, tmp_path / "broken")), 4)
    assert read_run(tmp_path / "broken").status == "interrupted"
    for stop_after in (3, 9, None):
        followed(run.Run.resume(tmp_path / "broken"), stop_after)
    assert_same_run(tmp_path / "whole", tmp_path / "broken")


def test_a_run_without_a_checkpoint_begins_again(tmp_path):
    config = RunConfig.from_settings(RANDOM)
    followed(run.Run(config, create_run_directory(config, tmp_path / "whole")))
    create_run_directory(config, tmp_path / "broken").close()
    followed(run.Run.resume(tmp_path / "broken"))
    assert_same_run(tmp_path / "whole", tmp_path / "broken")


def test_a_complete_run_is_not_resumed(tmp_path):
    config = RunConfig(epochs=2)
    followed(run.Run(config, create_run_directory(config, tmp_path / "run")))
    with pytest.raises(UsageError, match="is complete"):
        run.Run.resume(tmp_path / "run")


def test_the_first_command_gets_all_eight_predictions_right_and_stops():
    result = run.run(RunConfig())
    assert [one.predicted for one in result.predictions] == [(0, 1, 2, 3), (0, 1, 2, 4)]
    assert [one.predicted for one in result.predictions] == [one.expected for one in result.predictions]
    assert result.summary.verdict == "solved"
    assert result.replicates[0].presentations <= 200


def test_the_defaults_hold_a_cue_over_thirty_fresh_fillers():
    result = run.run(RunConfig.from_settings({"gap": 30, "fillers": "fresh", "replicates": 4}))
    assert all(one.metrics.recall_accuracy > 0.98 for one in result.replicates)
    assert all(one.presentations <= 400 for one in result.replicates)


def test_sequences_of_words_and_different_lengths_are_learned():
    rows = ("the cat sat on the mat", "a cat ran", "the dog ran on a mat")
    result = run.run(RunConfig.from_settings({"sequences": list(rows), "epochs": 300}))
    assert result.summary.verdict == "solved"
    assert [list(one.expected) for one in result.predictions] == [row.split()[1:] for row in rows]
    steps = [step for one in result.predictions for step in zip(one.expected, one.predicted, one.settled, strict=True)]
    assert all(expected == predicted for expected, predicted, settled in steps if settled)
    assert [step[0] for step in steps if not step[2]] == ["cat", "dog"]


def assert_same_run(first: Path, second: Path) -> None:
    """The files, with the last checkpoint, are equal byte for byte."""
    assert filecmp.cmpfiles(first, second, SAME_BYTES, shallow=False) == (list(SAME_BYTES), [], [])
    generations = sorted(path.name for path in (first / "checkpoints").iterdir())
    found = filecmp.cmpfiles(first / "checkpoints", second / "checkpoints", generations[-1:], shallow=False)
    assert found == (generations[-1:], [], [])
