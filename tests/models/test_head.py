"""The head: what it sees, whether it has biases, and what a loss is."""

import numpy as np
import pytest
from trainings import trained

from seqmem.backend.lazy import tf
from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.models.population import build_population


def network_of(**settings):
    config = RunConfig.from_settings(settings)
    population = build_population(config)
    population.start(config)
    return config, population.network, [array[0] for array in population.network.split(population.parameters.numpy())]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("sees", [True, False])
@pytest.mark.parametrize("cell", ["lstm", "lstm1997"])
def test_it_sees_the_cell_and_if_asked_the_inputs(cell, bias, sees):
    config, network, weights = network_of(cell=cell, units=3, head_bias=bias, head_inputs=sees)
    assert config.parameter_count == network.parameter_count
    inputs = np.random.default_rng(1).random((2, 5), np.float32)
    states = [state[0] for state in network.initial_states(1, 2)]
    output, _ = network.advance(weights, inputs, states)
    kernel = weights[-1 - bias]
    assert kernel.shape == (3 + 5 * sees, 5)
    seen = np.concatenate([output, inputs], axis=1) if sees else output
    expected = seen @ kernel + (weights[-1] if bias else 0.0)
    np.testing.assert_allclose(network.logits(weights, network.head_input(output, inputs)), expected, atol=1e-6)


def test_squared_error_and_its_derivative_are_those_of_the_paper():
    _, network, _ = network_of(head="sigmoid", loss_function="squared")
    logits = tf.constant([[0.3, -1.2, 2.0], [0.0, 0.5, -0.5]])
    targets = np.array([[0, 0, 1], [1, 0, 0]], np.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        losses = network.losses(logits, tf.constant(targets))
    outputs = 1 / (1 + np.exp(-logits.numpy()))
    np.testing.assert_allclose(losses, ((targets - outputs) ** 2).sum(axis=1) / 2, rtol=1e-6)
    # the error signal of Hochreiter and Schmidhuber 1997, appendix A.1: (t - y) y (1 - y)
    delta = (targets - outputs) * outputs * (1 - outputs)
    np.testing.assert_allclose(-tape.gradient(losses, logits).numpy(), delta, rtol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "lstm1997"])
def test_an_update_follows_the_gradient_of_a_tape_through_whole_layers(cell):
    settings = {"cell": cell, "units": 3, "head_bias": False, "head_inputs": True, "head": "sigmoid"}
    settings |= {"loss_function": "squared", "optimizer": "sgd", "learning_rate": 0.5, "presentations": 1}
    config = RunConfig.from_settings(settings | {"stop": False, "init": "uniform:0.5", "loss_at": "all"})
    before, after, _ = trained(config)
    layer = config.cell.sequence_layer(3, stateful=False)
    inputs = np.eye(5, dtype=np.float32)[[[3, 0, 1, 2]]]
    layer(inputs)
    weights = [tf.constant(array[0]) for array in before.values()]
    for variable, value in zip(layer.trainable_variables, weights[:-1], strict=True):
        variable.assign(value)
    with tf.GradientTape() as tape:
        tape.watch(weights[-1])
        outputs = tf.sigmoid(tf.concat([layer(inputs), inputs], axis=-1) @ weights[-1])
        # the mean over the steps of a window, of half the sum over the outputs
        loss = tf.reduce_mean(tf.reduce_sum((outputs - np.eye(5)[[0, 1, 2, 3]]) ** 2, axis=-1)) / 2
    gradient = tape.gradient(loss, [*(variable.value for variable in layer.trainable_variables), weights[-1]])
    for name, value, part in zip(after, weights, gradient, strict=True):
        np.testing.assert_allclose(after[name][0], value - 0.5 * part, atol=1e-6, err_msg=name)


def test_squared_error_needs_sigmoid_outputs():
    with pytest.raises(SettingError, match="loss_function = squared: needs head = sigmoid"):
        RunConfig.from_settings({"loss_function": "squared"})


@pytest.mark.parametrize(
    ("preset", "changes", "counted"),
    [
        ("hs1997-2a", {}, 10504),
        ("hs1997-2b", {}, 10504),
        *[
            ("hs1997-2c", {"lag": lag, "distractors": distractors}, counted)
            for lag, distractors, counted in (
                *((50, 50, 364), (100, 100, 664), (200, 200, 1264), (500, 500, 3064), (1000, 1000, 6064)),
                *((1000, 500, 3064), (1000, 200, 1264), (1000, 100, 664), (1000, 50, 364)),
            )
        ],
        ("hs1997-2c", {"recurrence": "gates"}, 352),
        ("hs1997-2c", {"recurrence": "none"}, 328),
    ],
)
def test_the_networks_of_1997_have_as_many_weights_as_the_paper_counts(preset, changes, counted):
    config, network, _ = network_of(**read_preset(preset) | changes)
    assert config.parameter_count == network.parameter_count == counted


def test_a_network_of_1997_starts_from_weights_within_a_fifth():
    _, _, weights = network_of(**read_preset("hs1997-2c"))
    joined = np.concatenate([array.ravel() for array in weights])
    assert np.abs(joined).max() <= 0.2
    assert np.abs(joined).max() > 0.19
