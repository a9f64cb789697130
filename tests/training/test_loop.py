"""Training: replicates, chunks and updates."""

import numpy as np
import pytest
from trainings import Arrays, trained

from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population
from seqmem.training import trainer
from seqmem.training.batches import Batches

FRESH = {"gap": "2:4", "fillers": "fresh", "trigger": True, "alphabet_size": 7, "units": 6}
FRESH |= {"loss_at": "all", "epochs": 20, "stop": False}


def trained_on(settings: dict) -> tuple[Arrays, trainer.Trainer]:
    """The weights and the trainer at the end of the budget."""
    _, weights, done = trained(RunConfig.from_settings(settings))
    return weights, done


def test_replicate_3_of_7_is_the_lone_run_of_its_seed():
    together = RunConfig.from_settings(FRESH | {"replicates": 7, "seed": 10})
    alone = RunConfig.from_settings(FRESH | {"seed": 13})
    many, one = build_population(together), build_population(alone)
    many.start(together)
    one.start(alone)
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(many.arrays()[name][3], array[0])
    data, lone = Batches(together).take(9), Batches(alone).take(9)
    np.testing.assert_array_equal(data.inputs[:, :, 3], lone.inputs[:, :, 0])
    np.testing.assert_array_equal(data.targets[:, :, 3], lone.targets[:, :, 0])
    weights, _ = trained_on(FRESH | {"replicates": 7, "seed": 10})
    expected, _ = trained_on(FRESH | {"seed": 13})
    for name, array in expected.items():
        np.testing.assert_allclose(weights[name][3], array[0], atol=2e-5, err_msg=name)


def test_different_seeds_start_from_different_weights():
    config = RunConfig.from_settings({"replicates": 2})
    population = build_population(config)
    population.start(config)
    first, second = population.arrays()["cell/recurrent_kernel"]
    assert not np.allclose(first, second)


def test_the_size_of_a_chunk_changes_nothing(monkeypatch):
    settings = FRESH | {"replicates": 2, "shuffle": True, "check_every": 40}
    whole, _ = trained_on(settings)
    monkeypatch.setattr(trainer, "CHUNK_STEPS", 84)
    assert trainer.chunk_updates(RunConfig.from_settings(settings)) == 7
    pieces, _ = trained_on(settings)
    for name, array in whole.items():
        np.testing.assert_array_equal(pieces[name], array)


def test_a_window_without_a_trained_step_makes_no_update():
    _, done = trained_on({"window": 1, "loss_at": "recall", "epochs": 5, "replicates": 2, "stop": False})
    assert done.optimizer.updates.numpy().ravel().tolist() == [10, 10]
    assert done.time_steps == 2 * 10 * 4


def test_replicates_with_shorter_sequences_make_fewer_updates():
    settings = FRESH | {"window": 1, "replicates": 3}
    _, done = trained_on(settings)
    data = Batches(RunConfig.from_settings(settings)).take(40)
    steps = data.valid.sum(axis=(0, 1, 3)).tolist()
    assert done.optimizer.updates.numpy().ravel().tolist() == steps
    assert len(set(steps)) > 1
    assert done.time_steps == sum(steps)


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_last_batch_that_would_not_be_full_is_left_out(batch_size):
    _, done = trained_on({"presentations": 10, "batch_size": batch_size, "stop": False})
    assert done.presentations == 10 // batch_size * batch_size
