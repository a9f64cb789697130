"""The same training in JAX: a scan over updates of a scan over steps, mapped over replicates, compiled once."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from contestants import Contestant
from work import Weights, Work

State = tuple[jax.Array, jax.Array]


class Jax(Contestant):
    """One compiled call for all updates and replicates."""

    def __init__(self, work: Work):
        self.updates = work.updates
        self._weights = [jnp.asarray(array) for array in work.start]
        zeros = [jnp.zeros_like(array) for array in self._weights]
        self._carried = (self._weights, zeros, zeros, jnp.zeros(work.replicates))
        # (replicate, update, windows of time, batch)
        self._data = [jnp.asarray(array[:-1].transpose(2, 0, 1, 3)) for array in work.data]
        # the steps whose loss counts are the same in each sequence, and the head sees no others
        asked = None if (work.data[2] != 0).all() else np.flatnonzero((work.data[2] != 0).any(axis=(0, 2, 3)))
        self._train = jax.jit(jax.vmap(_trainer(work, asked)))

    def train(self) -> None:
        self._carried = jax.block_until_ready(self._train(self._carried, *self._data))

    def weights(self) -> Weights:
        return [np.asarray(array) for array in self._carried[0]]


def _trainer(work: Work, asked: np.ndarray | None):
    """Builds the training of one replicate on all rows."""
    rate, units = work.config.learning_rate, work.config.units

    def step(weights: list[jax.Array], states: State, x: jax.Array) -> tuple[State, jax.Array]:
        kernel, recurrent, bias, *_ = weights
        h, c = states
        i, f, g, o = jnp.split(kernel[x] + h @ recurrent + bias, 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def loss(weights: list[jax.Array], states: State, x: jax.Array, y: jax.Array, given: jax.Array):
        if work.window == 1:
            states, h = step(weights, states, x[0])
            outputs = h[None]
        else:
            states, outputs = jax.lax.scan(lambda carried, x: step(weights, carried, x), states, x)
        if asked is not None:
            outputs, y, given = outputs[asked], y[asked], given[asked]
        logits = outputs @ weights[3] + weights[4]
        right = jnp.take_along_axis(logits, y[..., None], -1)[..., 0]
        if work.softmax:
            losses = jax.nn.logsumexp(logits, axis=-1) - right
        else:
            losses = (jax.nn.softplus(logits).sum(axis=-1) - right) / logits.shape[-1]
        return (losses * given).sum() / given.sum(), states

    def update(carried, data):
        (weights, first, second, made), states = carried
        gradient, states = jax.grad(loss, has_aux=True)(weights, states, *data)
        made += 1
        first = [0.9 * m + 0.1 * g for m, g in zip(first, gradient, strict=True)]
        second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradient, strict=True)]
        speed = rate * jnp.sqrt(1 - 0.999**made) / (1 - 0.9**made)
        slots = zip(weights, first, second, strict=True)
        weights = [w - speed * m / (jnp.sqrt(v) + 1e-7) for w, m, v in slots]
        return ((weights, first, second, made), states), None

    def row(carried, data):
        zeros = jnp.zeros((work.batch, units))
        windows = [array.reshape(-1, work.window, *array.shape[1:]) for array in data]
        (carried, _), _ = jax.lax.scan(update, (carried, (zeros, zeros)), windows)
        return carried, None

    def train(carried, *data: jax.Array):
        return jax.lax.scan(row, carried, data)[0]

    return train
