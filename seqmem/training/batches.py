"""The training data of a population, batch after batch."""

from __future__ import annotations

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.tasks.layout import Windows, stack_windows
from seqmem.tasks.streams import SequenceStream, StreamState


class Batches:
    """Draws the presentations of every replicate from its own stream, and lays them out for a compiled chunk.

    Args:
        config: The run.
    """

    def __init__(self, config: RunConfig):
        shared = config.task.same_for_every_seed and not config.shuffle
        seeds = [config.seed] if shared else list(config.seeds)
        self._streams = [SequenceStream(config.task, seed, "training", config.shuffle) for seed in seeds]
        self._config = config
        self._layout = config.layout

    def take(self, updates: int) -> Windows:
        """Returns the next batches: arrays `(update, time, replicate, batch, ...)`."""
        size, replicates = self._config.sequences_per_batch, self._config.replicates
        drawn = [stream.take(updates * size) for stream in self._streams]
        stacked = stack_windows([self._layout.lay_out(batch, self._config.loss_at) for batch in drawn])

        def laid_out(array: np.ndarray) -> np.ndarray:
            wanted = np.moveaxis(array.reshape(updates, size, *array.shape[1:]), 1, 3)
            # the sequences of a batch, and the rows that each of them is dealt out to, are all rows now
            rows = wanted.reshape(*wanted.shape[:3], -1, *wanted.shape[5:])
            return np.broadcast_to(rows, (*rows.shape[:2], replicates, *rows.shape[3:]))

        return Windows(*(laid_out(array) for array in vars(stacked).values()))

    def state(self) -> list[StreamState]:
        """Returns where each stream stands, as JSON can hold it."""
        return [stream.state() for stream in self._streams]

    def restore(self, state: list[StreamState]) -> None:
        """Goes on from where `state` was taken."""
        for stream, place in zip(self._streams, state, strict=True):
            stream.restore(place)
