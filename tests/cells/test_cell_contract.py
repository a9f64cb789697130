"""What must hold for every cell once it is compiled; two of them always, the others among the slow tests."""

from pathlib import Path

import numpy as np
import pytest
from trainings import trained

from seqmem.backend.lazy import tf
from seqmem.config.run_config import RunConfig
from seqmem.evaluation.forward import step_outputs
from seqmem.models.population import build_population
from seqmem.tasks.streams import finite_sequences
from seqmem.training.batches import Batches
from seqmem.training.chunk import compiled_trainer
from seqmem.training.trainer import chunk_plan, trained_first

CELLS = [
    {"cell": "lstm"},
    pytest.param({"cell": "gru", "layers": 2}, marks=pytest.mark.slow),
    pytest.param({"cell": "rnn"}, marks=pytest.mark.slow),
    pytest.param({"cell": "mlp", "context": 2}, marks=pytest.mark.slow),
    {"cell": "own_cells:Leaky"},
]
CHOICES = np.ones(5, bool)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[1] / "cells")


def config_of(settings: dict, **others) -> RunConfig:
    settings = {"units": 4, "replicates": 2, "epochs": 8, "stop": False, "window": 1, **settings, **others}
    return RunConfig.from_settings(settings, trusted=["own_cells:Leaky"])


@pytest.mark.parametrize("settings", CELLS, ids=str)
def test_training_takes_each_sequence_from_a_fresh_state_however_it_is_cut(settings):
    config = config_of(settings, optimizer="sgd")
    population = build_population(config)
    population.start(config)
    rule, train_chunk = compiled_trainer(population, "sgd", chunk_plan(config))
    rule.reset(1e-30)
    # two sequences one after the other, four windows each: a state kept too long or too short changes the loss
    data = Batches(config).take(2)
    order = trained_first(data.weights, config.layout.window_steps)
    wanted = (data.inputs, data.targets, data.weights, data.valid, data.judged, order)
    everyone = tf.constant([True, True])
    cut, _ = train_chunk([tf.constant(array) for array in wanted], tf.constant(2), everyone, everyone)
    sequences = [finite_sequences(config.task, 0)] * 2
    whole = step_outputs(population, sequences, config.layout, 2, CHOICES).loss.mean(axis=(1, 2))
    np.testing.assert_allclose(cut.numpy(), whole, atol=1e-6)


@pytest.mark.parametrize("settings", CELLS, ids=str)
def test_same_seed_makes_the_same_run_and_another_seed_another(settings):
    config = config_of(settings)
    (_, first, _), (_, again, _), (_, other, _) = map(trained, (config, config, config_of(settings, seed=7)))
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    assert any(not np.array_equal(array, other[name]) for name, array in first.items())


def test_a_batch_of_unequal_lengths_has_the_gradient_of_its_steps_one_by_one():
    rows, symbols = ("3 0 1 2 3", "4 0 4"), "0 1 2 3 4"
    changes, losses = [], []
    for chosen in (rows, rows[:1], rows[1:]):
        task = {"sequences": chosen, "symbols": symbols, "batch_size": len(chosen), "epochs": 1}
        config = config_of(task, window="sequence", optimizer="sgd", learning_rate=1.0, init="glorot")
        population = build_population(config)
        population.start(config)
        before = population.parameters.numpy()
        if chosen != rows[:1]:
            sequences = [finite_sequences(config.task, 0)] * 2
            losses.append(step_outputs(population, sequences, config.layout, len(chosen), CHOICES).loss)
        trained(config)
        changes.append(population.parameters.numpy() - before)
    together, first, second = changes
    np.testing.assert_allclose(together, (4 * first + 2 * second) / 6, atol=1e-6)
    np.testing.assert_allclose(losses[0][:, 1:, :2], losses[1], rtol=2e-7)
