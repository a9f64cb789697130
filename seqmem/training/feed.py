"""The training data of a population, batch after batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqmem.config import RunConfig
from seqmem.tasks.encoding import Examples, examples_of, stack_examples
from seqmem.tasks.streams import SequenceStream


class Feed:
    """Draws the presentations of every replicate from its own stream, and lays them out for a compiled chunk.

    Args:
        config: The run.
        time: Steps to pad sequences to.
    """

    def __init__(self, config: RunConfig, time: int):
        shared = config.task.same_for_every_seed and not config.shuffle
        seeds = [config.seed] if shared else list(config.seeds)
        self._streams = [SequenceStream(config.task, seed, "training", config.shuffle) for seed in seeds]
        self._config = config
        self._time = time

    def take(self, updates: int) -> Examples:
        """Returns the next batches: arrays `(update, time, replicate, batch, ...)`."""
        size, replicates = self._config.batch_size, self._config.replicates
        parts = [examples_of(stream.take(updates * size), self._config.loss_at) for stream in self._streams]
        stacked = stack_examples(parts, self._time)

        def laid_out(array: np.ndarray) -> np.ndarray:
            rows = array.reshape(updates, size, *array.shape[1:])
            wanted = np.moveaxis(rows, 1, 3)
            shape = (*wanted.shape[:2], replicates, *wanted.shape[3:])
            return np.broadcast_to(wanted, shape)

        return Examples(*(laid_out(array) for array in vars(stacked).values()))

    def state(self) -> list[dict[str, Any]]:
        """Returns where each stream stands, as JSON can hold it."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[dict[str, Any]]) -> None:
        """Goes on from where `state` was taken."""
        for stream, one in zip(self._streams, state, strict=True):
            stream.restore(one)
