"""Scores of what a population answers, and counts that prove memory."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from seqmem.evaluation.forward import StepOutputs
from seqmem.judge.criterion import Criterion
from seqmem.judge.metrics import Metrics
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.task import Task


@dataclasses.dataclass(frozen=True)
class GroupCount:
    """How many groups of recall steps one replicate was judged on; see `seqmem.judge.evidence`.

    Attributes:
        groups: Different groups with at least two cues.
        right: Those in which it recalled at least two cues.
        cues: Cues of the largest group; 2 where there is none.
    """

    groups: int
    right: int
    cues: int


def population_metrics(outputs: StepOutputs, sequences: Sequence[SequenceBatch], loss_at: str) -> list[Metrics]:
    """Returns the metrics of each replicate on its own sequences.

    Args:
        outputs: What each replicate answers.
        sequences: Of each replicate.
        loss_at: The setting of the run: steps that it does not train are not judged.
    """
    return [
        _metrics(outputs.loss[index], outputs.predicted[index], outputs.error[index], batch, batch.judged(loss_at))
        for index, batch in enumerate(sequences)
    ]


def group_counts(outputs: StepOutputs, sequences: Sequence[SequenceBatch], task: Task) -> list[GroupCount]:
    """Counts, for each replicate, the groups of recall steps in which it recalls at least two cues.

    Args:
        outputs: What each replicate answers; the `best_cue` among the symbols that are ever recalled is counted.
        sequences: Of each replicate.
        task: Knows which recall steps are a group.
    """
    return [
        count_groups(outputs.best_cue[index] == batch.targets, task.groups(batch), batch.targets)
        for index, batch in enumerate(sequences)
    ]


def count_groups(right: np.ndarray, groups: np.ndarray, targets: np.ndarray) -> GroupCount:
    """Counts the groups in which at least two cues are recalled.

    Args:
        right: bool, whether a step is recalled right.
        groups: int of the same shape, the group of each recall step; -1 where a step belongs to none.
        targets: int of the same shape. A cue that a group asks for several times must be right each time.
    """
    # one number for each pair of a group and a cue, which may be asked for at several steps
    asked = groups >= 0
    cues, cue = np.unique(np.stack([groups[asked], targets[asked]]), axis=1, return_inverse=True)
    recalled = np.bincount(cue.ravel(), weights=~right[asked], minlength=cues.shape[1]) == 0
    # then how many cues each group has, and how many of them were recalled
    _, group, size = np.unique(cues[0], return_inverse=True, return_counts=True)
    recalled_in_group = np.bincount(group.ravel(), weights=recalled, minlength=len(size))
    judged = size >= 2
    return GroupCount(int(judged.sum()), int((recalled_in_group[judged] >= 2).sum()), int(size[judged].max(initial=2)))


def missed_sequences(
    outputs: StepOutputs, sequences: Sequence[SequenceBatch], criterion: Criterion, loss_at: str
) -> list[int]:
    """Returns, for each replicate, the sequences with a judged step that does not meet the criterion.

    For `recall:X`, which bounds a rate, those with a recall step that is wrong.
    """
    counts = []
    for index, batch in enumerate(sequences):
        if criterion.kind == "error":
            # not "above the bound": an output that is no number misses it too
            bad = ~(outputs.error[index] <= criterion.bound)
        else:
            bad = outputs.predicted[index] != batch.targets
        steps = batch.recall if criterion.kind == "recall" else batch.judged(loss_at)
        counts.append(int((bad & steps).any(axis=1).sum()))
    return counts


def recall_scores(outputs: StepOutputs, sequences: Sequence[SequenceBatch]) -> tuple[list[float], list[float]]:
    """Returns recall accuracy and accuracy among the cues at recall steps, one value per replicate."""
    scores = []
    for index, batch in enumerate(sequences):
        wanted = batch.targets[batch.recall]
        scores.append(
            [float(np.mean(named[index][batch.recall] == wanted)) for named in (outputs.predicted, outputs.best_cue)]
        )
    recall, best_cue = zip(*scores, strict=True)
    return list(recall), list(best_cue)


def _metrics(
    loss: np.ndarray, predicted: np.ndarray, error: np.ndarray, batch: SequenceBatch, judged: np.ndarray
) -> Metrics:
    right = predicted == batch.targets
    steps = int(batch.recall.sum())

    def mean(values: Any, where: np.ndarray) -> float | None:
        return float(np.mean(values[where], dtype=np.float64)) if where.any() else None

    overall = mean(loss, batch.asked)
    if overall is None or not math.isfinite(overall):
        return Metrics(math.nan, None, math.nan, None, None, None, 0, steps)
    return Metrics(
        loss=overall,
        recall_loss=mean(loss, batch.recall),
        accuracy=mean(right, batch.asked) or 0.0,
        recall_accuracy=mean(right, batch.recall),
        settled_accuracy=mean(right, judged),
        max_error=float(error[judged].max()) if judged.any() else None,
        recall_right=int(right[batch.recall].sum()),
        recall_steps=steps,
    )
