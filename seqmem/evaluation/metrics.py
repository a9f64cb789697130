"""From what a population answers to how well it does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.evaluation.forward import StepOutputs
from seqmem.results import Metrics
from seqmem.tasks.batch import SequenceBatch


def population_metrics(outputs: StepOutputs, sequences: Sequence[SequenceBatch]) -> list[Metrics]:
    """Returns the metrics of each replicate on its own sequences."""
    return [
        _metrics(outputs.loss[index], outputs.predicted[index], outputs.error[index], batch)
        for index, batch in enumerate(sequences)
    ]


def recall_scores(outputs: StepOutputs, sequences: Sequence[SequenceBatch]) -> tuple[list[float], list[float]]:
    """Returns recall accuracy and accuracy among the choices at recall steps, one value a replicate."""
    scores = []
    for index, batch in enumerate(sequences):
        wanted = batch.targets[batch.recall]
        scores.append(
            [float(np.mean(found[index][batch.recall] == wanted)) for found in (outputs.predicted, outputs.choice)]
        )
    recall, choice = zip(*scores, strict=True)
    return list(recall), list(choice)


def _metrics(loss: np.ndarray, predicted: np.ndarray, error: np.ndarray, batch: SequenceBatch) -> Metrics:
    right = predicted == batch.targets

    def mean(values: Any, steps: np.ndarray) -> float | None:
        return float(np.mean(values[steps], dtype=np.float64)) if steps.any() else None

    overall = mean(loss, batch.valid)
    if overall is None or not math.isfinite(overall):
        return Metrics(math.nan, None, math.nan, None, None, None)
    return Metrics(
        loss=overall,
        recall_loss=mean(loss, batch.recall),
        accuracy=mean(right, batch.valid) or 0.0,
        recall_accuracy=mean(right, batch.recall),
        settled_accuracy=mean(right, batch.settled),
        max_error=float(error[batch.settled].max()) if batch.settled.any() else None,
    )
