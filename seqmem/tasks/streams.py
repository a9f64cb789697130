"""Streams of presentations: what one seed shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import numpy as np

from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.task import Task, stream_rng

# Judging each string after more cues than this would leave fewer strings for the same number of sequences.
MOST_CUES = 8


class StreamState(TypedDict):
    """The position of a stream, as stored in a checkpoint; `epoch`, its current order, is int64 `(epoch size,)`."""

    position: int
    epoch: np.ndarray
    generators: dict[str, Mapping[str, object]]


def finite_sequences(task: Task, seed: int) -> SequenceBatch:
    """Lists every sequence that a finite task has for this seed."""
    return task.enumerate(stream_rng(seed, "strings"))


def cues_per_string(task: Task) -> int:
    """Returns the number of cues after which each string of fillers is judged."""
    return min(task.epoch_size, MOST_CUES)


class SequenceStream:
    """The endless presentations of a task for one seed: epoch after epoch, each item once per epoch.

    The sequences and their order do not depend on how many are taken at a time. `role` is one of `training`, `checks`
    and `evaluation`, whose streams are independent.
    """

    def __init__(self, task: Task, seed: int, role: str, shuffle: bool = False):
        self._task = task
        self._shuffle = shuffle
        self._at_random = task.at_random and role == "training"
        self._rngs = dict(zip(("order", "variants", "fillers"), stream_rng(seed, role).spawn(3), strict=True))
        self._known = finite_sequences(task, seed) if task.finite else None
        self._position = 0
        self._epoch = self._orders(1)[0]

    def take(self, count: int) -> SequenceBatch:
        """Returns the next `count` presentations."""
        return self._sequences(self._next_items(count), None)

    def take_paired(self, count: int) -> SequenceBatch:
        """Returns the next `count` presentations, of which several in a row share gap and fillers.

        Each of these groups has `cues_per_string` sequences with different cues, which memory alone can tell apart.
        """
        return self._sequences(self._next_items(count), np.arange(count) // cues_per_string(self._task))

    def _sequences(self, items: np.ndarray, strings: np.ndarray | None) -> SequenceBatch:
        """One sequence per item; those with the same string number share all but their item."""
        if self._known is None:
            return self._task.draw(items, self._rngs, strings)
        # the list holds several epochs, which differ in gaps or strings; the epoch of each sequence is drawn
        variants = len(self._known) // self._task.epoch_size
        if variants > 1:
            owner = np.arange(len(items)) if strings is None else strings
            drawn = self._rngs["variants"].integers(0, variants, owner.max(initial=-1) + 1)
            items = items + self._task.epoch_size * drawn[owner]
        return self._known[items]

    def state(self) -> StreamState:
        """Returns the position that `restore` continues from."""
        generators = {name: rng.bit_generator.state for name, rng in self._rngs.items()}
        return {"position": self._position, "epoch": self._epoch, "generators": generators}

    def restore(self, state: StreamState) -> None:
        """Continues from a position that `state` returned; ValueError if it is of another task."""
        epoch = np.array(state["epoch"])
        whole = np.arange(self._task.epoch_size)
        drawn = epoch.shape == whole.shape and np.isin(epoch, whole).all()
        if not (drawn if self._at_random else np.array_equal(np.sort(epoch), whole)):
            raise ValueError("an order of presentations is of another task")
        self._position, self._epoch = int(state["position"]), epoch
        for name, rng in self._rngs.items():
            rng.bit_generator.state = state["generators"][name]

    def _next_items(self, count: int) -> np.ndarray:
        """int64 `(count,)`: the cue, or the row, of each of the next presentations."""
        size = len(self._epoch)
        start, self._position = self._position, self._position + count
        later = self._orders(self._position // size - start // size)
        order = np.concatenate([self._epoch[None], later])
        self._epoch = order[-1]
        return order.ravel()[start % size : start % size + count]

    def _orders(self, epochs: int) -> np.ndarray:
        """int64 `(epochs, epoch size)`: the order within each of the next epochs."""
        size = self._task.epoch_size
        if self._at_random:
            return self._rngs["order"].integers(0, size, (epochs, size))
        if not self._shuffle:
            return np.tile(np.arange(size), (epochs, 1))
        return self._rngs["order"].random((epochs, size)).argsort(axis=1, kind="stable")
