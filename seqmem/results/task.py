"""A task's sequences, drawn for a look."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import SettingError
from seqmem.judge.baseline import baseline
from seqmem.tasks import ExplicitSequences
from seqmem.tasks.conflicting import conflicting_example, filler_strings
from seqmem.tasks.explicit import explicit_examples
from seqmem.tasks.streams import SequenceStream, finite_sequences, stream_rng
from seqmem.tasks.task import Example, SequenceBatch

# sequences of a task that has too many to list them all, where nobody says how many
DRAWN = 10
MOST_SYMBOLS = 2**28


def example_sequences(config: Any, count: int) -> list[Example]:
    """Returns the first sequences of a task, one for each cue; a range of gaps shows its shortest and its longest.

    Nothing is enumerated, so that a task of any size answers at once.
    """
    task = config.task
    if isinstance(task, ExplicitSequences):
        return explicit_examples(task)[:count]
    if task.fillers == "fresh" and task.pool is None:
        strings = stream_rng(config.seed, "training").integers(0, task.filler_count, (count, task.gap[1]))
    else:
        one = dataclasses.replace(task, pool=1) if task.pool else task
        strings = filler_strings(one, stream_rng(config.seed, "strings")).repeat(count, axis=0)
    gaps = sorted(set(task.gap))
    cues = min(task.cues, max(1, count // len(gaps)))
    pairs = [(gap, cue) for gap in gaps for cue in range(cues)][:count]
    return [conflicting_example(task, cue, strings[row, :gap]) for row, (gap, cue) in enumerate(pairs)]


def batch_examples(task: Any, batch: SequenceBatch) -> list[Example]:
    """Returns the sequences of a batch in their order."""
    if isinstance(task, ExplicitSequences):
        parts = {one.symbols: one for one in explicit_examples(task)}
    examples = []
    for symbols, valid in zip(batch.symbols, batch.valid, strict=True):
        indices = symbols[: int(valid.sum()) + 1]
        if isinstance(task, ExplicitSequences):
            examples.append(parts[tuple(task.alphabet[index] for index in indices)])
        else:
            fillers = indices[1 : len(indices) - 1 - task.trigger]
            examples.append(conflicting_example(task, int(indices[0]) - task.filler_count, fillers))
    return examples


def _first_presentations(config: RunConfig, count: int) -> SequenceBatch:
    return SequenceStream(config.task, config.seed, "training", config.shuffle).take(count)


def total_sequences(task: Any) -> int | None:
    """Returns how many different sequences a task has at most."""
    if not hasattr(task, "gap"):
        return len(set(task.sequences))
    low, high = task.gap
    if task.finite:
        return task.cues * (high - low + 1) * (task.pool or 1)
    digits = high * math.log10(max(2, task.filler_count))
    if digits > 300:
        return None
    return task.cues * sum(task.filler_count**gap for gap in range(low, high + 1))


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
