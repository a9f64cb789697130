"""The initial parameters of a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from seqmem.backend.lazy import KerasLayer, Tensor, keras
from seqmem.cells.cell import Cell
from seqmem.settings import Init

Weights = list[tuple[str, np.ndarray]]  # by name, in the order of the layer's trainable variables


@dataclasses.dataclass(frozen=True)
class Start:
    """How initial parameters are drawn.

    Attributes:
        cell: The cell, whose settings may set an initial bias.
        init: The initialisation.
        steps: Time steps of the longest sequence: the upper end of chrono's time spans.
    """

    cell: Cell
    init: Init = Init("glorot")
    steps: int = 1


def built_weights(layer: KerasLayer, inputs: int) -> Weights:
    """Builds a layer for inputs of a given length, and returns the weights it drew."""
    layer.build((None, inputs))
    return [(variable.name, variable.numpy()) for variable in layer.trainable_variables]


def drawn_weights(layer: KerasLayer, inputs: int) -> Weights:
    """Returns the same without making variables, for a layer that gets all its weights from `add_weight`.

    Variables take Keras half of the time, which adds up: each replicate draws weights of its own.
    """
    drawn: Weights = []

    def add_weight(*, name: str, shape: Sequence[int], initializer: object, **_: object) -> Tensor:
        value = keras.initializers.get(initializer)(shape, dtype="float32")
        drawn.append((name, np.array(value)))
        return value

    layer.add_weight = add_weight
    layer.build((None, inputs))
    return drawn


def initial_weights(
    layers: list[Weights], head: Weights, start: Start, units: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Changes weights that Keras has drawn as `start` says.

    Args:
        layers: Those of each layer of the cell.
        head: Those of the head.
        start: The initialisation.
        units: Units of each layer.
        rng: The replicate's generator of weights.

    Returns:
        All weights, float32, those of the cell first.
    """
    if start.init.kind == "uniform":
        bound = start.init.bound
        *layers, head = (
            [(name, rng.uniform(-bound, bound, array.shape).astype(np.float32)) for name, array in weights]
            for weights in (*layers, head)
        )
    cells = [weight for weights in layers for weight in weights]
    # a user cell may have no bias, or one of another name: then nothing is changed
    arrays = [_chrono_bias(array, start, units, rng) if name == "bias" else array for name, array in cells]
    arrays = [start.cell.initial_weight(name, array) for (name, _), array in zip(cells, arrays, strict=True)]
    return arrays + [array for _, array in head]


def _chrono_bias(bias: np.ndarray, start: Start, units: int, rng: np.random.Generator) -> np.ndarray:
    """A cell's bias, with chrono's time spans where they are wanted."""
    if start.init.kind == "chrono":
        # Tallec and Ollivier 2018, section 3: gates that keep the state for 1 to T - 1 steps
        held = np.log(rng.uniform(1, max(1, start.steps - 1), units)).astype(np.float32)
        bias = start.cell.chrono(bias, held)
    return bias
