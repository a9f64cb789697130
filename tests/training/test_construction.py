"""Sequential construction: a head is trained alone until its cell joins."""

import numpy as np
import pytest
from trainings import followed

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.experiment.run import Run
from seqmem.models.population import build_population
from seqmem.storage.run_directory import create_run_directory
from seqmem.training.trainer import Trainer

SMALL = read_preset("hs1997-2a") | {"lag": 5, "replicates": 3, "presentations": 400, "stop": False}


@pytest.fixture(scope="module")
def by_number():
    """Networks whose cells join after 40 presentations: their arrays at the start, before, then, and after."""
    config = RunConfig.from_settings(SMALL | {"cell_joins": 40})
    population = build_population(config)
    population.start(config)
    trainer, everyone = Trainer(config, population), np.ones(3, bool)
    arrays = {0: population.arrays()}
    for until in (30, 40, 50):
        while trainer.presentations < until:
            trainer.advance(until, everyone)
        arrays[until] = population.arrays()
    return population, config, arrays


def test_before_it_joins_a_cell_gets_no_error_and_the_head_learns_from_the_inputs(by_number):
    _, _, arrays = by_number
    np.testing.assert_array_equal(arrays[0]["cell/kernel"], arrays[30]["cell/kernel"])
    assert not arrays[30]["head/kernel"][:, 0].any()
    assert (arrays[0]["head/kernel"][:, 1:] != arrays[30]["head/kernel"][:, 1:]).any(axis=(1, 2)).all()


def test_it_joins_with_the_weights_that_its_head_was_drawn_with(by_number):
    population, config, arrays = by_number
    drawn = population.network.split(population.drawn(config))[population.network.cell_weight_count]
    np.testing.assert_array_equal(arrays[40]["head/kernel"][:, 0], drawn[:, 0])
    assert drawn[:, 0].all()
    np.testing.assert_array_equal(arrays[0]["cell/kernel"], arrays[40]["cell/kernel"])
    assert (arrays[40]["cell/kernel"] != arrays[50]["cell/kernel"]).any(axis=(1, 2)).all()


def test_on_a_plateau_each_replicate_joins_when_its_own_error_falls_by_less_than_a_hundredth():
    config = RunConfig.from_settings(SMALL | {"cell_joins": "plateau"})
    population = build_population(config)
    population.start(config)
    construction = Trainer(config, population)._construction
    falls = np.array([[100.0, 100.0, 100.0], [98.0, 99.5, 98.0], [97.9, 90.0, 80.0], [97.8, 50.0, 79.9]])
    joined = []
    for index, losses in enumerate(falls, 1):
        # losses come in parts; only whole hundreds decide
        construction.observe(100 * index - 60, 0.5 * losses)
        construction.observe(100 * index, 0.5 * losses)
        joined.append(construction.joined.tolist())
        assert construction.next_stop(100 * index) in (None, 100 * (index + 1))
    assert joined == [[False] * 3, [False, True, False], [True, True, False], [True] * 3]
    assert construction.next_stop(400) is None


def test_a_run_that_is_left_while_cells_join_ends_as_if_it_had_not_been(tmp_path):
    config = RunConfig.from_settings(SMALL | {"cell_joins": "plateau", "streak": 20})
    whole = followed(Run(config))
    followed(Run(config, create_run_directory(config, tmp_path / "left")), stop_after=13)
    resumed = followed(Run.resume(tmp_path / "left"))
    assert resumed.replicates == whole.replicates
    assert resumed.history == whole.history
