"""A task's sequences, drawn for a look or written to a file for other programs."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from seqmem.config import RunConfig
from seqmem.errors import SettingError, UsageError, did_you_mean
from seqmem.judge.baseline import baseline
from seqmem.new_files import new_file
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.encoding import one_hot
from seqmem.tasks.streams import SequenceStream, finite_sequences

# sequences of a task that has too many to list them all, where nobody says how many
DRAWN = 10
MOST_SYMBOLS = 2**28
LARGEST_ARRAYS = 4 * 2**30  # bytes


def task_sequences(config: RunConfig, count: int | None = None) -> SequenceBatch:
    """Returns sequences of a task.

    Args:
        config: The task, with the seed of the first replicate and the order of presentation.
        count: The first so many presentations of training. None lists every sequence once, or takes the first 10
            presentations where fillers are drawn anew for each.

    Raises:
        SettingError: If `count` makes more steps than fit into memory.
    """
    if count and count * (config.task.time + 1) > MOST_SYMBOLS:
        raise SettingError(
            "count", count, f"must be at most {MOST_SYMBOLS // (config.task.time + 1)} for sequences of this length"
        )
    if count is None and config.task.finite:
        return finite_sequences(config.task, config.seed)
    return SequenceStream(config.task, config.seed, "training", config.shuffle).take(count or DRAWN)


def sequence_rows(batch: SequenceBatch, alphabet: tuple[str, ...]) -> list[dict[str, Any]]:
    """Returns each sequence as plain lists: symbols in words, and which steps are settled and need memory."""
    rows = []
    for symbols, valid, settled, recall in zip(batch.symbols, batch.valid, batch.settled, batch.recall, strict=True):
        steps = int(valid.sum())
        words = [alphabet[symbol] for symbol in symbols[: steps + 1]]
        rows.append(
            {
                "inputs": words[:-1],
                "targets": words[1:],
                "recall": recall[:steps].tolist(),
                "settled": settled[:steps].tolist(),
            }
        )
    return rows


def task_document(config: RunConfig, count: int | None = None) -> dict[str, Any]:
    """Returns what `seqmem task --json` prints: the settings, the baseline, and sequences."""
    task = config.task
    return {
        "config": config.to_settings(),
        "alphabet": task.alphabet,
        "finite": task.finite,
        "baseline": dataclasses.asdict(baseline(task, config.seed, config.head)),
        "sequences": sequence_rows(task_sequences(config, count), task.alphabet),
    }


def write_task_file(config: RunConfig, path: Path, count: int | None = None) -> int:
    """Writes sequences to a new file of the kind that its name ends in.

    `.npz` holds the arrays `symbols` int32 `(batch, time + 1)`; `inputs`, `targets` float32
    `(batch, time, alphabet)`, one-hot, zeros where a step does not exist; `valid`, `recall`, `settled` bool
    `(batch, time)`; and `alphabet`, text `(alphabet,)`. `.csv` holds a step a line, `.jsonl` a sequence a line.

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
        WRITERS[path.suffix](file, batch, config.task.alphabet)
    return len(batch)


def _write_npz(file: BinaryIO, batch: SequenceBatch, alphabet: tuple[str, ...]) -> None:
    size = 2 * 4 * batch.valid.size * len(alphabet)
    if size > LARGEST_ARRAYS:
        raise UsageError(f"one-hot arrays of {size / 2**30:.1f} GiB are too large: ask for fewer with --count")
    np.savez_compressed(
        file,
        allow_pickle=False,
        symbols=batch.symbols,
        inputs=one_hot(np.where(batch.valid, batch.inputs, -1), len(alphabet)),
        targets=one_hot(np.where(batch.valid, batch.targets, -1), len(alphabet)),
        valid=batch.valid,
        recall=batch.recall,
        settled=batch.settled,
        alphabet=np.array(alphabet),
    )


def _write_csv(file: BinaryIO, batch: SequenceBatch, alphabet: tuple[str, ...]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sequence", "step", "input", "target", "recall", "settled"])
    for number, row in enumerate(sequence_rows(batch, alphabet)):
        steps = zip(row["inputs"], row["targets"], map(int, row["recall"]), map(int, row["settled"]), strict=True)
        writer.writerows([number, step, *values] for step, values in enumerate(steps))
    text.detach()


def _write_jsonl(file: BinaryIO, batch: SequenceBatch, alphabet: tuple[str, ...]) -> None:
    for row in sequence_rows(batch, alphabet):
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


WRITERS: dict[str, Callable[[BinaryIO, SequenceBatch, tuple[str, ...]], None]] = {
    ".npz": _write_npz,
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
}
