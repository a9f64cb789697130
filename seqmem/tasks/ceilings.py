"""The best that any predictor without memory can do: the line that separates memory from its absence."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.contexts import context_ids
from seqmem.tasks.fresh_ceilings import fresh_ceiling_parts
from seqmem.tasks.streams import finite_sequences


@dataclasses.dataclass(frozen=True)
class Ceiling:
    """The best scores of predictors that see the last few symbols only, each score maximised on its own.

    Attributes:
        accuracy: Fraction of all steps that can be right.
        recall_accuracy: Fraction of recall steps; None where the task has none.
        loss: Nats, mean over all steps: no such predictor goes below it.
        recall_loss: Nats, mean over recall steps; None where the task has none.
    """

    accuracy: float
    recall_accuracy: float | None
    loss: float
    recall_loss: float | None


def ceiling(task: Any, seed: int, head: str, order: int = 1) -> Ceiling:
    """Computes the ceiling of a task for predictors that see the last `order` symbols.

    Args:
        task: A task of `seqmem.tasks`.
        seed: The replicate's seed: fixed fillers are drawn from it.
        head: `sigmoid` (binary cross-entropy, mean over the outputs) or `softmax` (cross-entropy).
        order: Symbols seen; 1 is no memory at all.

    Returns:
        Exact values: by enumeration for finite tasks, in closed form for fresh fillers.
    """
    if task.finite:
        return finite_ceiling(finite_sequences(task, seed), len(task.alphabet), head, order)
    return Ceiling(*fresh_ceiling_parts(task, head, order))


def replicate_ceilings(task: Any, seeds: Sequence[int], head: str, order: int = 1) -> list[Ceiling]:
    """Returns the ceiling of each replicate; they differ only where each has fixed fillers of its own."""
    own = task.finite and not task.same_for_every_seed
    found = [ceiling(task, seed, head, order) for seed in (seeds if own else seeds[:1])]
    return found if own else found * len(seeds)


def mean_ceiling(ceilings: Sequence[Ceiling]) -> Ceiling:
    """Returns the mean over replicates."""

    def mean(name: str) -> Any:
        values = [getattr(one, name) for one in ceilings]
        return values[0] if len(set(values)) == 1 else statistics.fmean(values)

    return Ceiling(mean("accuracy"), mean("recall_accuracy"), mean("loss"), mean("recall_loss"))


def finite_ceiling(batch: SequenceBatch, alphabet_size: int, head: str, order: int = 1) -> Ceiling:
    """Computes the ceiling over sequences that are all equally likely; see `ceiling`."""
    return ceiling_of_contexts(context_ids(batch.inputs, order), batch, alphabet_size, head)


def ceiling_of_contexts(ids: np.ndarray, batch: SequenceBatch, alphabet_size: int, head: str) -> Ceiling:
    """Computes the ceiling for predictors that tell steps apart by `ids` only, int `(batch, time)`."""
    accuracy, loss = _best(ids[batch.valid], batch.targets[batch.valid], alphabet_size, head)
    if not batch.recall.any():
        return Ceiling(accuracy, None, loss, None)
    recall_accuracy, recall_loss = _best(ids[batch.recall], batch.targets[batch.recall], alphabet_size, head)
    return Ceiling(accuracy, recall_accuracy, loss, recall_loss)


def _best(contexts: np.ndarray, targets: np.ndarray, alphabet_size: int, head: str) -> tuple[float, float]:
    """Best accuracy and loss of a predictor that knows only the context, over int `(steps,)` arrays."""
    _, context = np.unique(contexts, return_inverse=True)
    pair, pair_count = np.unique(context.astype(np.int64) * alphabet_size + targets, return_counts=True)
    owner = pair // alphabet_size
    total = np.bincount(context)
    share = pair_count / total[owner]
    best = np.zeros(len(total))
    np.maximum.at(best, owner, pair_count)
    losses = pair_count @ -np.log(share) if head == "softmax" else total[owner] @ binary_entropy(share) / alphabet_size
    return float(best.sum() / len(targets)), float(abs(losses) / len(targets))


def binary_entropy(share: np.ndarray) -> np.ndarray:
    """Returns the entropy in nats of a yes with probability `share`, 0 at both ends."""
    inside = np.clip(share, 1e-300, 1.0)
    outside = np.clip(1.0 - share, 1e-300, 1.0)
    return -(share * np.log(inside) + (1.0 - share) * np.log(outside))
