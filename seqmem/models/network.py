"""A network, cell and head, as pure functions of its parameters."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from seqmem.backend.lazy import KerasLayer, KerasVariable, Tensor, keras, tf
from seqmem.backend.seeding import initializer_seeds, seeded
from seqmem.cells.cell import Cell
from seqmem.cells.probe import cell_states
from seqmem.cells.recurrence import Recurrence
from seqmem.cells.user import UserCell
from seqmem.models.start import Draw, Start, built_weights, initial_weights, recorded_draws
from seqmem.models.steps import BesideInputs, Steps, TapedSteps, WrittenSteps
from seqmem.tasks.streams import stream_rng

MAX_CACHED_STARTS = 256  # initial parameter vectors kept per network


class Network:
    """A Keras cell with a dense head. It holds shapes and functions; the parameters are passed to each function.

    A weight is a tensor, such as a kernel; a parameter is one number of a weight.

    Args:
        cell: The cell of each layer.
        units: Units of each layer.
        layers: Number of cells stacked on each other.
        features: Length of an input vector.
        alphabet_size: Number of outputs of the head.
        head: `sigmoid` or `softmax`.
        scoring: The loss: that of `head`, or `squared`; None for that of `head`.
        head_bias: Whether each output has a bias.
        head_inputs: Whether the input vector is appended to the output of the cell before the head.

    Attributes:
        features: Length of an input vector.
        seen: Length of the input of the head.
        names, shapes, sizes: Of each weight, those of the cell first: `cell/kernel`, its shape, its parameters.
        cell_weight_count: How many of the weights belong to the cell.
        own: Whether all its functions follow from its text and seqmem's sources: not with a cell from elsewhere.
        steps: Steps of the cells, forward and backward; their output is the input of the head.
    """

    def __init__(
        self,
        cell: Cell,
        units: int,
        layers: int,
        features: int,
        alphabet_size: int,
        head: str,
        scoring: str | None = None,
        head_bias: bool = True,
        head_inputs: bool = False,
    ):
        self.features, self.seen = features, units + features * head_inputs
        self.cell, self.units, self._layers, self._alphabet_size = cell, units, layers, alphabet_size
        self._head_kind, self._scoring, self._head_bias = head, scoring or head, head_bias
        self._drawn: dict[tuple[int, Start], np.ndarray] = {}
        self._cell, self._head = build_cell(cell, units, layers, features), self._new_head()
        self._head.build((None, self.seen))
        # Keras nests the states of stacked cells in one list per layer; the engine uses one flat list
        self._structure = cell_states(self._cell, 1)
        self.cell_weight_count = len(self._cell.trainable_variables)
        variables = self._cell.trainable_variables + self._head.trainable_variables
        self.names = _names(self._cell.trainable_variables, "cell") + _names(self._head.trainable_variables, "head")
        self.shapes = [tuple(variable.shape) for variable in variables]
        self.sizes = [math.prod(shape) for shape in self.shapes]
        self.own = type(cell).__module__.startswith("seqmem.") and not isinstance(cell, UserCell)
        # hand-written derivatives for a `Recurrence`, a gradient tape for any other cell
        if isinstance(cell, Recurrence):
            states = len(tf.nest.flatten(self._structure)) // layers
            self.steps: Steps = WrittenSteps(cell, layers, units, states)
        else:
            self.steps = TapedSteps(self.advance, features)
        if head_inputs:
            self.steps = BesideInputs(self.steps, units, features)

    def __repr__(self) -> str:
        head = (self._alphabet_size, self._head_kind, self._scoring, self._head_bias, self.seen)
        return f"Network({self.cell!r}, {self.units}, {self._layers}, {self.features}, {head})"

    @property
    def parameter_count(self) -> int:
        """Number of parameters."""
        return sum(self.sizes)

    def initial_parameters(self, seed: int, start: Start) -> np.ndarray:
        """Returns the initial parameters of a seed, float32 `(parameters,)`: drawn by Keras, then changed by `start`.

        It takes milliseconds to draw them, so they are cached: trials of a sweep often start alike.
        """
        if (seed, start) not in self._drawn:
            if len(self._drawn) >= MAX_CACHED_STARTS:
                self._drawn.clear()
            self._drawn[seed, start] = self._draw(seed, start)
        return self._drawn[seed, start]

    def _draw(self, seed: int, start: Start) -> np.ndarray:
        rng = stream_rng(seed, "weights")
        number = int(rng.integers(2**31))
        if isinstance(self.cell, UserCell):
            # Keras' initializers draw from the process-wide generator when a layer is made, and some when it is built
            with seeded(number):
                *drawn, head = [built_weights(layer, inputs) for layer, inputs in self._new_layers()]
        else:
            last = max(draw.turn or 0 for draws in self._draws for draw in draws)
            seeds = initializer_seeds(number, last + 1)
            *drawn, head = [[(draw.name, draw.again(seeds)) for draw in draws] for draws in self._draws]
        return self.flatten(initial_weights(drawn, head, start, self.units, rng))

    @functools.cached_property
    def _draws(self) -> list[list[Draw]]:
        """What the layers of the cell, and the head, draw."""
        return recorded_draws(self._new_layers())

    def _new_layers(self) -> Iterator[tuple[KerasLayer, int]]:
        """Makes the layers of the cell, and when these are built the head, each with the length of its inputs."""
        stack = [self.cell.layer(self.units) for _ in range(self._layers)]
        for index, layer in enumerate(stack):
            yield layer, self.units if index else self.features
        yield self._new_head(), self.seen

    def _new_head(self) -> KerasLayer:
        return keras.layers.Dense(self._alphabet_size, use_bias=self._head_bias)

    def flatten(self, arrays: Sequence[np.ndarray]) -> np.ndarray:
        """Joins arrays `(..., *shape)` of all weights into one `(..., parameters)`."""
        lead = arrays[0].ndim - len(self.shapes[0])
        return np.concatenate([array.reshape(*array.shape[:lead], -1) for array in arrays], axis=-1)

    def split(self, flat: Tensor) -> list[Tensor]:
        """Splits a tensor or array `(replicate, parameters)` into one `(replicate, *shape)` per weight."""
        if isinstance(flat, np.ndarray):
            pieces, reshape = np.split(flat, np.cumsum(self.sizes)[:-1], axis=1), np.reshape
        else:
            pieces, reshape = tf.split(flat, self.sizes, axis=1), tf.reshape
        return [reshape(piece, (-1, *shape)) for piece, shape in zip(pieces, self.shapes, strict=True)]

    def join(self, pieces: Sequence[Tensor]) -> Tensor:
        """Joins tensors `(replicate, *shape)` into one `(replicate, parameters)`; the opposite of `split`."""
        joined = [tf.reshape(piece, (-1, size)) for piece, size in zip(pieces, self.sizes, strict=True)]
        return tf.concat(joined, axis=1)

    def initial_states(self, replicates: int, batch: int) -> list[Tensor]:
        """Returns the states at the start of a sequence, float32 `(replicate, batch, size)` each."""
        states = tf.nest.flatten(cell_states(self._cell, batch))
        return [tf.broadcast_to(state, (replicates, *state.shape)) for state in states]

    def advance(
        self, parameters: Sequence[Tensor], inputs: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Takes one time step of one replicate.

        Args:
            parameters: One tensor per weight, without the replicate axis.
            inputs: float32 `(batch, features)`.
            states: float32 `(batch, size)` each.

        Returns:
            The cell's output `(batch, units)` and the next states.
        """
        fixed = [variable.value for variable in self._cell.non_trainable_variables]
        nested = tf.nest.pack_sequence_as(self._structure, list(states))
        (output, states), _ = self._cell.stateless_call(parameters[: self.cell_weight_count], fixed, inputs, nested)
        return output, tf.nest.flatten(states)

    def head_input(self, output: Tensor, inputs: Tensor) -> Tensor:
        """Returns the input of the head, `(batch, seen)`, from the output and the input of `advance`."""
        return tf.concat([output, inputs], axis=-1) if self.seen > output.shape[-1] else output

    def logits(self, parameters: Sequence[Tensor], output: Tensor) -> Tensor:
        """Returns the head's outputs before sigmoid or softmax, `(..., batch, alphabet)`, of one replicate or all."""
        if not self._head_bias:
            return tf.matmul(output, parameters[-1])
        *_, kernel, bias = parameters
        return tf.matmul(output, kernel) + tf.expand_dims(bias, -2)

    def losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Returns the loss of each row, `(..., batch)`, in nats; for sigmoid the mean over the outputs, as in Keras.

        Squared: half the sum of (t - y)^2 over the outputs, so that the error signal is (t - y) y (1 - y).
        """
        if self._scoring == "squared":
            return 0.5 * tf.reduce_sum(tf.square(targets - self.probabilities(logits)), axis=-1)
        if self._scoring == "softmax":
            return tf.nn.softmax_cross_entropy_with_logits(targets, logits)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits), axis=-1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Returns the outputs, `(batch, alphabet)`."""
        return tf.nn.softmax(logits) if self._head_kind == "softmax" else tf.nn.sigmoid(logits)


def _names(variables: Sequence[KerasVariable], owner: str) -> list[str]:
    """`cell/kernel`, `cell/bias`, and so on; a repeated name, as in stacked cells, gets a number."""
    names = [variable.name for variable in variables]
    again = [names[:index].count(name) for index, name in enumerate(names)]
    return [f"{owner}/{name}" + (f"_{count}" if count else "") for name, count in zip(names, again, strict=True)]


def build_cell(cell: Cell, units: int, layers: int, features: int) -> KerasLayer:
    """Builds a cell, or stacked cells, with newly drawn weights; SettingError if a user cell cannot be used."""
    stack = [cell.layer(units) for _ in range(layers)]
    built = stack[0] if layers == 1 else keras.layers.StackedRNNCells(stack)
    built.build((None, features))
    return built
