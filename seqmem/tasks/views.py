"""What a network can tell apart where its recipe lets it see a part of the sequence only, and the best it can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.tasks.arrangement import Arrangement
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.ceilings import Ceiling, ceiling_of_contexts, mean_ceiling
from seqmem.tasks.contexts import refine
from seqmem.tasks.fresh_ceilings import fresh_ceiling_parts
from seqmem.tasks.streams import finite_sequences


def control_ceiling(
    task: Any, seeds: Sequence[int], head: str, arrangement: Arrangement, keeps_state: bool
) -> Ceiling | None:
    """Computes the best that any network can do which sees no more than its recipe shows it.

    Args:
        task: A task of `seqmem.tasks`.
        seeds: Of each replicate.
        head: `sigmoid` or `softmax`.
        arrangement: How steps are laid out.
        keeps_state: Whether the cell has a state at all.

    Returns:
        The mean over replicates. None where the network sees everything, and where fresh fillers leave no closed form
        (rows of steps that keep their state).
    """
    if keeps_state and arrangement.rows == 1 and arrangement.reset_every == arrangement.length:
        return None
    size = len(task.alphabet)
    if task.finite:
        wanted = seeds[:1] if task.same_for_every_seed else seeds
        batches = [finite_sequences(task, seed) for seed in wanted]
        found = [ceiling_of_contexts(view_ids(one, arrangement, keeps_state), one, size, head) for one in batches]
        return mean_ceiling(found)
    if keeps_state and arrangement.reset_every == arrangement.length:
        return None
    if keeps_state and arrangement.lags == 1:
        return Ceiling(*fresh_ceiling_parts(task, head, arrangement.context, arrangement.window))
    return Ceiling(*fresh_ceiling_parts(task, head, arrangement.lags - 1 + arrangement.context))


def view_ids(batch: SequenceBatch, arrangement: Arrangement, keeps_state: bool) -> np.ndarray:
    """Numbers what a network has seen by each step since its state began.

    Args:
        batch: The sequences.
        arrangement: How they are laid out.
        keeps_state: Whether the cell has a state; if not, it sees one input vector.

    Returns:
        int64 `(batch, time)`: equal numbers where, and only where, all input vectors since then are equal.
    """
    inputs = arrangement.lay_out(batch).inputs
    vectors = np.zeros(inputs.shape[:-1], np.int64)
    for column in range(inputs.shape[-1]):
        vectors = refine(vectors, inputs[..., column])
    if not keeps_state:
        return arrangement.gather(vectors)
    # (sequence, stretch, place in it, row): stretches begin alike, wherever they stand
    stretches = vectors.reshape(len(batch), -1, arrangement.reset_every, arrangement.rows)
    ids = np.zeros_like(stretches)
    before = np.zeros_like(stretches[:, :, 0])
    for place in range(arrangement.reset_every):
        before = refine(before, stretches[:, :, place])
        ids[:, :, place] = before
    # equal numbers at different places mean different histories
    ids += np.arange(arrangement.reset_every)[:, None] * ids[:, :, 0].size
    return arrangement.gather(ids.reshape(inputs.shape[:-1]))
