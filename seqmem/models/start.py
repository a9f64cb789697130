"""The initial parameters of a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from seqmem.backend.lazy import Initializer, KerasLayer, Tensor, keras
from seqmem.backend.seeding import seeded
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


@dataclasses.dataclass(frozen=True)
class Draw:
    """A weight that Keras has drawn, to be drawn again.

    Attributes:
        name: The weight's name.
        value: What was drawn, float32.
        initializer: What drew it.
        turn: Which of the initializers, in the order in which they got their seeds; None where it is not random.
    """

    name: str
    value: np.ndarray
    initializer: Initializer
    turn: int | None

    def again(self, seeds: Sequence[int]) -> np.ndarray:
        """Returns what is drawn where the initializers get other seeds."""
        if self.turn is None:
            return self.value
        settings = self.initializer.get_config() | {"seed": seeds[self.turn]}
        return np.array(type(self.initializer).from_config(settings)(self.value.shape, dtype="float32"))


def recorded_draws(layers: Iterable[tuple[KerasLayer, int]]) -> list[list[Draw]]:
    """Builds layers that get all their weights from `add_weight`, and returns what each has drawn.

    Keras takes 20 ms to make the layers of a small network, which adds up where each replicate draws its own weights.
    To draw them again takes a fifth of that.

    Args:
        layers: Each as it is made, with the length of its inputs.
    """
    draws: list[list[Draw]] = []
    with seeded(0) as seeds:
        for layer, inputs in layers:
            draws.append([])

            def add_weight(*, name: str, shape: Sequence[int], initializer: object, **_: object) -> Tensor:
                rule = keras.initializers.get(initializer)
                value, seed = rule(shape, dtype="float32"), getattr(rule, "seed", None)
                turn = seeds.index(seed) if seed in seeds else None
                draws[-1].append(Draw(name, np.array(value), rule, turn))
                return value

            layer.add_weight = add_weight
            layer.build((None, inputs))
    return draws


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
