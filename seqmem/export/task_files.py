"""The sequences of a task as files for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.config.sequence_formats import STEP_COLUMNS
from seqmem.errors import UsageError, did_you_mean
from seqmem.results.task import SequenceBatch, Task, sequence_arrays, sequence_rows, task_sequences

LARGEST_ARRAYS = 4 * 2**30  # bytes


def check_ending(path: Path) -> None:
    """Raises UsageError unless sequences can be written to a file of this name."""
    if path.suffix not in WRITERS:
        endings = ", ".join(WRITERS)
        raise UsageError(f"{path}: must end in one of {endings}{did_you_mean(path.suffix, WRITERS)}", "to", str(path))


def write_sequences(config: RunConfig, file: BinaryIO, ending: str, count: int | None = None) -> int:
    """Writes sequences of a task to a file in the format of its ending, and returns how many.

    `.npz` holds the arrays of `seqmem.results.task.sequence_arrays`, `.csv` one step per line, `.jsonl` and
    `.txt` one sequence; all but the first are read again as sequences of one's own, where targets are next symbols.

    Raises:
        UsageError: If the arrays would be too large, or the format cannot hold the task.
    """
    batch = task_sequences(config, count)
    WRITERS[ending](file, batch, config.task)
    return len(batch)


def _write_npz(file: BinaryIO, batch: SequenceBatch, task: Task) -> None:
    # bytes: a float32 for each symbol at each step, of inputs and of targets
    size = 4 * batch.valid.size * (len(task.input_symbols) + len(task.output_symbols))
    if size > LARGEST_ARRAYS:
        raise UsageError(f"one-hot arrays of {size / 2**30:.1f} GiB are too large: ask for fewer with --count")
    np.savez_compressed(file, allow_pickle=False, **sequence_arrays(batch, task))


def _write_csv(file: BinaryIO, batch: SequenceBatch, task: Task) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(STEP_COLUMNS)
    for number, row in enumerate(sequence_rows(batch, task)):
        steps = zip(row["inputs"], row["targets"], map(int, row["recall"]), map(int, row["settled"]), strict=True)
        writer.writerows([number, step, *values] for step, values in enumerate(steps))
    text.detach()  # or the wrapper would close the caller's file when it is deleted


def _write_jsonl(file: BinaryIO, batch: SequenceBatch, task: Task) -> None:
    for row in sequence_rows(batch, task):
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _write_txt(file: BinaryIO, batch: SequenceBatch, task: Task) -> None:
    for row in sequence_rows(batch, task):
        # a line of symbols says what comes next by what stands next
        if row["inputs"][1:] != row["targets"][:-1] or row["targets"][-1] is None:
            raise UsageError(
                f".txt holds symbols alone, and the {task.name} task has labels beside: write .csv or .jsonl"
            )
        file.write(" ".join([*row["inputs"], row["targets"][-1]]).encode() + b"\n")


WRITERS: dict[str, Callable[[BinaryIO, SequenceBatch, Task], None]] = {
    ".npz": _write_npz,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".txt": _write_txt,
}
