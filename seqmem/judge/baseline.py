"""The best that any predictor without memory can do.

Two bounds have the same form. The *baseline* is the best of all predictors that see the last symbol only. The *recipe
limit* is the best of all networks that see no more than a training recipe shows. Each score is optimised separately, so
a single predictor need not reach all of them; the scores `trained_...` are those of one predictor.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Iterable, Sequence

import numpy as np

from seqmem.errors import UsageError
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.contexts import context_ids, refine
from seqmem.tasks.layout import Layout
from seqmem.tasks.streams import finite_sequences
from seqmem.tasks.task import Context, Task


@dataclasses.dataclass(frozen=True)
class Baseline:
    """The best scores of predictors that see a part of the sequence only.

    Attributes:
        accuracy: Fraction of all steps that can be right.
        recall_accuracy: Fraction of recall steps; None where the task has none.
        loss: Nats, mean over all steps: no such predictor goes below it.
        recall_loss: Nats, mean over recall steps; None where the task has none.
        trained_recall_accuracy: Recall accuracy of the predictor with the least loss over all steps, the one that
            training at all steps leads to; a tie between n symbols counts 1/n.
        trained_recall_loss: Its loss at recall steps, in nats.
    """

    accuracy: float
    recall_accuracy: float | None
    loss: float
    recall_loss: float | None
    trained_recall_accuracy: float | None = None
    trained_recall_loss: float | None = None


def baseline(task: Task, seed: int, head: str, order: int = 1) -> Baseline:
    """Returns the baseline of a task for predictors that see the last `order` symbols.

    Args:
        task: A task of `seqmem.tasks`.
        seed: The replicate's seed, from which fixed fillers are drawn.
        head: The loss: `sigmoid` (binary cross-entropy, mean over the outputs), `softmax` (cross-entropy) or `squared`
            (half the sum of squared errors over the outputs).
        order: Symbols seen; 1 means no memory.

    Returns:
        Exact values: by enumeration for finite tasks, in closed form for others.

    Raises:
        UsageError: If the task can be neither listed nor computed in closed form.
    """
    if task.finite:
        return finite_baseline(finite_sequences(task, seed), len(task.output_symbols), head, order)
    contexts = task.contexts(order)
    if contexts is None:
        raise UsageError(f"the {task.name} task has no known baseline: it cannot be listed, and has no closed form")
    return _of_outcomes(contexts, len(task.output_symbols), head)


def replicate_baselines(task: Task, seeds: Sequence[int], head: str) -> list[Baseline]:
    """Returns the baseline of each replicate; they differ only if each replicate has its own sequences."""
    if task.finite and not task.same_for_every_seed:
        return [baseline(task, seed, head) for seed in seeds]
    return [baseline(task, seeds[0], head)] * len(seeds)


def mean_baseline(baselines: Sequence[Baseline]) -> Baseline:
    """Returns the mean over replicates."""

    def mean(name: str) -> float | None:
        values = [getattr(each, name) for each in baselines]
        # a mean of equal numbers is not always that number: 3 * 0.1 / 3
        return values[0] if len(set(values)) == 1 else statistics.fmean(values)

    return Baseline(*(mean(field.name) for field in dataclasses.fields(Baseline)))  # type: ignore[arg-type]


def recipe_limit(task: Task, seeds: Sequence[int], head: str, layout: Layout, keeps_state: bool) -> Baseline | None:
    """Computes the best scores of any network that sees no more than its recipe shows.

    Returns:
        The mean over replicates. None if the network sees everything, or if there is no closed form (fresh fillers on
        rows of steps that keep their state).
    """
    if keeps_state and layout.rows == 1 and layout.reset_every == layout.length:
        return None
    size = len(task.output_symbols)
    if task.finite:
        wanted = seeds[:1] if task.same_for_every_seed else seeds
        batches = [finite_sequences(task, seed) for seed in wanted]
        return mean_baseline(
            [of_contexts(seen_ids(batch, layout, keeps_state), batch, size, head) for batch in batches]
        )
    if keeps_state and layout.reset_every == layout.length:
        return None
    if keeps_state and layout.lags == 1:  # the state lasts for a window: it knows all symbols since the first step
        contexts = task.contexts(layout.context, layout.window)
    else:  # one input vector, or those of one sample: a fixed number of last symbols
        contexts = task.contexts(layout.lags - 1 + layout.context)
    return None if contexts is None else _of_outcomes(contexts, size, head)


def seen_ids(batch: SequenceBatch, layout: Layout, keeps_state: bool) -> np.ndarray:
    """Numbers what a network has seen at each step since the last reset of its state.

    A cell that does not keep a state sees one input vector only.

    Returns:
        int64 `(batch, time)`: equal numbers where, and only where, all input vectors since the reset are equal.
    """
    # first one number for each input vector
    inputs = layout.lay_out(batch).inputs
    vectors = np.zeros(inputs.shape[:-1], np.int64)
    for column in range(inputs.shape[-1]):
        vectors = refine(vectors, inputs[..., column])
    if not keeps_state:
        return layout.gather(vectors)
    # (sequence, stretch between two resets, place in it, row)
    stretches = vectors.reshape(len(batch), -1, layout.reset_every, layout.rows)
    ids = np.zeros_like(stretches)
    before = np.zeros_like(stretches[:, :, 0])
    for place in range(layout.reset_every):
        before = refine(before, stretches[:, :, place])
        ids[:, :, place] = before
    # equal numbers at different places mean different histories
    ids += np.arange(layout.reset_every)[:, None] * ids[:, :, 0].size
    return layout.gather(ids.reshape(inputs.shape[:-1]))


def finite_baseline(batch: SequenceBatch, alphabet_size: int, head: str, order: int = 1) -> Baseline:
    """Computes the baseline over sequences that are all equally likely; see `baseline`."""
    return of_contexts(context_ids(batch.inputs, order), batch, alphabet_size, head)


def of_contexts(ids: np.ndarray, batch: SequenceBatch, alphabet_size: int, head: str) -> Baseline:
    """Computes the best scores of predictors that tell steps apart by `ids` only, int `(batch, time)`."""
    accuracy, loss = _best(ids[batch.asked], batch.targets[batch.asked], alphabet_size, head)
    if not batch.recall.any():
        return Baseline(accuracy, None, loss, None)
    recall_accuracy, recall_loss = _best(ids[batch.recall], batch.targets[batch.recall], alphabet_size, head)
    return Baseline(accuracy, recall_accuracy, loss, recall_loss, *_trained_at_recall(ids, batch, alphabet_size, head))


def _best(contexts: np.ndarray, targets: np.ndarray, alphabet_size: int, head: str) -> tuple[float, float]:
    """Best accuracy and loss of a predictor that knows only the context, over int `(steps,)` arrays."""
    # Count how often each context occurs with each target. Accuracy is best if the commonest target of a context is
    # predicted; the loss is least if each target gets its share as probability, and is then the entropy of the shares.
    owner, pair_count, share, best, total, _ = _pairs(contexts, targets, alphabet_size)
    if head == "squared":
        losses = pair_count @ (1.0 - share) / 2
    elif head == "softmax":
        losses = pair_count @ -np.log(share)
    else:  # sigmoid: each output is a binary decision, and the loss is their mean
        losses = total[owner] @ binary_entropy(share) / alphabet_size
    return float(best.sum() / len(targets)), float(abs(losses) / len(targets))


def _pairs(contexts: np.ndarray, targets: np.ndarray, alphabet_size: int) -> tuple[np.ndarray, ...]:
    """Of each pair of context and target its context, count and share; the best count and total of each context.

    The last array is the pair of each step.
    """
    _, context = np.unique(contexts, return_inverse=True)
    numbers = context.astype(np.int64) * alphabet_size + targets
    pair, pair_of, count = np.unique(numbers, return_inverse=True, return_counts=True)
    owner, total = pair // alphabet_size, np.bincount(context)
    best = np.zeros(len(total))
    np.maximum.at(best, owner, count)
    return owner, count, count / total[owner], best, total, pair_of


def _trained_at_recall(ids: np.ndarray, batch: SequenceBatch, alphabet_size: int, head: str) -> tuple[float, float]:
    """Recall accuracy and recall loss of the predictor whose outputs are the shares of each context's targets."""
    owner, pair_count, share, best, _, pair_of = _pairs(ids[batch.asked], batch.targets[batch.asked], alphabet_size)
    ties = np.bincount(owner, weights=pair_count == best[owner])
    # the shares count all steps of a context; accuracy and loss are measured at its recall steps alone
    recalls = pair_of[batch.recall[batch.asked]]
    nats = -np.log(share[recalls])
    if head == "squared":  # ((1 - p)^2 + the squares of the other outputs) / 2
        squares = np.bincount(owner, weights=share**2)
        nats = (1.0 - 2.0 * share[recalls] + squares[owner[recalls]]) / 2
    elif head == "sigmoid":  # plus the terms of the other outputs, whose target is 0
        rest = np.log(np.clip(1.0 - share, 1e-300, 1.0))
        nats = (nats - np.bincount(owner, weights=rest)[owner[recalls]] + rest[recalls]) / alphabet_size
    right = (pair_count == best[owner])[recalls] / ties[owner[recalls]]
    return float(np.mean(right)), float(abs(np.mean(nats)))


def binary_entropy(share: np.ndarray) -> np.ndarray:
    """Returns the entropy in nats of a binary variable with probability `share`, 0 at both ends."""
    inside = np.clip(share, 1e-300, 1.0)
    outside = np.clip(1.0 - share, 1e-300, 1.0)
    return -(share * np.log(inside) + (1.0 - share) * np.log(outside))


def _of_outcomes(contexts: Iterable[Context], size: int, head: str) -> Baseline:
    """The best scores from contexts in closed form: as `_best` and `_trained_at_recall`, with masses for counts."""
    right = loss = recall_right = recall_loss = trained_right = trained_loss = steps = recalls = 0.0
    for answers in contexts:
        # all steps: predict the likeliest symbol, and give each symbol its share as probability
        total = sum(mass for mass, _, _ in answers)
        steps += total
        shares = [(mass / symbols / total, symbols) for mass, _, symbols in answers if mass]
        best = max((share for share, _ in shares), default=0.0)
        right += best * total
        loss += total * sum(symbols * _nats(share, size, head) for share, symbols in shares)
        # recall steps alone: the same with the part of each mass at recall steps
        recalled_here = sum(at_recall for _, at_recall, _ in answers)
        recalls += recalled_here
        recall_right += max((at_recall / symbols for _, at_recall, symbols in answers), default=0.0)
        for mass, at_recall, symbols in answers:
            if not at_recall:
                continue
            recall_loss += recalled_here * symbols * _nats(at_recall / symbols / recalled_here, size, head)
            # the predictor trained at all steps, measured at this recall: ties are shared
            share = mass / symbols / total
            trained_right += at_recall / sum(ties for other, ties in shares if other == best) if share == best else 0.0
            trained_loss += at_recall * _nats_of_one(share, shares, size, head)
    at_recalls = [recall_right, recall_loss, trained_right, trained_loss]
    # with one recall step per sequence the mass is 1 up to rounding, and nothing is to be divided
    if not math.isclose(recalls, 1.0):
        at_recalls = [total / recalls for total in at_recalls]
    return Baseline(right / steps, at_recalls[0], loss / steps, *at_recalls[1:])


def _nats(share: float, size: int, head: str) -> float:
    """What a symbol of probability `share` adds to the least loss at a context."""
    if head == "squared":
        return share * (1 - share) / 2
    if head == "softmax":
        return -share * math.log(share)
    outside = (1 - share) * math.log(1 - share) if share < 1 else 0.0
    return -(share * math.log(share) + outside) / size


def _nats_of_one(share: float, shares: Sequence[tuple[float, int]], size: int, head: str) -> float:
    """The loss at a target of this share, if the outputs are the shares of all symbols of the context."""
    if head == "squared":
        return (1 - 2 * share + sum(symbols * other**2 for other, symbols in shares)) / 2
    if head == "softmax":
        return -math.log(share)
    others = sum(symbols * math.log1p(-other) for other, symbols in shares if other < 1)
    return -(math.log(share) + others - (math.log1p(-share) if share < 1 else 0.0)) / size
