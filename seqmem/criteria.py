"""What counts as solved, how sure a rate is, and what a run's outcome is called."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

# Being right by a hair is luck: a solved replicate's recall loss is below this share of the memoryless ceiling's.
MEMORY_SHARE = 0.9
VERDICTS = ("solved", "partly", "memoryless", "unsolved", "diverged")


def criterion_met(criterion: str, metrics: Any, ceiling: Any) -> bool:
    """Tells whether a replicate counts as solved.

    Args:
        criterion: `error:E` (every output at every settled step within E of its one-hot target), `recall:X`
            (accuracy at recall steps at least X) or `argmax` (every settled step right).
        metrics: The replicate's `Metrics`; values that do not exist are None.
        ceiling: The memoryless `Ceiling`. Whatever the criterion, recall loss must also lie below 0.9 of it.
    """
    word, _, bound = criterion.partition(":")
    measure = {"error": metrics.max_error, "recall": metrics.recall_accuracy, "argmax": metrics.settled_accuracy}[word]
    if measure is None or not math.isfinite(metrics.loss):
        return False
    held = measure <= float(bound) if word == "error" else measure >= float(bound or 1.0)
    return held and shows_memory(metrics.recall_loss, ceiling)


def shows_memory(recall_loss: float | None, ceiling: Any) -> bool:
    """Tells whether a recall loss is out of reach without memory; true where nothing needs memory."""
    if recall_loss is None or not ceiling.recall_loss:
        return True
    return recall_loss < MEMORY_SHARE * ceiling.recall_loss


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Returns the Wilson score interval of a rate, 95 % by default (Wilson 1927, doi 10.2307/2276774)."""
    rate, scale = successes / trials, 1 + z * z / trials
    middle = (rate + z * z / (2 * trials)) / scale
    half = z / scale * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # exact at the ends, where rounding would leave 5e-17
    return middle - half if successes else 0.0, middle + half if successes < trials else 1.0


def verdict(replicates: Sequence[Any], ceiling: Any) -> str:
    """Names the outcome of all replicates together, one of `VERDICTS`.

    `memoryless` is said where none is solved and the median recall loss is no lower than 0.9 of the ceiling.
    """
    solved = sum(one.solved for one in replicates)
    if solved:
        return "solved" if solved == len(replicates) else "partly"
    alive = [one for one in replicates if not one.diverged]
    if not alive:
        return "diverged"
    losses = [one.metrics.recall_loss for one in alive if one.metrics.recall_loss is not None]
    if losses and not shows_memory(statistics.median(losses), ceiling):
        return "memoryless"
    return "unsolved"
