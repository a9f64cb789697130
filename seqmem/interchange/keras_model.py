"""A trained replicate as a plain Keras model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from seqmem.backend.lazy import KerasModel, keras
from seqmem.config.run_config import RunConfig


def build_keras_model(config: RunConfig, weights: Mapping[str, np.ndarray], stateful: bool = True) -> KerasModel:
    """Builds the network of a run from layers of Keras alone, with trained weights.

    Its input is float32 `(batch, time, symbols * context)`: one-hot vectors in the order of the task's input symbols,
    with a context one after the other, the newest last. Its output is `(batch, time, outputs)`: probabilities, in the
    order of the task's output symbols.

    Args:
        config: The settings of the run.
        weights: Of one replicate by name, `cell/kernel` and so on, in the order that `Population.arrays` gives them.
        stateful: One sequence at a time, a call for each step or for several, and the state stays until
            `reset_states` of the recurrent layer; else any number of whole sequences, each from the first state.
    """
    features = len(config.task.input_symbols) * config.context
    # a state that is kept needs a fixed batch: one sequence
    inputs = keras.Input(batch_shape=(1 if stateful else None, None, features), name="symbols")
    layers = [config.cell.sequence_layer(config.units, stateful) for _ in range(config.layers)]
    outputs = inputs
    for layer in layers:
        outputs = layer(outputs)
    if config.head_inputs:
        outputs = keras.layers.Concatenate()([outputs, inputs])
    head = keras.layers.Dense(
        len(config.task.output_symbols), activation=config.head, use_bias=config.head_bias, name="head"
    )
    model = keras.Model(inputs, head(outputs), name="seqmem")
    # `weights` is in the order of the layers, which is that of Keras' variables
    for variable, array in zip(model.trainable_variables, weights.values(), strict=True):
        variable.assign(array)
    return model


def keras_file(model: KerasModel) -> bytes:
    """Returns a model as a `.keras` file holds it."""
    # Keras writes to a path alone, and takes the format from its ending
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
