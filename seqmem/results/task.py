"""The sequences of a task, for `seqmem task`."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.judge.baseline import Baseline, baseline
from seqmem.results.drawing import Drawn
from seqmem.tasks.batch import Example as Example
from seqmem.tasks.batch import SequenceBatch as SequenceBatch
from seqmem.tasks.layout import one_hot
from seqmem.tasks.streams import SequenceStream, finite_sequences
from seqmem.tasks.task import Task as Task

DRAWN = 10  # sequences of a task that is not finite, by default
MOST_SYMBOLS = 2**28
MOST_STEPS = 20_000_000  # in all sequences of a task; larger tasks are not listed for their baseline


@dataclasses.dataclass(frozen=True)
class TaskResult(Drawn):
    """A task that draws itself.

    Attributes:
        config: The task, and the settings that shape its arrays.
        count: Number of presentations; None for each kind of sequence once.
        pairs: Whether to draw every step as a pair of input and target.
        arrays: Whether to draw the one-hot arrays and their shapes.
    """

    config: RunConfig
    count: int | None = None
    pairs: bool = False
    arrays: bool = False

    def examples(self, most: int, most_counted: int) -> list[Example]:
        """Returns `most` kinds of sequences, or the requested presentations, at most `most_counted`."""
        task = self.config.task
        if self.count:
            return task.examples_of(first_presentations(self.config, min(self.count, most_counted)))
        return task.examples(self.config.seed, most)

    @functools.cached_property
    def baseline(self) -> Baseline | None:
        """The best scores without memory; None if too many sequences would have to be listed."""
        task = self.config.task
        if task.finite and (task.sequence_count or 0) * task.time > MOST_STEPS:
            return None
        return baseline(task, self.config.seed, self.config.scoring)

    def to_json(self) -> dict[str, Any]:
        """Returns the document of `seqmem task --json`."""
        return task_document(self.config, self.count)


def first_presentations(config: RunConfig, count: int) -> SequenceBatch:
    """Returns the first presentations of training."""
    return SequenceStream(config.task, config.seed, "training", config.shuffle).take(count)


def task_sequences(config: RunConfig, count: int | None = None) -> SequenceBatch:
    """Returns the first `count` presentations; None lists a finite task, and takes 10 presentations of any other.

    Raises:
        SettingError: If `count` makes more steps than fit into memory.
    """
    if count and count * (config.task.time + 1) > MOST_SYMBOLS:
        raise SettingError(
            "count", count, f"must be at most {MOST_SYMBOLS // (config.task.time + 1)} for sequences of this length"
        )
    if count is None and config.task.finite:
        return finite_sequences(config.task, config.seed)
    return first_presentations(config, count or DRAWN)


def sequence_arrays(batch: SequenceBatch, task: Task) -> dict[str, np.ndarray]:
    """Returns the arrays of sequences by name.

    `symbols` int32 `(batch, time + 1)`; `inputs`, `targets` float32 `(batch, time, alphabet)`, one-hot, zeros for
    padding and steps without a target; `valid`, `recall`, `settled` bool `(batch, time)`; and `alphabet`, text
    `(alphabet,)`. If targets are labels, there is `output_alphabet` instead of `symbols`.
    """
    first = {"output_alphabet": np.array(task.output_symbols)} if task.labelled else {"symbols": batch.symbols}
    return first | {
        # -1 makes a vector of zeros
        "inputs": one_hot(np.where(batch.valid, batch.inputs, -1), len(task.input_symbols)),
        "targets": one_hot(np.where(batch.asked, batch.targets, -1), len(task.output_symbols)),
        "valid": batch.valid,
        "recall": batch.recall,
        "settled": batch.settled,
        "alphabet": np.array(task.input_symbols),
    }


def sequence_rows(batch: SequenceBatch, task: Task) -> list[dict[str, Any]]:
    """Returns each sequence as plain lists: inputs and targets as words (None without a target), recall, settled."""
    rows = []
    for row in range(len(batch)):
        steps = batch.valid[row]  # without padding
        asked = zip(batch.targets[row][steps], batch.asked[row][steps], strict=True)
        rows.append(
            {
                "inputs": [task.input_symbols[index] for index in batch.inputs[row][steps]],
                "targets": [task.output_symbols[index] if wanted else None for index, wanted in asked],
                "recall": batch.recall[row][steps].tolist(),
                "settled": batch.settled[row][steps].tolist(),
            }
        )
    return rows


def task_document(config: RunConfig, count: int | None = None) -> dict[str, Any]:
    """Returns the document of `seqmem task --json`: the settings, the baseline, and sequences."""
    task = config.task
    return {
        "config": config.to_settings(),
        "alphabet": task.input_symbols,
        **({"output_alphabet": task.output_symbols} if task.labelled else {}),
        "finite": task.finite,
        "baseline": dataclasses.asdict(baseline(task, config.seed, config.scoring)),
        "sequences": sequence_rows(task_sequences(config, count), task),
    }
