"""The units that carry the cue: named on a cell made by hand, and nowhere where nothing is remembered."""

import dataclasses
import json
from typing import ClassVar

import numpy as np
import pytest
from tasks.parity import Parity

from seqmem.backend.lazy import keras, tf
from seqmem.cells import CELLS
from seqmem.cells.step_layer import StepCell
from seqmem.config.run_config import RunConfig
from seqmem.evaluation import states as states_module
from seqmem.evaluation.cue_units import cue_states, sample_sequences
from seqmem.evaluation.evaluator import recalled_symbols
from seqmem.evaluation.forward import step_outputs
from seqmem.evaluation.states import StateRunner, units_of
from seqmem.evaluation.telling import telling, telling_by_chance
from seqmem.judge.baseline import replicate_baselines
from seqmem.models.population import build_population
from seqmem.results.json import json_text

FRESH = {"gap": 5, "alphabet_size": 8, "fillers": "fresh"}  # fillers 0 to 5, cues 6 and 7


@dataclasses.dataclass(frozen=True)
class Adder(StepCell):
    """Units that add up what they are given, and keep a share of it: h = keep * h + x W."""

    name: ClassVar[str] = "adder"
    summary: ClassVar[str] = "made up for a test"

    def weights(self, inputs, units):
        return {"kernel": (inputs, units), "keep": (units,)}

    def initial(self, units):
        return {"kernel": "zeros", "keep": "zeros"}

    def step(self, ops, weights, inputs, states):
        held = states[0] * weights["keep"] + ops.matmul(inputs, weights["kernel"])
        return held, [held]


# What each unit does: its weights from fillers and from the two cues, the share it keeps, and what it says of each cue.
MEMORY = ((0,) * 6, (1, -1), 1.0, (9, -9))
FORGETTING = ((0,) * 6, (1, -1), 0.1, (0, 0))
UNREAD = ((0,) * 6, (1, -1), 1.0, (0, 0))
NOISE = ((1, -1, 2, -2, 3, -3), (0, 0), 0.5, (0, 0))
# a clock: cues beat fillers only where it has counted the whole gap
CLOCK = ((1,) * 6, (1, 1), 1.0, (4, 4))


@pytest.fixture
def adder(monkeypatch):
    """Makes a network of such units."""
    monkeypatch.setitem(CELLS, "adder", Adder)

    def build(*units):
        config = RunConfig.from_settings({**FRESH, "cell": "adder", "units": len(units), "init": "glorot"})
        population = build_population(config)
        population.start(config)
        kernel = np.array([[*fillers, *cues] for fillers, cues, _, _ in units], np.float32).T
        head = np.zeros((len(units), 8), np.float32)
        head[:, 6:] = [says for *_, says in units]
        bias = np.array([20.0] * 6 + [0.0] * 2, np.float32)
        arrays = {"cell/kernel": kernel, "cell/keep": [keep for _, _, keep, _ in units]}
        arrays |= {"head/kernel": head, "head/bias": bias}
        population.load({name: np.asarray(array, np.float32)[None] for name, array in arrays.items()})
        return config, population

    return build


def found(config, population, replicate=0):
    baseline = replicate_baselines(config.task, config.seeds, config.head)[replicate]
    return cue_states(config, population, replicate, baseline)


def test_the_one_memory_unit_is_named_and_no_other(adder):
    result = found(*adder(NOISE, FORGETTING, MEMORY, UNREAD, CLOCK))
    units = {unit.name: unit for unit in result.units}
    assert result.kept_by == ("2",)
    assert result.units[0].name == "2"
    assert (result.intact.accuracy, result.without.accuracy, result.alone.accuracy) == (1.0, 0.5, 1.0)
    assert result.without.forgotten
    assert result.alone.remembers
    # silencing takes away what tells sequences apart, and nothing else: without its clock the network still knows when
    assert [units[name].silenced.accuracy for name in "01234"] == [1.0, 1.0, 0.5, 1.0, 1.0]
    assert [units[name].above_chance for name in "01234"] == [False, True, True, True, False]
    assert units["2"].states[0].tells == (1.0,) * 6
    assert units["4"].states[0].tells == (0.5,) * 6
    assert 0.5 <= units["0"].tells < result.most_by_chance < 0.8


def test_what_one_unit_is_shown_to_hold_is_what_it_holds(adder):
    result = found(*adder(CLOCK, MEMORY))
    assert [shown.cue for shown in result.shown] == [6, 7]
    first, second = result.shown
    assert (first.inputs[0], second.inputs[0]) == (6, 7)
    assert first.inputs[1:] == second.inputs[1:]
    [memory] = result.units[0].states
    assert memory.values == ((1.0,) * 6, (-1.0,) * 6)
    [clock] = result.units[1].states
    assert clock.values == (tuple(map(float, range(1, 7))),) * 2


def test_two_units_that_each_would_do_are_named_together(adder):
    result = found(*adder(NOISE, MEMORY, CLOCK, MEMORY))
    assert set(result.kept_by) == {"1", "3"}
    assert all(unit.silenced.accuracy == 1.0 for unit in result.units)
    assert (result.without.accuracy, result.alone.accuracy) == (0.5, 1.0)


def test_a_code_that_no_unit_tells_alone_names_none(adder):
    # each unit holds the cue and more noise than that; only their difference tells
    first = ((1, -1, 2, -2, 3, -3), (0.05, -0.05), 1.0, (180, -180))
    second = ((1, -1, 2, -2, 3, -3), (-0.05, 0.05), 1.0, (-180, 180))
    result = found(*adder(first, second, CLOCK))
    assert result.intact.remembers
    assert result.kept_by == ()
    assert not any(unit.above_chance for unit in result.units)
    assert result.without.accuracy == 1.0


def test_two_sequences_alone_leave_naming_to_silencing(adder):
    config, population = adder(CLOCK, MEMORY, UNREAD)
    config = dataclasses.replace(config, task=dataclasses.replace(config.task, fillers="ordered"))
    result = found(config, population)
    assert (result.sequences, result.tried, result.strings, result.chance) == (2, 0, 1, None)
    assert result.kept_by == ("1",)


@pytest.mark.parametrize("settings", [{"cell": cell} for cell in CELLS] + [{"cell": "gru", "layers": 2}], ids=str)
def test_an_untrained_network_has_no_unit_that_carries_the_cue(settings):
    config = RunConfig.from_settings({**FRESH, "units": 6, "init": "glorot", "replicates": 2, **settings})
    population = build_population(config)
    population.start(config)
    result = found(config, population, 1)
    assert (result.replicate, result.seed) == (1, 1)
    assert not result.intact.remembers
    assert result.kept_by == ()
    assert result.alone is None
    count = 1 if settings["cell"] == "mlp" else 6 * settings.get("layers", 1)
    assert result.unit_count == len({unit.name for unit in result.units}) == count
    names = {"lstm": ["h", "c"], "lstm1997": ["c", "y1", "y2", "y3"]}.get(settings["cell"], ["h"])
    assert all([state.name for state in unit.states] == names for unit in result.units)
    if settings["cell"] == "mlp":
        assert result.units[0].states[0].tells == (0.5,) * 6


RECIPES = [
    {"window": 2, "stateful": False, "context": 2},
    {"window": 2, "lags": 2},
    {"batch_size": 2, "rows": "steps", "window": 1},
    {"gap": (2, 6), "trigger": True, "cues": 3},
    {"cell": "gru", "layers": 2, "replicates": 3},
]


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_with_nothing_silenced_it_answers_as_the_report_does(recipe, monkeypatch):
    monkeypatch.setattr(states_module, "STEPS_AT_ONCE", 4)
    config = RunConfig.from_settings({**FRESH, "units": 5, "init": "uniform:3", **recipe})
    population = build_population(config)
    population.start(config)
    replicate, cues = config.replicates - 1, recalled_symbols(config.task)
    batch, _ = sample_sequences(config.task, 0)
    run = StateRunner(population, replicate, config.layout, cues).run(batch, np.arange(0), [], 2)
    whole = step_outputs(population, [batch], config.layout, len(batch), cues, [replicate])
    np.testing.assert_allclose(run.loss[0], whole.loss[0][batch.recall], atol=1e-5)
    np.testing.assert_array_equal(run.predicted[0], whole.predicted[0][batch.recall])
    np.testing.assert_array_equal(run.best_cue[0], whole.best_cue[0][batch.recall])


def test_what_the_last_recall_step_asks_for_is_the_cue_of_any_task():
    config = RunConfig(task=Parity(length=(3, 6)), units=3)
    population = build_population(config)
    population.start(config)
    result = found(config, population)
    assert result.cues == ("even", "odd")
    assert {shown.cue for shown in result.shown} == {"even", "odd"}
    assert result.group_words == ("string", "of bits")
    # both are as long as they come, and alike but for the first bit
    first, second = (shown.inputs for shown in result.shown)
    assert first[0] != second[0]
    assert first[1:] == second[1:]
    assert "" not in first


def test_the_states_are_those_of_keras_own_layer():
    config = RunConfig.from_settings({**FRESH, "units": 4, "init": "uniform:2"})
    population = build_population(config)
    population.start(config)
    batch, _ = sample_sequences(config.task, 0)
    steps = np.array([0, 3, 5])
    states = StateRunner(population, 0, config.layout, recalled_symbols(config.task)).run(batch, steps).states
    layer = keras.layers.LSTM(4, return_sequences=True, return_state=True)
    layer.build((None, 6, 8))
    layer.set_weights([array[0] for name, array in population.arrays().items() if name.startswith("cell/")])
    whole, held, kept = (array.numpy() for array in layer(tf.one_hot(batch.inputs, 8)))
    np.testing.assert_allclose(states[..., :4], np.moveaxis(whole[:, steps], 1, 0), atol=1e-5)
    np.testing.assert_allclose(states[2], np.concatenate([held, kept], axis=1), atol=1e-5)


def test_silencing_is_holding_the_states_of_a_unit_at_their_mean():
    config = RunConfig.from_settings({**FRESH, "units": 4, "init": "uniform:2", "layers": 2})
    population = build_population(config)
    population.start(config)
    network = population.network
    batch, _ = sample_sequences(config.task, 0)
    units = units_of(network, 2, 4, ("h", "c"))
    assert [unit.name for unit in units] == ["1.0", "1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "2.3"]
    runner = StateRunner(population, 0, config.layout, recalled_symbols(config.task))
    run = runner.run(batch, np.arange(0), [[units[1]], [units[1], units[6]]])

    weights = [array[0] for array in network.split(population.parameters.numpy())]
    inputs = np.eye(8, dtype=np.float32)[batch.inputs]
    plain = states = [state[0] for state in network.initial_states(1, len(batch))]
    for step in range(inputs.shape[1]):
        held = [np.array(state) for state in states]
        for layer, unit in ((0, 1), (1, 2)):
            for state in (2 * layer, 2 * layer + 1):
                held[state][:, unit] = np.array(plain[state])[:, unit].mean()
        output, states = network.advance(weights, inputs[:, step], held)
        _, plain = network.advance(weights, inputs[:, step], plain)
    wanted = np.eye(8, dtype=np.float32)[batch.targets[:, -1]]
    np.testing.assert_allclose(run.loss[2], network.losses(network.logits(weights, output), wanted), atol=1e-4)
    assert np.abs(run.loss[1] - run.loss[2]).max() > 0.01


def test_telling_is_the_area_under_keras_curve():
    rng = np.random.default_rng(2)
    labels = np.arange(60) % 2
    values = rng.random((60, 3)) + labels[:, None] * [0.5, 0.0, -0.3]
    for column, area in enumerate(telling(values, labels)):
        scaled = (values[:, column] - values[:, column].min()) / np.ptp(values[:, column])
        curve = keras.metrics.AUC(num_thresholds=5000)
        curve.update_state(labels, scaled)
        assert area == pytest.approx(max(float(curve.result()), 1 - float(curve.result())), abs=1e-3)


def test_telling_counts_pairs_of_classes_and_halves_of_ties():
    labels = np.arange(9) % 3
    ordered, alike, two_alike = labels * 1.0, np.zeros(9), np.minimum(labels, 1)
    areas = telling(np.stack([ordered, alike, two_alike], axis=1), labels)
    np.testing.assert_allclose(areas, [1.0, 0.5, (1.0 + 1.0 + 0.5) / 3])
    assert np.isnan(telling(np.zeros((3, 1)), np.ones(3, int))).all()
    assert np.isnan(telling(np.zeros((0, 1)), np.ones(0, int))).all()


def test_chance_is_what_shuffled_cues_give():
    values = np.random.default_rng(3).random((100, 5))
    areas = telling_by_chance(values, np.arange(100) % 2, 0)
    assert areas.shape == (199, 5)
    # of 50 against 50 the area has a standard deviation of sqrt(101 / 30,000) = 0.058, and folded at 0.5 that mean
    assert areas.mean() == pytest.approx(0.5 + 0.058 * np.sqrt(2 / np.pi), abs=0.005)


def test_what_has_diverged_keeps_nothing_and_can_still_be_written():
    config = RunConfig.from_settings({**FRESH, "units": 2})
    population = build_population(config)
    population.load({name: np.full_like(array, np.nan) for name, array in population.arrays().items()})
    result = found(config, population)
    assert result.kept_by == ()
    assert not result.intact.remembers
    assert not any(unit.above_chance for unit in result.units)
    assert json.loads(json_text(result))["intact"]["loss"] is None
