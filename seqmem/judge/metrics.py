"""Scores of one replicate on a set of sequences, as plain values."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Metrics:
    """Scores of one replicate on a set of sequences.

    The *judged* steps are those that are settled and trained: all settled steps, or with `loss_at = recall` the recall
    steps alone.

    Attributes:
        loss: Nats, mean over all steps.
        recall_loss: Nats, mean over recall steps; None where there are none.
        accuracy: Fraction of all steps whose largest output is the target.
        recall_accuracy: The same of recall steps; None where there are none.
        settled_accuracy: The same of judged steps; None where there are none.
        max_error: Largest distance of any output from its one-hot target at any judged step.
        recall_right: Recall steps whose largest output is the target.
        recall_steps: Recall steps there are.
    """

    loss: float
    recall_loss: float | None
    accuracy: float
    recall_accuracy: float | None
    settled_accuracy: float | None
    max_error: float | None
    recall_right: int = 0
    recall_steps: int = 0
