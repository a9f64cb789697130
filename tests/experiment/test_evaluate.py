"""What a stored run is judged on when other fillers are asked for."""

import pytest
from trainings import followed

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.experiment.evaluate import evaluate, judged_config
from seqmem.experiment.run import Run
from seqmem.storage.run_directory import create_run_directory


@pytest.mark.parametrize("fillers", ["fresh", "fixed", "ordered"])
def test_other_fillers_are_not_drawn_from_the_pool_it_was_trained_on(fillers):
    settings = {"alphabet_size": 6, "gap": 4, "fillers": "fresh", "pool": 3}
    task = judged_config(RunConfig.from_settings(settings), fillers=fillers).task
    assert (task.fillers, task.pool, task.gap, task.alphabet_size) == (fillers, None, (4, 4), 6)


def test_without_other_fillers_the_pool_stays():
    settings = {"alphabet_size": 6, "gap": 4, "fillers": "fresh", "pool": 3}
    assert judged_config(RunConfig.from_settings(settings)).task.pool == 3


def test_a_word_that_the_network_has_no_input_for_is_named():
    with pytest.raises(SettingError, match=r"sequences = 3 a: 'a' is not one of this run's symbols: 0 1 2 3 4"):
        judged_config(RunConfig(), sequences=("3 0", "3 a"))


def test_when_another_criterion_was_first_met_is_not_known(tmp_path):
    config = RunConfig()
    followed(Run(config, create_run_directory(config, tmp_path / "run")))
    for criterion, known in (("error:0.25", True), ("recall:0.5", False)):
        [one] = evaluate(tmp_path / "run", criterion=criterion).run.replicates
        assert one.solved
        assert (one.presentations_to_success is not None) is known
