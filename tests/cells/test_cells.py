"""The cells against Keras' own layers, and what their parameters start from."""

import keras
import numpy as np
import pytest

from seqmem.cells import CELLS, GRU, LSTM, MLP
from seqmem.config.run_config import RunConfig, setting_fields
from seqmem.errors import SettingError
from seqmem.models.network import Network
from seqmem.models.population import build_population

UNITS, FEATURES, TIME, BATCH = 6, 5, 7, 3
LAYERS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "rnn": keras.layers.SimpleRNN,
    "mlp": lambda units, **how: keras.layers.RNN(MLP().layer(units), **how),
}


def start_of(**settings) -> dict[str, np.ndarray]:
    """The parameters that replicate 0 starts from."""
    config = RunConfig.from_settings({"units": UNITS, **settings})
    population = build_population(config)
    population.start(config)
    return {name: array[0] for name, array in population.arrays().items()}


@pytest.mark.parametrize("context", [1, 3])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_the_weights_that_a_cell_declares_are_those_of_the_layer_it_builds(cell, layers, context):
    config = RunConfig.from_settings({"cell": cell, "layers": layers, "units": UNITS, "context": context})
    network = build_population(config).network
    first, *others = (config.cell.weights(length, UNITS) for length in [5 * context] + [UNITS] * (layers - 1))
    declared = [*first.items(), *(item for layer in others for item in layer.items())]
    built = [(name.removeprefix("cell/"), shape) for name, shape in zip(network.names, network.shapes, strict=True)]
    assert [(name.rstrip("_0123456789"), shape) for name, shape in built[:-2]] == declared
    assert config.parameter_count == network.parameter_count


@pytest.mark.parametrize("cell", CELLS.values())
def test_a_cell_is_found_under_its_name_and_says_what_it_is(cell):
    assert CELLS[cell.name] is cell
    assert f"{cell.name} ({cell.summary})" in setting_fields()["cell"].metadata["help"]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", LAYERS)
def test_the_forward_pass_is_that_of_keras_own_layers(cell, layers):
    config = RunConfig.from_settings({"cell": cell, "layers": layers, "units": UNITS})
    population = build_population(config)
    population.start(config)
    network = population.network
    weights = [array[0] for array in network.split(population.parameters.numpy())]
    inputs = np.random.default_rng(1).random((BATCH, TIME, FEATURES), np.float32)
    stacked = [LAYERS[cell](UNITS, return_sequences=True) for _ in range(layers)]
    model = keras.Sequential([keras.Input((TIME, FEATURES)), *stacked, keras.layers.Dense(5)])
    model.set_weights(weights)
    expected = model(inputs).numpy()
    states = [state[0] for state in network.initial_states(1, BATCH)]
    for step in range(TIME):
        output, states = network.advance(weights, inputs[:, step], states)
        np.testing.assert_allclose(network.logits(weights, output), expected[:, step], atol=1e-6)


def test_the_hidden_layer_of_an_mlp_is_keras_dense_tanh_layer():
    weights = start_of(cell="mlp")
    dense = keras.layers.Dense(UNITS, activation="tanh")
    dense.build((None, FEATURES))
    dense.set_weights([weights["cell/kernel"], weights["cell/bias"] + 0.1])
    cell = MLP().layer(UNITS)
    cell.build((None, FEATURES))
    cell.set_weights(dense.get_weights())
    inputs = np.random.default_rng(2).random((BATCH, FEATURES), np.float32)
    np.testing.assert_allclose(cell(inputs, [np.zeros((BATCH, 1))])[0], dense(inputs), atol=1e-6)


def test_chrono_opens_the_forget_gate_of_an_lstm_and_closes_its_input_gate_by_as_much():
    bias = start_of(init="chrono", gap=98, alphabet_size=5)["cell/bias"]
    entry, forget, candidate, output = np.split(bias, 4)
    assert (forget >= 0).all()
    assert (forget <= np.log(98)).all()
    assert len(set(forget)) == UNITS
    np.testing.assert_array_equal(entry, -forget)
    assert not candidate.any()
    assert not output.any()


def test_chrono_lets_a_gru_keep_its_old_state():
    config = RunConfig.from_settings({"cell": "gru", "init": "chrono", "gap": 98, "alphabet_size": 5, "units": UNITS})
    weights = start_of(**config.to_settings())
    held = weights["cell/bias"][0, :UNITS]
    assert (held >= 0).all()
    assert (held <= np.log(98)).all()
    assert len(set(held)) == UNITS
    assert not weights["cell/bias"][1].any()
    assert not weights["cell/bias"][0, UNITS:].any()
    cell = keras.layers.GRUCell(UNITS)
    cell.build((None, FEATURES))
    kernels = [np.zeros_like(weights[f"cell/{name}"]) for name in ("kernel", "recurrent_kernel")]
    cell.set_weights([*kernels, weights["cell/bias"]])
    old = np.ones((1, UNITS), np.float32)
    kept = cell(np.zeros((1, FEATURES), np.float32), [old])[0].numpy()
    np.testing.assert_allclose(kept[0], 1 / (1 + np.exp(-held)), atol=1e-6)


def test_chrono_reaches_every_layer_with_draws_of_its_own():
    weights = start_of(init="chrono", layers=2, gap=98, alphabet_size=5)
    first, second = weights["cell/bias"], weights["cell/bias_1"]
    assert second[UNITS : 2 * UNITS].all()
    assert not np.array_equal(first, second)


def test_chrono_differs_between_seeds_and_not_between_runs():
    settings = {"init": "chrono", "gap": 98, "alphabet_size": 5}
    one, again, other = (start_of(**settings, seed=seed)["cell/bias"] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_forget_bias_changes_that_gate_alone():
    plain, changed = start_of(init="glorot")["cell/bias"], start_of(forget_bias=2.5)["cell/bias"]
    np.testing.assert_array_equal(plain, np.repeat([0.0, 1.0, 0.0, 0.0], UNITS))
    np.testing.assert_array_equal(changed, np.repeat([0.0, 2.5, 0.0, 0.0], UNITS))


def test_a_uniform_start_draws_every_weight_and_bias():
    for array in start_of(init="uniform:0.2").values():
        assert array.all()
        assert (abs(array) <= 0.2).all()
    with_forget_bias = start_of(init="uniform:0.2", forget_bias=2.0)["cell/bias"]
    assert (with_forget_bias[UNITS : 2 * UNITS] == 2.0).all()


def test_what_only_changes_the_start_compiles_nothing_new():
    shape = {"units": UNITS, "replicates": 2}
    plain = build_population(RunConfig(**shape))
    assert build_population(RunConfig(**shape, init="chrono", seed=5)) is plain
    assert build_population(RunConfig(**shape, cell=LSTM(forget_bias=3.0))) is plain
    for change in ({"layers": 2}, {"context": 2}, {"head": "sigmoid"}, {"cell": "gru"}):
        assert build_population(RunConfig(**shape | change)) is not plain


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cell": "gru", "forget_bias": 1.0}, "forget_bias = 1.0: does not go with the gru cell"),
        ({"init": "chrono", "forget_bias": 1.0}, "forget_bias = 1.0: does not go with init = chrono, which draws it"),
        ({"cell": "rnn", "init": "chrono"}, "init = chrono: needs a cell with a gate that holds its state"),
        ({"cell": "own:Cell", "init": "chrono"}, "init = chrono: needs a cell with a gate that holds its state"),
        ({"init": "uniform:0"}, "init = uniform:0: must be glorot, chrono, or uniform:X with X above 0"),
        ({"init": "uniform:nan"}, "init = uniform:nan: must be"),
        (
            {"cell": "ltsm"},
            "cell = ltsm: must be one of lstm, gru, rnn, mlp, lstm1997, or your own as module:Class (did you mean",
        ),
        ({"cell": "os.system:"}, "cell = os.system:: must be one of"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, message):
    with pytest.raises(SettingError) as caught:
        RunConfig.from_settings(settings)
    assert str(caught.value).startswith(message)


def test_names_of_parameters_are_unique_in_stacked_cells():
    network = Network(GRU(), UNITS, 3, FEATURES, 5, "softmax")
    assert len(set(network.names)) == len(network.names) == 11
