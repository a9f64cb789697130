"""A trained replicate as a plain Keras model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from seqmem.backend.lazy import KerasModel, keras
from seqmem.cells import UserCell
from seqmem.cells.cell import Cell
from seqmem.cells.step_layer import StepCell
from seqmem.config.run_config import RunConfig


def build_keras_model(config: RunConfig, weights: Mapping[str, np.ndarray], stateful: bool = True) -> KerasModel:
    """Builds the network of a run from Keras layers alone, with trained weights.

    Its input is float32 `(batch, time, symbols * context)`: one-hot vectors in the order of the task's input symbols;
    those of a context are concatenated, the newest last. Its output is `(batch, time, outputs)`: probabilities, in the
    order of the task's output symbols.

    Args:
        config: The settings of the run.
        weights: Weights of one replicate by name, in the order of `Population.arrays`.
        stateful: Whether it keeps its state between calls, until `reset_states` of the recurrent layer. It then takes
            one sequence, in any number of calls; else any number of whole sequences.
    """
    features = len(config.task.input_symbols) * config.context
    # Keras needs a fixed batch size to keep a state
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
    # `weights` is in the order of the layers, like Keras' variables
    for variable, array in zip(model.trainable_variables, weights.values(), strict=True):
        variable.assign(array)
    return model


def custom_class(cell: Cell) -> str | None:
    """Returns `module:Class` of the class that `keras.models.load_model` needs for a cell; None if Keras has it."""
    if isinstance(cell, UserCell):
        return cell.name
    # a cell with a layer for whole sequences of its own, as mlp, makes it from layers of Keras
    own = type(cell).sequence_layer is not Cell.sequence_layer
    return "seqmem.cells.step_layer:StepLayer" if isinstance(cell, StepCell) and not own else None


def keras_file(model: KerasModel) -> bytes:
    """Returns the content of a `.keras` file with a model."""
    # Keras writes only to a path, and takes the format from its ending
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()
