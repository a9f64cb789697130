"""Checks that a user's cell can be trained by the engine.

The engine runs a cell for all replicates at once and differentiates single compiled steps. So the cell must be
deterministic and without control flow: no dropout, no statistics of its own, no loops or branches on values.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, Tensor, keras, silence, tf
from seqmem.backend.seeding import seeded
from seqmem.errors import SettingError, one_line

ROWS, FEATURES, UNITS, REPLICATES = 3, 5, 4, 2
Found = TypeVar("Found")
NEEDS = "a cell is a Keras layer class made as Class(units), with state_size and call(inputs, states) -> output, states"


def probe(name: str, cell_class: type) -> None:
    """Checks a user cell, named `module:Class` in errors.

    Raises:
        SettingError: If it fails a check; the error names the check and the requirement.
    """
    if not issubclass(cell_class, keras.layers.Layer):
        raise SettingError("cell", name, f"{cell_class.__name__} is not a Keras layer: {NEEDS}")
    cell = _attempt(name, "cannot be made as Class(units)", lambda: cell_class(UNITS))
    if not hasattr(cell, "state_size"):
        raise SettingError("cell", name, f"has no state_size: {NEEDS}")
    _attempt(name, "cannot be built for inputs (batch, features)", lambda: cell.build((None, FEATURES)))
    _refuse_layers(name, cell)
    _check_start(name, cell_class)
    inputs = np.linspace(-1, 1, ROWS * FEATURES, dtype=np.float32).reshape(ROWS, FEATURES)
    states = _attempt(name, "gives no states to start from", lambda: cell_states(cell, ROWS))
    _check_step(name, cell, inputs, states)
    _check_repeats(name, cell, inputs, states)
    _check_compiled(name, cell, inputs, states)


def cell_states(cell: KerasLayer, batch: int) -> list[Tensor]:
    """Returns the states a cell starts from, as Keras' RNN does: its own, or zeros of `state_size`."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch)
    sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
    return [tf.zeros((batch, size)) for size in sizes]


def _attempt(name: str, problem: str, action: Callable[[], Found]) -> Found:
    """Runs user code, which may raise anything; SettingError names the problem."""
    try:
        return action()
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[1] if len(lines) > 1 and lines[0].startswith("Exception encountered") else "".join(lines[:1])
        problem = f"{problem} ({type(error).__name__}: {one_line(reason, 160)})"
        raise SettingError("cell", name, f"{problem}; {NEEDS}") from error


def _refuse_layers(name: str, cell: KerasLayer) -> None:
    refused = (keras.layers.Dropout, keras.layers.GaussianNoise, keras.layers.BatchNormalization)
    for layer in cell._flatten_layers():
        rates = [getattr(layer, rate, None) for rate in ("dropout", "recurrent_dropout")]
        if isinstance(layer, refused) or any(rates):
            what = "dropout" if not isinstance(layer, refused) else type(layer).__name__
            raise SettingError("cell", name, f"holds {what}: a cell must be deterministic and keep no statistics")


def _check_start(name: str, cell_class: Callable[[int], KerasLayer]) -> None:
    starts = []
    for _ in range(2):
        with seeded(0):
            cell = cell_class(UNITS)
            cell.build((None, FEATURES))
        starts.append([variable.numpy() for variable in cell.trainable_variables])
    if any(not np.array_equal(a, b) for a, b in zip(*starts, strict=True)):
        raise SettingError("cell", name, "starts from other weights with the same seed: its draws must be Keras' own")


def _step(
    cell: KerasLayer, weights: list[Tensor], inputs: Tensor, states: Tensor, **kwargs: bool
) -> tuple[Tensor, list[Tensor]]:
    fixed = [variable.value for variable in cell.non_trainable_variables]
    (output, following), _ = cell.stateless_call(weights, fixed, inputs, states, **kwargs)
    return output, tf.nest.flatten(following)


def _check_step(name: str, cell: KerasLayer, inputs: Tensor, states: Tensor) -> None:
    weights = [variable.value for variable in cell.trainable_variables]
    if not weights:
        raise SettingError("cell", name, "has no weights to train")
    result = _attempt(name, "cannot take a step", lambda: _step(cell, weights, inputs, states))
    output, following = result
    shape = tuple(getattr(output, "shape", ()))
    if shape != (ROWS, UNITS):
        raise SettingError("cell", name, f"its output is {shape} for a batch of {ROWS}, must be (batch, units)")
    before = [(tuple(state.shape), state.dtype) for state in tf.nest.flatten(states)]
    after = [(tuple(state.shape), state.dtype) for state in following]
    if before != after or any(dtype != tf.float32 for _, dtype in after):
        old, new = ([shape for shape, _ in shapes] for shapes in (before, after))
        raise SettingError("cell", name, f"its states are {new} after a step and {old} before, must stay the same")


def _check_repeats(name: str, cell: KerasLayer, inputs: Tensor, states: Tensor) -> None:
    weights = [variable.value for variable in cell.trainable_variables]
    first, again = (_flat(_step(cell, weights, inputs, states)) for _ in range(2))
    if not all(np.isfinite(part).all() for part in first):
        raise SettingError("cell", name, "gives numbers that are not finite at its first step")
    if any(not np.array_equal(a, b) for a, b in zip(first, again, strict=True)):
        raise SettingError("cell", name, "answers differently each time: a cell must be deterministic")
    if "training" in inspect.signature(cell.call).parameters:
        trained = _flat(_step(cell, weights, inputs, states, training=True))
        if any(not np.array_equal(a, b) for a, b in zip(first, trained, strict=True)):
            raise SettingError("cell", name, "answers differently with training=True: a cell must be deterministic")


def _check_compiled(name: str, cell: KerasLayer, inputs: Tensor, states: Tensor) -> None:
    """Takes the gradient of a step of two replicates at once, compiled, and compares the step with a plain one."""
    weights = [tf.stack([variable.value] * REPLICATES) for variable in cell.trainable_variables]
    stacked = [tf.stack([state] * REPLICATES) for state in tf.nest.flatten(states)]

    def step_with_gradient(arguments: tuple) -> tuple:
        values, vectors, flat = arguments
        with tf.GradientTape() as tape:
            tape.watch([values, flat])
            output, following = _step(cell, values, vectors, tf.nest.pack_sequence_as(states, flat))
            total = tf.reduce_sum(output) + tf.add_n([tf.reduce_sum(state) for state in following])
        gradients = tape.gradient(total, [values, flat], unconnected_gradients="zero")
        return output, following, gradients

    @tf.function(jit_compile=True)
    def all_replicates(values: list[Tensor], vectors: Tensor, flat: list[Tensor]) -> tuple:
        return tf.vectorized_map(step_with_gradient, (values, vectors, flat), fallback_to_while_loop=False)

    def compiled() -> tuple:
        with warnings.catch_warnings(), silence():
            warnings.simplefilter("ignore")
            return all_replicates(weights, tf.stack([tf.constant(inputs)] * REPLICATES), stacked)

    try:
        output, following, gradients = compiled()
    except Exception as error:
        # what TensorFlow says of it names its own insides only
        problem = f"cannot be compiled for many replicates at once ({type(error).__name__})"
        raise SettingError(
            "cell", name, f"{problem}: it must go straight through, without loops or branches"
        ) from error
    plain = _flat(_step(cell, [variable.value for variable in cell.trainable_variables], inputs, states))
    compiled_step = [array.numpy()[0] for array in (output, *following)]
    if any(not np.allclose(a, b, atol=1e-5) for a, b in zip(plain, compiled_step, strict=True)):
        raise SettingError("cell", name, "answers differently when compiled: a cell must be deterministic")
    if not all(np.isfinite(part.numpy()).all() for part in tf.nest.flatten(gradients)):
        raise SettingError("cell", name, "has a gradient that is not a finite number")


def _flat(step: tuple[Tensor, list[Tensor]]) -> list[np.ndarray]:
    output, following = step
    return [np.asarray(part) for part in (output, *following)]
