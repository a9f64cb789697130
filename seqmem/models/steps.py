"""Time steps of all replicates at once, forward and backward."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence

from seqmem.backend.lazy import Tensor, tf
from seqmem.cells.recurrence import Recurrence

# Up to this many rows of a kernel, its gradient is a matrix product with one-hot vectors; beyond, rows are added up.
ONE_HOT_ROWS = 64


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
        *rows, size = cell.weights(1, units)["bias"]
        self.part_sizes = [size] * (rows or [1])[0] * layers
        self.kept_sizes = [units] * (layers - 1) + [units * count for count in cell.kept_units] * layers

    def forward(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Takes layer after layer: each sees the output of the one below."""
        following: list[Tensor] = []
        kept: list[Tensor] = []
        outputs: list[Tensor] = []
        for kernel, recurrent_kernel, bias, own in self._by_layer(weights, states):
            entry = tf.matmul(outputs[-1], kernel) if outputs else kernel_rows(kernel, symbols)
            recurrent = tf.matmul(own[0], recurrent_kernel)
            # a bias of one row: (replicate, parts * units); of two: (replicate, 2, parts * units)
            if len(bias.shape) == 2:
                products = [entry + recurrent + bias[:, None]]
            else:
                products = [entry + bias[:, None, 0], recurrent + bias[:, None, 1]]
            new, needed = self._cell.forward(products, own)
            outputs, following, kept = [*outputs, new[0]], following + new, kept + needed
        # the last output goes to the head, the others are what the layers above saw
        return outputs[-1], following, outputs[:-1] + kept

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
        for layer, (kernel, recurrent_kernel, _, own) in reversed(list(enumerate(self._by_layer(weights, states)))):
            first, *others = d_states[layer * self._states : (layer + 1) * self._states]
            # h is seen above, by the next layer or the head, and at the next step
            gradient = [first + d_output, *others]
            d_product, d_own = self._cell.backward(kept[layer * needed : (layer + 1) * needed], own, gradient)
            d_own[0] += tf.matmul(d_product[-1], recurrent_kernel, transpose_b=True)
            if layer:
                d_output = tf.matmul(d_product[0], kernel, transpose_b=True)
            d_before, d_products = d_own + d_before, d_product + d_products
        return d_before, d_products

    def weight_gradient(
        self, weights: Sequence[Tensor], symbols: Tensor, states: Sequence[Tensor], kept: Sequence[Tensor], parts: list
    ) -> list[Tensor]:
        """Sums over time and batch: d(x W) belongs to the rows of W that were picked, d(h U) to h."""
        gradient = []
        products = len(parts) // self._layers
        for layer, (kernel, _, _, own) in enumerate(self._by_layer(weights, states)):
            d_products = parts[layer * products : (layer + 1) * products]
            if layer:
                gradient.append(tf.einsum("trbi,trbk->rik", kept[layer - 1], d_products[0]))
            else:
                gradient.append(added_rows(symbols, d_products[0], kernel.shape[1]))
            gradient.append(tf.einsum("trbu,trbk->ruk", own[0], d_products[-1]))
            rows = [tf.reduce_sum(part, axis=[0, 2]) for part in d_products]
            gradient.append(rows[0] if products == 1 else tf.stack(rows, axis=1))
        return gradient

    def _by_layer(self, weights: Sequence[Tensor], states: Sequence[Tensor]) -> list[tuple]:
        """Kernel, recurrent kernel, bias and states of each layer."""
        return [
            (*weights[3 * layer : 3 * layer + 3], states[layer * self._states : (layer + 1) * self._states])
            for layer in range(self._layers)
        ]


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


def one_hot_vectors(symbols: Tensor, features: int) -> Tensor:
    """float32 `(..., features)` from int32 `(..., context)`: one-hot vectors side by side, zeros for -1."""
    *lead, context = symbols.shape
    return tf.reshape(tf.one_hot(symbols, features // context), (*lead, features))


def kernel_rows(kernel: Tensor, symbols: Tensor) -> Tensor:
    """The product of one-hot vectors with a kernel `(replicate, features, size)`, without the vectors."""
    replicates, features, size = kernel.shape
    rows = tf.gather(tf.reshape(kernel, (replicates * features, size)), tf.maximum(_row_numbers(symbols, features), 0))
    return tf.reduce_sum(tf.where((symbols >= 0)[..., None], rows, 0.0), axis=-2)


def added_rows(symbols: Tensor, d_rows: Tensor, features: int) -> Tensor:
    """The derivative by the kernel from that by its picked rows, `(time, replicate, batch, size)`."""
    _, replicates, _, size = d_rows.shape
    if features <= ONE_HOT_ROWS:
        return tf.einsum("trbf,trbk->rfk", one_hot_vectors(symbols, features), d_rows)
    each = tf.repeat(d_rows[..., None, :], symbols.shape[-1], axis=-2)
    # a row -1 is left out
    numbers = _row_numbers(symbols, features)
    total = tf.math.unsorted_segment_sum(tf.reshape(each, (-1, size)), tf.reshape(numbers, [-1]), replicates * features)
    return tf.reshape(total, (replicates, features, size))


def _row_numbers(symbols: Tensor, features: int) -> Tensor:
    """Where the rows of `symbols` are among those of all replicates' kernels, one after another; -1 for none."""
    *_, replicates, _, context = symbols.shape
    first = features * tf.range(replicates)[:, None, None] + features // context * tf.range(context)
    return tf.where(symbols >= 0, symbols + first, -1)


def choose(condition: Tensor, chosen: Sequence[Tensor], others: Sequence[Tensor]) -> list[Tensor]:
    """`tf.where`, tensor by tensor."""
    return [tf.where(condition, new, old) for new, old in zip(chosen, others, strict=True)]
