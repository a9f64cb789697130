"""Scores of a population, and the counts behind the evidence of memory."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from seqmem.evaluation.forward import StepOutputs
from seqmem.judge.criterion import Criterion
from seqmem.judge.metrics import Metrics
from seqmem.tasks.batch import SequenceBatch


@dataclasses.dataclass(frozen=True)
class GroupCount:
    """Counts of groups of recall steps for one replicate; see `seqmem.judge.evidence`.

    Attributes:
        groups: Different groups with at least two cues.
        right: Groups in which it recalled at least two cues.
        cues: Cues of the largest group; 2 without groups.
    """

    groups: int
    right: int
    cues: int


@dataclasses.dataclass(frozen=True)
class Tally:
    """What one replicate answers on a part of its sequences, counted and added up; a step is as in `Metrics`.

    Attributes:
        asked, judged: Steps at which an answer is asked, and those that the criterion asks for.
        right, judged_right: Those of them whose largest output is the target.
        loss, recall_loss: Nats, the sums over what is asked, and over recall steps.
        max_error: The largest error at a judged step; 0 where there is none.
        missed: Sequences with a judged step that does not meet the criterion. For `recall:X`, which bounds a rate,
            those with a recall step that is wrong.
        recalled: bool `(recall steps,)`, sequence by sequence: whether the largest output is the target.
        cue_recalled: bool, of the same shape: whether the largest of the cues' outputs is.
    """

    asked: int
    judged: int
    right: int
    judged_right: int
    loss: float
    recall_loss: float
    max_error: float
    missed: int
    recalled: np.ndarray
    cue_recalled: np.ndarray

    @classmethod
    def of(cls, outputs: StepOutputs, index: int, batch: SequenceBatch, loss_at: str, criterion: Criterion) -> Tally:
        """Counts.

        Args:
            outputs: What each replicate answers.
            index: Which of them.
            batch: Its sequences.
            loss_at: The setting of the run: steps that it does not train are not judged.
            criterion: What counts as solved.
        """
        loss, error = outputs.loss[index], outputs.error[index]
        right, judged = outputs.predicted[index] == batch.targets, batch.judged(loss_at)
        # not "above the bound": an output that is no number misses it too
        good = error <= criterion.bound if criterion.kind == "error" else right
        looked_at = batch.recall if criterion.kind == "recall" else judged
        return cls(
            asked=int(batch.asked.sum()),
            judged=int(judged.sum()),
            right=int(right[batch.asked].sum()),
            judged_right=int(right[judged].sum()),
            loss=float(loss[batch.asked].sum(dtype=np.float64)),
            recall_loss=float(loss[batch.recall].sum(dtype=np.float64)),
            max_error=float(error[judged].max(initial=0.0)),
            missed=int((~good & looked_at).any(axis=1).sum()),
            recalled=right[batch.recall],
            cue_recalled=outputs.best_cue[index][batch.recall] == batch.targets[batch.recall],
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            asked=self.asked + other.asked,
            judged=self.judged + other.judged,
            right=self.right + other.right,
            judged_right=self.judged_right + other.judged_right,
            loss=self.loss + other.loss,
            recall_loss=self.recall_loss + other.recall_loss,
            max_error=max(self.max_error, other.max_error),
            missed=self.missed + other.missed,
            recalled=np.concatenate([self.recalled, other.recalled]),
            cue_recalled=np.concatenate([self.cue_recalled, other.cue_recalled]),
        )

    @property
    def recall_accuracy(self) -> float:
        """Fraction of the recall steps whose largest output is the target."""
        return float(np.mean(self.recalled))

    @property
    def cue_accuracy(self) -> float:
        """Fraction of the recall steps at which the target is the largest of the cues' outputs."""
        return float(np.mean(self.cue_recalled))

    @property
    def metrics(self) -> Metrics:
        """The scores."""
        steps = len(self.recalled)
        if not self.asked or not math.isfinite(self.loss):
            return Metrics(math.nan, None, math.nan, None, None, None, 0, steps)
        return Metrics(
            loss=self.loss / self.asked,
            recall_loss=self.recall_loss / steps if steps else None,
            accuracy=self.right / self.asked,
            recall_accuracy=self.recall_accuracy if steps else None,
            settled_accuracy=self.judged_right / self.judged if self.judged else None,
            max_error=self.max_error if self.judged else None,
            recall_right=int(self.recalled.sum()),
            recall_steps=steps,
        )


def tallies(
    outputs: StepOutputs, sequences: Sequence[SequenceBatch], loss_at: str, criterion: Criterion
) -> list[Tally]:
    """Returns what each replicate answers on its own sequences, counted; the arguments are as for `Tally.of`."""
    return [Tally.of(outputs, index, batch, loss_at, criterion) for index, batch in enumerate(sequences)]


def count_groups(right: np.ndarray, groups: np.ndarray, targets: np.ndarray) -> GroupCount:
    """Counts the groups in which at least two cues are recalled.

    Args:
        right: bool, whether the answer at a step is right.
        groups: int of the same shape, the group of each recall step; -1 for steps without one.
        targets: int of the same shape. A cue with several steps in a group must be right at each of them.
    """
    # one number for each pair of a group and a cue
    asked = groups >= 0
    cues, cue = np.unique(np.stack([groups[asked], targets[asked]]), axis=1, return_inverse=True)
    recalled = np.bincount(cue.ravel(), weights=~right[asked], minlength=cues.shape[1]) == 0
    # then how many cues each group has, and how many of them were recalled
    _, group, size = np.unique(cues[0], return_inverse=True, return_counts=True)
    recalled_in_group = np.bincount(group.ravel(), weights=recalled, minlength=len(size))
    judged = size >= 2
    return GroupCount(int(judged.sum()), int((recalled_in_group[judged] >= 2).sum()), int(size[judged].max(initial=2)))
