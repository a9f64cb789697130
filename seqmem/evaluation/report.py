"""The reported results of replicates, from their metrics and what training knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqmem.config import RunConfig
from seqmem.results import Metrics, ReplicateResult


def replicate_results(
    config: RunConfig, training: Any, metrics: Sequence[Metrics], met: Sequence[bool]
) -> tuple[ReplicateResult, ...]:
    """Joins training's account with the reported evaluation.

    Args:
        config: The run.
        training: Has `success_at`, `stopped_at`, `diverged` and `presentations`.
        metrics: Of each replicate on the reported evaluation.
        met: Whether the criterion held there.
    """
    results = []
    for index, seed in enumerate(config.seeds):
        solved = met[index] and training.success_at[index] is not None
        stopped = training.stopped_at[index]
        results.append(
            ReplicateResult(
                seed=seed,
                solved=solved,
                diverged=training.diverged[index],
                presentations=training.presentations if stopped is None else stopped,
                presentations_to_success=training.success_at[index] if solved else None,
                metrics=metrics[index],
            )
        )
    return tuple(results)
