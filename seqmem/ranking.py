"""Which replicates of a run are worth looking at."""

from __future__ import annotations

from collections.abc import Sequence

from seqmem.results import ReplicateResult


def shown_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the first, the best and the worst replicate, each once."""
    ranked = ranked_replicates(replicates)
    return list(dict.fromkeys([0, ranked[0], ranked[-1]]))


def ranked_replicates(replicates: Sequence[ReplicateResult]) -> list[int]:
    """Returns the numbers of the replicates, best first: the solved by recall loss, the others, the diverged."""

    def badness(index: int) -> tuple[bool, bool, float]:
        one = replicates[index]
        loss = one.metrics.recall_loss if one.metrics.recall_loss is not None else one.metrics.loss
        return one.diverged, not one.solved, loss if loss == loss else 0.0

    return sorted(range(len(replicates)), key=badness)
