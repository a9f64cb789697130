"""Which of the sequences judged training has shown, by drawing its stream again."""

import pytest

from seqmem.config.run_config import RunConfig
from seqmem.evaluation import report
from seqmem.evaluation.report import judged_on
from seqmem.results.run import JudgedOn
from seqmem.tasks.streams import SequenceStream, finite_sequences


def counted(settings, presentations, sequences=None, trained=None):
    config = RunConfig.from_settings(settings)
    drawn = sequences or [SequenceStream(config.task, seed, "evaluation").take_paired(256) for seed in config.seeds]
    return judged_on(RunConfig.from_settings(trained or settings), presentations, drawn, config)


def test_long_fresh_sequences_were_never_trained_on():
    found = counted({"gap": 30, "fillers": "fresh", "alphabet_size": 12, "replicates": 2}, [500, 100])
    assert found == JudgedOn(256, 512, 0, False)


@pytest.mark.parametrize("at_once", [4_000_000, 500])
def test_short_fresh_sequences_are_counted_as_those_in_the_training_stream(monkeypatch, at_once):
    monkeypatch.setattr(report, "REPLAYED_SYMBOLS", at_once)
    settings = {"gap": 3, "fillers": "fresh", "alphabet_size": 6, "seed": 4}
    config = RunConfig.from_settings(settings)
    judged = {row.tobytes() for row in SequenceStream(config.task, 4, "evaluation").take_paired(256).symbols}
    shown = {row.tobytes() for row in SequenceStream(config.task, 4, "training").take(70).symbols}
    assert counted(settings, [70]) == JudgedOn(256, len(judged), len(judged & shown), False)
    assert 0 < len(judged & shown) < len(judged)


def test_a_finite_task_has_all_its_sequences_trained_on():
    config = RunConfig.from_settings({"gap": 3, "replicates": 3})
    sequences = [finite_sequences(config.task, seed) for seed in config.seeds]
    assert counted({"gap": 3, "replicates": 3}, [100, 2, 1], sequences) == JudgedOn(2, 6, 5, True)


def test_other_sequences_than_those_of_training_are_compared_with_training():
    found = counted(
        {"sequences": ["3 0 1 2 3", "4 1 1 1 4"], "symbols": "0 1 2 3 4"},
        [50],
        [finite_sequences(RunConfig.from_settings({"sequences": ["3 0 1 2 3", "4 1 1 1 4"]}).task, 0)],
        trained={"gap": 3},
    )
    assert found == JudgedOn(2, 2, 1, True)
