"""A network that goes on by itself answers as it does when it is shown what it said."""

import numpy as np
import pytest

from seqmem.config.run_config import RunConfig
from seqmem.evaluation.forward import step_outputs
from seqmem.evaluation.generation import free_runs
from seqmem.models.population import build_population
from seqmem.tasks.batch import next_symbol_batch
from seqmem.tasks.streams import finite_sequences


@pytest.mark.parametrize(
    "recipe", [{"window": 2, "stateful": False, "context": 2}, {"window": 1, "stateful": False, "lags": 2}], ids=str
)
def test_free_running_is_being_shown_ones_own_answers(recipe):
    config = RunConfig.from_settings({"units": 6, "init": "uniform:3", **recipe})
    population = build_population(config)
    population.start(config)
    sequences = [finite_sequences(config.task, 0)]
    runs = free_runs(population, sequences, [0], 4, config.task.input_symbols, config.layout)
    symbols = np.array([[*one.prompt, *one.generated] for one in runs], np.int32)
    every = np.ones((2, 4), bool)
    shown = next_symbol_batch(symbols, every, recall=~every, settled=every)
    outputs = step_outputs(population, [shown], config.layout, 2, np.ones(5, bool))
    np.testing.assert_array_equal(outputs.predicted[0], symbols[:, 1:])
    np.testing.assert_allclose(outputs.probability[0], [one.probability for one in runs], atol=1e-5)
    assert len(np.unique(symbols[:, 1:])) > 1
