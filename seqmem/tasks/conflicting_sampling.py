"""The arrays of `ConflictingSequences`, which is what `task` is throughout.

It imports this module when it needs it; importing it back would make a cycle.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.contexts import agreeing, prefix_ids


def filler_strings(task: Any, rng: np.random.Generator) -> np.ndarray:
    """Returns the strings that fillers are taken from, int32 `(strings, longest gap)`."""
    longest = task.gap[1]
    if task.fillers == "ordered":
        return (np.arange(longest, dtype=np.int32) % task.filler_count)[None]
    return rng.integers(0, task.filler_count, (task.pool or 1, longest), dtype=np.int32)


def enumerate_sequences(task: Any, rng: np.random.Generator) -> SequenceBatch:
    """Lists every sequence of a finite task; see `ConflictingSequences.all_sequences`."""
    strings = filler_strings(task, rng)
    gaps = np.arange(task.gap[0], task.gap[1] + 1)
    gap, string, cue = (
        axis.ravel() for axis in np.meshgrid(gaps, range(len(strings)), range(task.cues), indexing="ij")
    )
    symbols, valid, recall = _lay_out(task, cue, gap, strings[string])
    settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], valid)
    return SequenceBatch(symbols, valid, settled, recall)


def draw_sequences(
    task: Any, cues: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None
) -> SequenceBatch:
    """Draws sequences with fresh fillers; see `ConflictingSequences.draw`."""
    low, high = task.gap
    owner = np.arange(len(cues)) if strings is None else strings
    count = int(owner.max(initial=-1)) + 1
    gap = rngs["variants"].integers(low, high + 1, count) if low < high else np.full(count, low)
    fillers = rngs["fillers"].integers(0, task.filler_count, (count, high), dtype=np.int32)
    gap = gap[owner]
    symbols, valid, recall = _lay_out(task, cues, gap, fillers[owner])
    # A fresh filler is open unless there is only one; where the sequence ends is open while it may still go on.
    step = np.arange(task.time)
    certain_filler = (step < low) & (task.filler_count == 1)
    certain_end = (step == high) | task.trigger
    settled = valid & (certain_filler | (recall & certain_end) | ((step == high) & task.trigger))
    return SequenceBatch(symbols, valid, settled, recall)


def string_groups(task: Any, batch: SequenceBatch) -> np.ndarray:
    """Numbers recall steps by their string of fillers; see `ConflictingSequences.groups`."""
    gaps = batch.valid.sum(axis=1) - 1 - task.trigger
    strings = [batch.symbols[row, 1 : gap + 1].tobytes() for row, gap in enumerate(gaps)]
    # in sorted order a string stands right before those that go on from it
    ordered = sorted(set(strings))
    last = {one: number for number, one in enumerate(ordered)}
    for one, following in itertools.pairwise(ordered):
        if following.startswith(one):
            last[one] = -1
    return np.where(batch.recall, np.array([last[one] for one in strings])[:, None], -1)


def cue_symbols(task: Any) -> np.ndarray:
    """Marks the cues among the symbols; see `ConflictingSequences.recallable`."""
    marked = np.zeros(len(task.alphabet), bool)
    marked[task.filler_count : task.filler_count + task.cues] = True
    return marked


def _lay_out(
    task: Any, cue: np.ndarray, gap: np.ndarray, fillers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Writes cue, `gap` fillers, trigger and cue again into symbols, valid and recall."""
    batch, rows = len(cue), np.arange(len(cue))
    position = np.arange(task.time + 1)
    symbols = np.zeros((batch, task.time + 1), np.int32)
    cue_symbol = (cue + task.filler_count).astype(np.int32)
    symbols[:, 0] = cue_symbol
    symbols[:, 1 : task.gap[1] + 1] = fillers
    last = gap + 1 + task.trigger
    symbols[position > last[:, None]] = 0
    if task.trigger:
        symbols[rows, gap + 1] = len(task.alphabet) - 1
    symbols[rows, last] = cue_symbol
    step = position[:-1]
    return symbols, step < last[:, None], step == last[:, None] - 1
