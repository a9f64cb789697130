"""A task's sequences, drawn for a look."""

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

# sequences of a task that has too many to list them all, where nobody says how many
DRAWN = 10
MOST_SYMBOLS = 2**28
MOST_STEPS = 20_000_000  # of all sequences of a task together: more are not listed for its baseline


@dataclasses.dataclass(frozen=True)
class TaskResult(Drawn):
    """A task to look at, which draws itself.

    Attributes:
        config: The task, and what shapes its arrays.
        count: How many presentations; None for each kind of sequence once.
        pairs: Also draw every step as a pair of input and target.
        arrays: Also draw the one-hot arrays and their shapes.
    """

    config: RunConfig
    count: int | None = None
    pairs: bool = False
    arrays: bool = False

    def examples(self, most: int, most_counted: int) -> list[Example]:
        """Returns `most` kinds of sequences, or the presentations that were asked for, `most_counted` at most."""
        task = self.config.task
        if self.count:
            return task.examples_of(first_presentations(self.config, min(self.count, most_counted)))
        return task.examples(self.config.seed, most)

    @functools.cached_property
    def baseline(self) -> Baseline | None:
        """The best scores possible without memory; None where too many sequences would have to be listed."""
        task = self.config.task
        # for the baseline every sequence is listed: minutes, for a drawing
        if task.finite and (task.sequence_count or 0) * task.time > MOST_STEPS:
            return None
        return baseline(task, self.config.seed, self.config.scoring)

    def to_json(self) -> dict[str, Any]:
        """Returns what `seqmem task --json` prints."""
        return task_document(self.config, self.count)


def first_presentations(config: RunConfig, count: int) -> SequenceBatch:
    """Returns what training begins with."""
    return SequenceStream(config.task, config.seed, "training", config.shuffle).take(count)


def task_sequences(config: RunConfig, count: int | None = None) -> SequenceBatch:
    """Returns sequences of a task.

    Args:
        config: The task, with the seed of the first replicate and the order of presentation.
        count: How many presentations, the first of training. None lists every sequence once, or takes the first 10
            presentations where fillers are drawn again for each.

    Raises:
        SettingError: If `count` makes more steps than fit into memory.
    """
    # a sequence has one symbol more than steps: the last is a target alone
    if count and count * (config.task.time + 1) > MOST_SYMBOLS:
        raise SettingError(
            "count", count, f"must be at most {MOST_SYMBOLS // (config.task.time + 1)} for sequences of this length"
        )
    if count is None and config.task.finite:
        return finite_sequences(config.task, config.seed)
    return first_presentations(config, count or DRAWN)


def sequence_arrays(batch: SequenceBatch, task: Task) -> dict[str, np.ndarray]:
    """Returns the arrays of sequences by name.

    `symbols` int32 `(batch, time + 1)`; `inputs`, `targets` float32 `(batch, time, alphabet)`, one-hot, zeros where a
    step does not exist or nothing is asked; `valid`, `recall`, `settled` bool `(batch, time)`; and `alphabet`, text
    `(alphabet,)`. Where targets are labels, `output_alphabet` holds these in place of `symbols`.
    """
    # labels are no symbols of the sequence, so inputs and targets are not one row of symbols
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
    """Returns each sequence as plain lists: symbols in words, and which steps are settled and need memory.

    The target is None where nothing is asked.
    """
    rows = []
    for row in range(len(batch)):
        # shorter sequences are filled up to the longest in a batch; what was filled up is left out here
        steps = batch.valid[row]
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
    """Returns what `seqmem task --json` prints: the settings, the baseline, and sequences."""
    task = config.task
    return {
        "config": config.to_settings(),
        "alphabet": task.input_symbols,
        **({"output_alphabet": task.output_symbols} if task.labelled else {}),
        "finite": task.finite,
        "baseline": dataclasses.asdict(baseline(task, config.seed, config.scoring)),
        "sequences": sequence_rows(task_sequences(config, count), task),
    }
