"""The cell of 1997: its equations step by step, its weight counts, and where its error flows."""

import numpy as np
import pytest

from seqmem.backend.lazy import keras, tf
from seqmem.cells.lstm1997 import LSTM1997
from seqmem.config.axis import parse_axis
from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population


def logistic(x):
    return 1 / (1 + np.exp(-x))


def by_hand(cell, weights, inputs):
    """The paper's equations, unit by unit: sequence `(time, inputs)` to outputs `(time, units)`, in float64."""
    kernel = weights[0].astype(float)
    parts = 2 + cell.output_gate
    units = kernel.shape[1] // parts
    recurrent = np.zeros((parts * units, parts * units))
    if len(weights) > 1:
        recurrent[:, -weights[1].shape[1] :] = weights[1]
    held, seen, outputs = np.zeros(units), np.zeros(parts * units), []
    for x in inputs.astype(float):
        activation = logistic(x @ kernel + seen @ recurrent)
        output = np.zeros(units)
        for unit in range(units):
            into, gate = activation[unit], activation[units + unit]
            held[unit] += gate * (4 * into - 2 if cell.squash == "centred" else into)
            output[unit] = 2 * logistic(held[unit]) - 1 if cell.squash == "centred" else held[unit]
            if cell.output_gate:
                output[unit] *= activation[2 * units + unit]
        seen = np.concatenate([output, activation[units:]])
        outputs.append(output)
    return np.array(outputs)


VARIANTS = [
    LSTM1997(recurrence=recurrence, output_gate=gate, squash=squash, truncate=truncate)
    for recurrence in ("full", "gates", "none")
    for gate, squash, truncate in ((True, "centred", True), (False, "plain", True), (True, "centred", False))
]


@pytest.mark.parametrize("cell", VARIANTS, ids=str)
def test_its_steps_are_the_equations_of_the_paper(cell):
    layer = keras.layers.RNN(cell.layer(3), return_sequences=True)
    inputs = np.random.default_rng(1).normal(size=(2, 9, 4)).astype(np.float32)
    outputs = layer(inputs).numpy()
    for row in range(2):
        expected = by_hand(cell, [variable.numpy() for variable in layer.trainable_variables], inputs[row])
        np.testing.assert_allclose(outputs[row], expected, atol=1e-5)


@pytest.mark.parametrize("cell", VARIANTS, ids=str)
def test_its_weights_are_those_of_the_built_layer(cell):
    layer = cell.layer(2)
    layer.build((None, 7))
    assert [tuple(variable.shape) for variable in layer.trainable_variables] == list(cell.weights(7, 2).values())


# Hidden weights of the paper's networks: all but the outputs', which are 2 cells times 2 outputs in task 2c (4), and
# 102 inputs and cell times 101 outputs in task 2a (10302).
@pytest.mark.parametrize(
    ("recurrence", "distractors", "counted"),
    [
        *[("full", 50, 364), ("full", 100, 664), ("full", 200, 1264), ("full", 500, 3064), ("full", 1000, 6064)],
        *[("gates", 50, 352), ("none", 50, 328)],
    ],
)
def test_weights_of_task_2c_are_as_many_as_the_paper_counts(recurrence, distractors, counted):
    shapes = LSTM1997(recurrence=recurrence).weights(distractors + 4, 2)
    assert sum(np.prod(shape) for shape in shapes.values()) + 2 * 2 == counted


def test_weights_of_task_2a_are_as_many_as_the_paper_counts():
    shapes = LSTM1997(recurrence="none", output_gate=False, squash="plain").weights(101, 1)
    assert sum(np.prod(shape) for shape in shapes.values()) + 101 * 102 == 10504


def gradient_of_first_input(cell, layer, inputs):
    """How the last output changes with the first input, by way of each of two paths: all, and what is held alone."""
    first = tf.constant(inputs[:1])
    with tf.GradientTape() as tape:
        tape.watch(first)
        state = [tf.zeros((1, size)) for size in cell.state_sizes(3)]
        _, state = layer(first, state)
        for step in inputs[1:]:
            output, state = layer(step[None], state)
        last = tf.reduce_sum(output)
    return tape.gradient(last, first).numpy()


def test_a_truncated_error_flows_through_what_is_held_alone():
    inputs = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)
    found = {}
    for truncate in (True, False):
        cell = LSTM1997(truncate=truncate)
        layer = cell.layer(3)
        layer.build((None, 4))
        layer.set_weights([np.random.default_rng(3).normal(size=shape) for shape in cell.weights(4, 3).values()])
        found[truncate] = gradient_of_first_input(cell, layer, inputs)

        # by differences, with all that the gates see of earlier steps held fast where the error is cut there
        def last(first, layer=layer, cell=cell, truncate=truncate):
            weights = [variable.numpy().astype(float) for variable in layer.trainable_variables]
            sequence = np.concatenate([first[None], inputs[1:]]).astype(float)
            return _last_output(weights, sequence, frozen=inputs.astype(float) if truncate else None)

        for index in range(4):
            step = np.eye(4)[index] * 1e-5
            slope = (last(inputs[0] + step) - last(inputs[0] - step)) / 2e-5
            assert found[truncate][0, index] == pytest.approx(slope, abs=1e-4)
    assert not np.allclose(found[True], found[False], atol=1e-4)


def _last_output(weights, inputs, frozen):
    """The sum of the last output; recurrent inputs are those that the sequence `frozen` gives, where there is one."""
    fixed = _seen(weights, frozen) if frozen is not None else None
    held, seen = np.zeros(3), np.zeros(9)
    for step, x in enumerate(inputs):
        into, gate, out = np.split(logistic(x @ weights[0] + (seen if fixed is None else fixed[step]) @ weights[1]), 3)
        held = held + gate * (4 * into - 2)
        output = out * (2 * logistic(held) - 1)
        seen = np.concatenate([output, gate, out])
    return output.sum()


def _seen(weights, inputs):
    held, seen, before = np.zeros(3), np.zeros(9), []
    for x in inputs:
        before.append(seen)
        into, gate, out = np.split(logistic(x @ weights[0] + seen @ weights[1]), 3)
        held = held + gate * (4 * into - 2)
        seen = np.concatenate([out * (2 * logistic(held) - 1), gate, out])
    return before


def test_no_recurrence_is_a_value_and_not_the_absence_of_one():
    assert parse_axis("recurrence=full,gates,none").values == ("full", "gates", "none")
    config = RunConfig.from_settings({"cell": "lstm1997", "recurrence": "none"})
    assert config.to_settings()["recurrence"] == "none"


def test_the_start_of_the_gates_moves_their_initial_weights_alone():
    usual, moved = (
        RunConfig.from_settings({"cell": "lstm1997", "units": 2, "init": "uniform:0.2", **more})
        for more in ({}, {"gate_start": -3})
    )
    population = build_population(usual)
    assert population is build_population(moved)
    one, other = (population.network.split(population.draw(config))[0][0] for config in (usual, moved))
    np.testing.assert_array_equal(one[:, [0, 1, 4, 5]], other[:, [0, 1, 4, 5]])
    np.testing.assert_allclose(one[:, 2:4] - 3, other[:, 2:4], rtol=1e-6)
