"""Time steps of all replicates at once, forward and backward."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence

from seqmem.backend.lazy import Tensor, tf
from seqmem.cells.recurrence import Recurrence
from seqmem.models.symbols import added_rows, kernel_rows, one_hot_vectors


class Steps(abc.ABC):
    """How the cells of all replicates take a step, and how the gradient of a step is taken.

    A symbol is a number, -1 for none; the vector that a cell sees is one-hot, or several such side by side. Tensors
    are float32 `(replicate, batch, size)`, weights `(replicate, *shape)`, symbols int32 `(replicate, batch, context)`.

    Attributes:
        kept_sizes: Length of each tensor that `forward` keeps.
        part_sizes: Length of each tensor that `backward` gives for the weights; None where these are of the shapes of
            the weights, and are to be added up over the steps.
    """

    kept_sizes: list[int]
    part_sizes: list[int] | None

    def for_loops(self, weights: Sequence[Tensor]) -> list[Tensor]:
        """Returns the weights in the form in which a loop over `forward` or `backward` is to be given them."""
        return list(weights)

    @abc.abstractmethod
    def forward(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Returns the output, the next states, and what `backward` needs of the step."""

    @abc.abstractmethod
    def backward(
        self,
        weights: Sequence[Tensor],
        symbols: Tensor,
        states: Sequence[Tensor],
        kept: Sequence[Tensor],
        d_output: Tensor,
        d_states: Sequence[Tensor],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Takes a step back.

        Args:
            weights: Of the cell.
            symbols: What the step saw.
            states: Those that it started from.
            kept: As `forward` gave it.
            d_output: The derivative of the loss by the step's output, where the head sees it.
            d_states: The derivative of the loss by each of the next states.

        Returns:
            The derivative by each of `states`, and the step's part of the derivative by the weights.
        """

    @abc.abstractmethod
    def weight_gradient(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor], kept: Sequence[Tensor], parts: list
    ) -> list[Tensor]:
        """Returns the derivative of the loss by each weight, over all steps.

        Args:
            weights: Of the cell.
            symbols: Of all steps, as all the others with an axis of time in front.
            states: Those that each step started from.
            kept: As `forward` gave it.
            parts: What `backward` gave; its sum over time where there are no `part_sizes`.
        """


class TapedSteps(Steps):
    """Any Keras cell: one replicate's step, lifted over replicates, and taken again under a tape on the way back.

    Args:
        advance: One step of one replicate: weights, inputs `(batch, features)` and states to output and next states.
        features: Length of the input vector.
    """

    part_sizes = None

    def __init__(self, advance: Callable, features: int):
        self.kept_sizes = []
        self._advance, self._features = advance, features

    def forward(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Keeps the output alone, which need not be a state."""
        vectors = one_hot_vectors(symbols, self._features)
        arguments = (list(weights), vectors, list(states))
        output, following = tf.vectorized_map(lambda replicate: self._advance(*replicate), arguments)
        return output, following, []

    def backward(
        self,
        weights: Sequence[Tensor],
        symbols: Tensor,
        states: Sequence[Tensor],
        kept: Sequence[Tensor],
        d_output: Tensor,
        d_states: Sequence[Tensor],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Takes the step again. A tape works inside `vectorized_map`, but not around a loop of such calls."""

        def step_back(arguments: tuple) -> tuple[list[Tensor], list[Tensor]]:
            weights, vectors, states, d_output, d_states = arguments
            with tf.GradientTape() as tape:
                tape.watch([weights, states])
                output, following = self._advance(weights, vectors, states)
                # its derivative is that of all losses from this step on
                acting = [tf.reduce_sum(state * part) for state, part in zip(following, d_states, strict=True)]
                loss = tf.add_n([tf.reduce_sum(output * d_output), *acting])
            return tape.gradient(loss, [states, weights], unconnected_gradients="zero")

        vectors = one_hot_vectors(symbols, self._features)
        return tf.vectorized_map(step_back, (list(weights), vectors, list(states), d_output, list(d_states)))

    def weight_gradient(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor], kept: Sequence[Tensor], parts: list
    ) -> list[Tensor]:
        """Returns the sum, which is there already."""
        return parts


class WrittenSteps(Steps):
    """Layers of a `Recurrence`: a symbol picks a row of the kernel, and the gradient of weights waits for the end.

    Then it is one matrix product over all steps and rows, and nothing as large as a weight is touched at each step.

    Args:
        cell: Of every layer.
        layers: How many.
        units: Of each layer.
        states: States of each layer.
    """

    def __init__(self, cell: Recurrence, layers: int, units: int, states: int):
        self._cell, self._layers, self._states = cell, layers, states
        self._shapes = cell.weights(1, units)
        *rows, _ = self._shapes.get("bias", (1,))
        self._summed = not rows
        size = self._shapes["kernel"][-1]
        self.part_sizes = ([size] if self._summed else [size, size]) * layers
        self.kept_sizes = [units] * (layers - 1) + [units * count for count in cell.kept_units] * layers

    def for_loops(self, weights: Sequence[Tensor]) -> list[Tensor]:
        """Takes the axis of a lone replicate off the matrices that a vector is multiplied with.

        Taken off at each step, XLA fuses that with the product, which is then computed column by column: with 128
        units sixty times as slowly.
        """
        matrices = ("recurrent_kernel", "kernel")
        multiplied = [name in matrices[: 1 + (layer > 0)] for layer in range(self._layers) for name in self._shapes]
        lone = weights[0].shape[0] == 1
        return [weight[0] if lone and often else weight for often, weight in zip(multiplied, weights, strict=True)]

    def forward(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Takes layer after layer: each sees the output of the one below."""
        following: list[Tensor] = []
        kept: list[Tensor] = []
        outputs: list[Tensor] = []
        for named, own in self._by_layer(weights, states):
            kernel = named["kernel"]
            entry = _product(outputs[-1], kernel) if outputs else kernel_rows(kernel, symbols)
            output, new, needed = self._cell.forward(self._products(entry, named, own), own)
            outputs, following, kept = [*outputs, output], following + new, kept + needed
        # the last output goes to the head, the others are what the layers above saw
        return outputs[-1], following, outputs[:-1] + kept

    def _products(self, entry: Tensor, named: dict[str, Tensor], own: Sequence[Tensor]) -> list[Tensor]:
        """What the cell is given, from x W."""
        products = [entry]
        if "recurrent_kernel" in named:
            recurrent = _product(own[self._cell.seen_state], named["recurrent_kernel"])
            if not self._summed:
                # a bias of two rows: (replicate, 2, parts * units)
                biases = tf.unstack(named["bias"][:, :, None], axis=1)
                return [product + bias for product, bias in zip((entry, recurrent), biases, strict=True)]
            missing = entry.shape[-1] - recurrent.shape[-1]
            products = [entry + (tf.pad(recurrent, [(0, 0), (0, 0), (missing, 0)]) if missing else recurrent)]
        return [products[0] + named["bias"][:, None]] if "bias" in named else products

    def backward(
        self,
        weights: Sequence[Tensor],
        symbols: Tensor,
        states: Sequence[Tensor],
        kept: Sequence[Tensor],
        d_output: Tensor,
        d_states: Sequence[Tensor],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Takes the layers from above; gives the derivatives by all products."""
        d_before: list[Tensor] = []
        d_products: list[Tensor] = []
        kept = kept[self._layers - 1 :]
        needed = len(kept) // self._layers
        for layer, (named, own) in reversed(list(enumerate(self._by_layer(weights, states)))):
            d_next = d_states[layer * self._states : (layer + 1) * self._states]
            # the output is seen above, by the next layer or the head; the states at the next step
            d_product, d_own = self._cell.backward(kept[layer * needed : (layer + 1) * needed], own, d_output, d_next)
            if "recurrent_kernel" in named and not self._cell.truncated:
                kernel = named["recurrent_kernel"]
                part = d_product[-1][..., -kernel.shape[-1] :]
                d_own[self._cell.seen_state] += _product(part, kernel, transpose_b=True)
            if layer:
                d_output = _product(d_product[0], named["kernel"], transpose_b=True)
            d_before, d_products = d_own + d_before, d_product + d_products
        return d_before, d_products

    def weight_gradient(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor], kept: Sequence[Tensor], parts: list
    ) -> list[Tensor]:
        """Sums over time and batch: d(x W) belongs to the rows of W that were picked, d(h U) to h."""
        gradient = []
        products = len(parts) // self._layers
        for layer, (named, own) in enumerate(self._by_layer(weights, states)):
            d_products = parts[layer * products : (layer + 1) * products]
            if layer:
                gradient.append(tf.einsum("trbi,trbk->rik", kept[layer - 1], d_products[0]))
            else:
                gradient.append(added_rows(symbols, d_products[0], named["kernel"].shape[1]))
            if "recurrent_kernel" in named:
                part = d_products[-1][..., -named["recurrent_kernel"].shape[-1] :]
                gradient.append(tf.einsum("trbu,trbk->ruk", own[self._cell.seen_state], part))
            if "bias" in named:
                rows = [tf.reduce_sum(part, axis=[0, 2]) for part in d_products]
                gradient.append(rows[0] if self._summed else tf.stack(rows, axis=1))
        return gradient

    def _by_layer(
        self, weights: Sequence[Tensor], states: Sequence[Tensor]
    ) -> list[tuple[dict[str, Tensor], Sequence[Tensor]]]:
        """Weights by name, and states, of each layer."""
        count, size, layers = len(self._shapes), self._states, range(self._layers)
        by_name = [dict(zip(self._shapes, weights[count * at : count * (at + 1)], strict=True)) for at in layers]
        return [(named, states[size * at : size * (at + 1)]) for at, named in enumerate(by_name)]


class BesideInputs(Steps):
    """Other steps, with the input vector behind their output, for a head that sees both.

    Args:
        steps: Those of the cells.
        units: Length of their output.
        features: Length of the input vector.
    """

    def __init__(self, steps: Steps, units: int, features: int):
        self.kept_sizes, self.part_sizes = steps.kept_sizes, steps.part_sizes
        self._steps, self._units, self._features = steps, units, features

    def for_loops(self, weights: Sequence[Tensor]) -> list[Tensor]:
        """Returns them as the cells want them."""
        return self._steps.for_loops(weights)

    def forward(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Puts the input vector behind the output."""
        output, following, kept = self._steps.forward(weights, symbols, states)
        return tf.concat([output, one_hot_vectors(symbols, self._features)], axis=-1), following, kept

    def backward(
        self,
        weights: Sequence[Tensor],
        symbols: Tensor,
        states: Sequence[Tensor],
        kept: Sequence[Tensor],
        d_output: Tensor,
        d_states: Sequence[Tensor],
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Goes back through the cells' part; nothing depends on the input vector."""
        return self._steps.backward(weights, symbols, states, kept, d_output[..., : self._units], d_states)

    def weight_gradient(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor], kept: Sequence[Tensor], parts: list
    ) -> list[Tensor]:
        """Returns that of the cells."""
        return self._steps.weight_gradient(weights, symbols, states, kept, parts)


def _product(rows: Tensor, matrix: Tensor, transpose_b: bool = False) -> Tensor:
    """The matrix product of each replicate; that of a lone one may have no axis for it."""
    if len(matrix.shape) == 3:
        return tf.matmul(rows, matrix, transpose_b=transpose_b)
    return tf.matmul(rows[0], matrix, transpose_b=transpose_b)[None]


def choose(condition: Tensor, chosen: Sequence[Tensor], others: Sequence[Tensor]) -> list[Tensor]:
    """`tf.where`, tensor by tensor."""
    return [tf.where(condition, new, old) for new, old in zip(chosen, others, strict=True)]
