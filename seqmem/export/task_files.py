"""A task's sequences, written to a file for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError, did_you_mean
from seqmem.results.task import sequence_rows, task_sequences
from seqmem.storage.atomic import new_file
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.layout import one_hot

LARGEST_ARRAYS = 4 * 2**30  # bytes


def write_task_file(config: RunConfig, path: Path, count: int | None = None) -> int:
    """Writes sequences to a new file of the kind that its name ends in.

    `.npz` holds the arrays `symbols` int32 `(batch, time + 1)`; `inputs`, `targets` float32
    `(batch, time, alphabet)`, one-hot, zeros where a step does not exist or nothing is asked; `valid`, `recall`,
    `settled` bool `(batch, time)`; and `alphabet`, text `(alphabet,)`. Where targets are labels, `output_alphabet`
    holds these in place of `symbols`. `.csv` holds a step a line, `.jsonl` a sequence a line.

    Returns:
        How many sequences were written.

    Raises:
        UsageError: If the name ends otherwise, the file is there already, or the arrays would be too large.
    """
    if path.suffix not in WRITERS:
        known = ", ".join(WRITERS)
        raise UsageError(f"{path}: must end in one of {known}{did_you_mean(path.suffix, WRITERS)}")
    with new_file(path) as file:
        batch = task_sequences(config, count)
        WRITERS[path.suffix](file, batch, config)
    return len(batch)


def _write_npz(file: BinaryIO, batch: SequenceBatch, config: RunConfig) -> None:
    task = config.task
    size = 4 * batch.valid.size * (len(task.input_symbols) + len(task.output_symbols))
    if size > LARGEST_ARRAYS:
        raise UsageError(f"one-hot arrays of {size / 2**30:.1f} GiB are too large: ask for fewer with --count")
    np.savez_compressed(
        file,
        allow_pickle=False,
        **({"output_alphabet": np.array(task.output_symbols)} if task.labelled else {"symbols": batch.symbols}),
        inputs=one_hot(np.where(batch.valid, batch.inputs, -1), len(task.input_symbols)),
        targets=one_hot(np.where(batch.asked, batch.targets, -1), len(task.output_symbols)),
        valid=batch.valid,
        recall=batch.recall,
        settled=batch.settled,
        alphabet=np.array(task.input_symbols),
    )


def _write_csv(file: BinaryIO, batch: SequenceBatch, config: RunConfig) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sequence", "step", "input", "target", "recall", "settled"])
    for number, row in enumerate(sequence_rows(batch, config.task)):
        steps = zip(row["inputs"], row["targets"], map(int, row["recall"]), map(int, row["settled"]), strict=True)
        writer.writerows([number, step, *values] for step, values in enumerate(steps))
    text.detach()


def _write_jsonl(file: BinaryIO, batch: SequenceBatch, config: RunConfig) -> None:
    for row in sequence_rows(batch, config.task):
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


WRITERS: dict[str, Callable[[BinaryIO, SequenceBatch, RunConfig], None]] = {
    ".npz": _write_npz,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
