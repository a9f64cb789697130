"""The user's own sequences, of any words and different lengths."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from seqmem.errors import SettingError, UsageError
from seqmem.settings import Kind, Words, read_settings, setting
from seqmem.tasks.contexts import agreeing, prefix_ids, refine, settling_lengths
from seqmem.tasks.task import Example, SequenceBatch

LARGEST_SEARCH = 2_000_000  # steps times length, above which the deciding symbols are not looked for


def explicit_examples(task: ExplicitSequences) -> list[Example]:
    """Returns the user's sequences; the cue of a recall step is the oldest symbol that it takes to settle it."""
    batch = sequence_batch(task)
    size = batch.valid.size * batch.valid.shape[1]
    lengths = settling_lengths(batch.inputs, batch.targets, batch.valid) if size <= LARGEST_SEARCH else None
    examples = []
    for row, symbols in enumerate(task.sequences):
        parts = ["filler"] * len(symbols)
        for step in np.flatnonzero(batch.recall[row]):
            parts[step + 1] = "recall"
        if lengths is not None:
            for step in np.flatnonzero(batch.recall[row]):
                parts[max(0, step + 1 - lengths[row, step])] = "cue"
        examples.append(Example(tuple(symbols), tuple(parts)))
    return examples


@dataclasses.dataclass(frozen=True)
class Sequences(Kind):
    """A list of sequences, each words set apart by blanks."""

    metavar = '"A B C"'

    def check(self, name: str, value: Any) -> tuple[tuple[str, ...], ...]:
        if isinstance(value, str) or not isinstance(value, (list, tuple)) or not value:
            raise SettingError(name, value, "must be a list of sequences")
        rows = tuple(Words().read(name, row) for row in value)
        for row in rows:
            if len(row) < 2:
                raise SettingError(name, " ".join(row), "a sequence must have at least 2 symbols")
        return rows

    def write(self, value: Any) -> Any:
        return [" ".join(row) for row in value]


@dataclasses.dataclass(frozen=True)
class ExplicitSequences:
    """Sequences as the user gave them; each is presented once an epoch, in the order given.

    A step is settled where the whole prefix determines its target among these sequences. It is a recall step if beside
    that another sequence has the same last symbol and another target there, as far from its start or from its end::

        the cat sat   ->  inputs the cat   targets cat sat
        a   cat ran       inputs a   cat   targets cat ran      after "cat" only the first word decides
    """

    name: ClassVar[str] = "explicit"
    finite: ClassVar[bool] = True
    same_for_every_seed: ClassVar[bool] = True

    sequences: tuple[tuple[str, ...], ...] = setting(
        (), Sequences(), "A sequence of your own, words set apart by blanks; repeat it.", "Task"
    )
    symbols: tuple[str, ...] | None = setting(
        None, Words(optional=True), "The alphabet in this order [default: by number, or by first appearance].", "Task"
    )

    def __post_init__(self) -> None:
        read_settings(self)
        used = list(dict.fromkeys(word for row in self.sequences for word in row))
        if self.symbols is None:
            numbers = all(word.isascii() and word.isdigit() for word in used)
            object.__setattr__(self, "symbols", tuple(sorted(used, key=int) if numbers else used))
        alphabet = " ".join(self.alphabet)
        if len(set(self.alphabet)) < len(self.alphabet):
            raise SettingError("symbols", alphabet, "must all be different")
        missing = [word for word in used if word not in set(self.alphabet)]
        if missing:
            raise SettingError("symbols", alphabet, f"must hold every word of the sequences: {missing[0]!r} is missing")
        if len(self.alphabet) < 2:
            raise SettingError("sequences", alphabet, "must use at least 2 different symbols")

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The symbols as words, by index."""
        return self.symbols or ()

    @property
    def epoch_size(self) -> int:
        """Presentations in an epoch: each sequence once."""
        return len(self.sequences)

    @property
    def time(self) -> int:
        """Steps of the longest sequence."""
        return max(map(len, self.sequences)) - 1

    @property
    def equal_lengths(self) -> bool:
        """Whether all sequences have the same number of steps."""
        return len({len(row) for row in self.sequences}) == 1

    @property
    def sequences_with_recall(self) -> int:
        """How many sequences of an epoch have a recall step."""
        return int(sequence_batch(self).recall.any(axis=1).sum())

    def all_sequences(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists the sequences in the order given; nothing is drawn from `rng`."""
        return sequence_batch(self)

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the recall steps that no network without memory can tell apart: those with the same last symbol.

        Returns:
            int64 `(batch, time)`; -1 at other steps.
        """
        return symbol_groups(batch)

    def recallable(self) -> np.ndarray:
        """Bool `(alphabet,)`: the symbols that are ever to be recalled."""
        return recalled_symbols(self)


def read_sequences(path: Path) -> list[str]:
    """Reads a file of sequences: one a line, any words set apart by blanks; empty lines do not count.

    Raises:
        UsageError: If the file cannot be read as text, has no sequence, or a line has a single symbol.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if len(line.split()) == 1:
            raise UsageError(f"{path}: line {number}: a sequence must have at least 2 symbols, got {line.strip()!r}")
    sequences = [line.strip() for line in lines if line.strip()]
    if not sequences:
        raise UsageError(f"{path}: has no sequence; write one a line, its symbols set apart by blanks")
    return sequences


def memory_needed(task: Any) -> int:
    """Returns how many of the last symbols settle the target of every recall step; 0 where the task has none."""
    if hasattr(task, "gap"):
        return task.time
    batch = sequence_batch(task)
    lengths = settling_lengths(batch.inputs, batch.targets, batch.valid)
    return int(lengths[batch.recall].max(initial=0))


def sequence_batch(task: Any) -> SequenceBatch:
    """Returns all sequences, padded to the longest, with their settled and recall steps."""
    index = {word: number for number, word in enumerate(task.alphabet)}
    symbols = np.zeros((len(task.sequences), task.time + 1), np.int32)
    valid = np.zeros((len(task.sequences), task.time), bool)
    for row, words in enumerate(task.sequences):
        symbols[row, : len(words)] = [index[word] for word in words]
        valid[row, : len(words) - 1] = True
    settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], valid)
    return SequenceBatch(symbols, valid, settled, settled & contradicted(symbols, valid))


def contradicted(symbols: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Marks the steps that another sequence answers otherwise at the same place.

    Args:
        symbols: int `(batch, time + 1)`.
        valid: bool `(batch, time)`, the steps that exist.

    Returns:
        bool `(batch, time)`: another sequence has the same symbol there and another target, as many steps from its
        start, or as many from its end. So the place in the sequence does not settle the step, only the sequence does.
    """
    inputs, targets = symbols[:, :-1], symbols[:, 1:]
    from_start = np.broadcast_to(np.arange(valid.shape[1]), valid.shape)
    from_end = valid.sum(axis=1)[:, None] - from_start
    same = [agreeing(refine(place, inputs), targets, valid) for place in (from_start, from_end)]
    return valid & ~(same[0] & same[1])


def symbol_groups(batch: SequenceBatch) -> np.ndarray:
    """Numbers recall steps by their last symbol; see `ExplicitSequences.groups`."""
    return np.where(batch.recall, batch.inputs.astype(np.int64), -1)


def recalled_symbols(task: Any) -> np.ndarray:
    """Marks the targets of recall steps; see `ExplicitSequences.recallable`."""
    batch = sequence_batch(task)
    marked = np.zeros(len(task.alphabet), bool)
    marked[batch.targets[batch.recall]] = True
    return marked
