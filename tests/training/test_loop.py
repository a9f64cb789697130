"""A run under way: replicates, freezing, chunks and updates."""

import numpy as np
import pytest
from trainings import Arrays, trained

from seqmem.config.run_config import RunConfig
from seqmem.judge.metrics import Metrics
from seqmem.models.population import build_population
from seqmem.training import trainer
from seqmem.training.batches import Feed

FRESH = {"gap": "2:4", "fillers": "fresh", "trigger": True, "alphabet_size": 7, "units": 6}
FRESH |= {"loss_at": "all", "epochs": 20, "stop": False}


def trained_on(settings: dict, **how) -> tuple[Arrays, trainer.Training]:
    """The weights and the training of a run that has come to the end of its budget."""
    _, weights, training = trained(RunConfig.from_settings(settings), **how)
    return weights, training


def test_replicate_3_of_7_is_the_lone_run_of_its_seed():
    together = RunConfig.from_settings(FRESH | {"replicates": 7, "seed": 10})
    alone = RunConfig.from_settings(FRESH | {"seed": 13})
    many, one = build_population(together), build_population(alone)
    many.start(together)
    one.start(alone)
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(many.arrays()[name][3], array[0])
    data, lone = Feed(together).take(9), Feed(alone).take(9)
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


def test_a_solved_replicate_is_frozen_while_the_others_go_on():
    seen: list[dict[str, np.ndarray]] = []
    config = RunConfig.from_settings({"replicates": 3, "epochs": 6, "check_every": 4})
    population = build_population(config)
    population.start(config)
    checks = iter([[False, True, False], [False, False, False], [True, False, True]])

    def check() -> tuple[list[Metrics], list[bool]]:
        seen.append(population.arrays() | training.optimizer.arrays())
        return [Metrics(0.1, 0.1, 1.0, 1.0, 1.0, 0.1)] * 3, next(checks)

    training = trainer.Training(config, population, check)
    while not training.done:
        training.advance()
    for name, array in seen[0].items():
        np.testing.assert_array_equal(seen[2][name][1], array[1], err_msg=name)
        assert not np.array_equal(seen[2][name][0], array[0]), name
    assert training.success_at == [12, 4, 12]
    assert training.updates_made == 12 + 4 + 12


def test_without_stopping_success_is_the_first_check_of_the_last_passing_streak():
    checks = iter([[True], [False], [True], [True]])
    _, training = trained_on(
        {"epochs": 8, "check_every": 4, "stop": False},
        check=lambda: ([Metrics(0.1, 0.1, 1.0, 1.0, 1.0, 0.1)], next(checks)),
    )
    assert training.success_at == [12]
    assert training.stopped_at == [None]


def test_a_replicate_that_is_no_longer_finite_is_stopped_and_told():
    checks = iter([float("nan"), 0.1, 0.1])
    _, training = trained_on(
        {"epochs": 6, "check_every": 4}, check=lambda: ([Metrics(next(checks), None, 0.0, None, None, None)], [False])
    )
    assert training.diverged == [True]
    assert training.stopped_at == [4]


def test_a_window_without_a_trained_step_makes_no_update():
    _, training = trained_on({"window": 1, "loss_at": "recall", "epochs": 5, "replicates": 2, "stop": False})
    assert training.optimizer.updates.numpy().ravel().tolist() == [10, 10]
    assert training.time_steps == 2 * 10 * 4


def test_replicates_with_shorter_sequences_make_fewer_updates():
    settings = FRESH | {"window": 1, "replicates": 3}
    _, training = trained_on(settings)
    data = Feed(RunConfig.from_settings(settings)).take(40)
    steps = data.valid.sum(axis=(0, 1, 3)).tolist()
    assert training.optimizer.updates.numpy().ravel().tolist() == steps
    assert len(set(steps)) > 1
    assert training.time_steps == sum(steps)


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_last_batch_that_would_not_be_full_is_left_out(batch_size):
    _, training = trained_on({"presentations": 10, "batch_size": batch_size, "stop": False})
    assert training.presentations == 10 // batch_size * batch_size
