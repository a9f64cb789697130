"""Ceilings of fresh fillers in closed form."""

from __future__ import annotations

import math
from collections.abc import Iterator

from seqmem.tasks.conflicting import ConflictingSequences

# What may follow a context, as (probability mass a presentation, symbols that share it equally).
Outcomes = list[tuple[float, int]]


def fresh_ceiling_parts(
    task: ConflictingSequences, head: str, order: int, window: int = 1
) -> tuple[float, float, float, float]:
    """Returns accuracy, recall accuracy, loss and recall loss of the best predictor of the last `order` symbols.

    With a window it also sees what came before them since the last multiple of `window` steps, and how long ago
    that is.

    Fillers are drawn independently and uniformly, so a context tells only whether it holds the cue (and then also
    where in the sequence it stands), and whether it ends in the trigger.
    """
    size = len(task.alphabet)
    right = loss = recall_right = recall_loss = steps = 0.0
    for outcomes, recall in _contexts(task, order, window):
        steps += sum(mass for mass, _ in outcomes)
        right += max(mass / symbols for mass, symbols in outcomes)
        loss += _entropy(outcomes, size, head)
        recall_right += max((mass / symbols for mass, symbols in recall), default=0.0)
        recall_loss += _entropy(recall, size, head)
    # every sequence has exactly one recall step, so those two are sums over a mass of 1
    return right / steps, recall_right, loss / steps, recall_loss


def _contexts(task: ConflictingSequences, order: int, window: int) -> Iterator[tuple[Outcomes, Outcomes]]:
    """Yields, for each kind of context, what follows it at all steps and what follows it at recall steps."""
    low, high = task.gap
    gap_mass = 1.0 / (high - low + 1)
    kinds = ("filler", "trigger", "recall", "recall after trigger")
    # a network that starts anew every so often knows at least its place since then
    hidden = [dict.fromkeys(kinds, 0.0) for _ in range(min(window, task.time))]
    for step in range(high + 1):
        longer = gap_mass * (high - max(step, low - 1))  # the share of sequences whose gap is beyond this step
        ending = gap_mass if low <= step else 0.0
        if step >= order + step % window:
            hidden[step % window]["filler"] += longer
            hidden[step % window]["trigger" if task.trigger else "recall"] += ending
        else:
            seen: Outcomes = [(longer, task.filler_count), (ending, 1)]
            yield seen, [] if task.trigger else [(ending, 1)]
        if task.trigger and ending:
            place = (step + 1) % window
            if step + 1 >= order + place:
                hidden[place]["recall after trigger"] += ending
            else:
                yield [(ending, 1)], [(ending, 1)]
    for masses in hidden:
        recall = [(masses["recall"], task.cues)]
        yield [(masses["filler"], task.filler_count), (masses["trigger"], 1), *recall], recall
        yield [(masses["recall after trigger"], task.cues)], [(masses["recall after trigger"], task.cues)]


def _entropy(outcomes: Outcomes, alphabet_size: int, head: str) -> float:
    """Least loss in nats at a context, times its mass."""
    total = sum(mass for mass, _ in outcomes)
    nats = 0.0
    for mass, symbols in outcomes:
        share = mass / symbols / total if total else 0.0
        if share > 0.0:
            other = (1 - share) * math.log(1 - share) / alphabet_size if share < 1 else 0.0
            nats -= symbols * (
                share * math.log(share) if head == "softmax" else share * math.log(share) / alphabet_size + other
            )
    return nats * total
