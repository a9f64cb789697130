"""The user's own sequences, of any words and different lengths."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from seqmem.errors import SettingError, UsageError
from seqmem.settings import Kind, Words, read_settings, setting

if TYPE_CHECKING:
    import numpy as np

    from seqmem.tasks.batch import SequenceBatch


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
        from seqmem.tasks import explicit_arrays

        return int(explicit_arrays.sequence_batch(self).recall.any(axis=1).sum())

    def all_sequences(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists the sequences in the order given; nothing is drawn from `rng`."""
        from seqmem.tasks import explicit_arrays

        return explicit_arrays.sequence_batch(self)

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the recall steps that no network without memory can tell apart: those with the same last symbol.

        Returns:
            int64 `(batch, time)`; -1 at other steps.
        """
        from seqmem.tasks import explicit_arrays

        return explicit_arrays.symbol_groups(batch)

    def recallable(self) -> np.ndarray:
        """Bool `(alphabet,)`: the symbols that are ever to be recalled."""
        from seqmem.tasks import explicit_arrays

        return explicit_arrays.recalled_symbols(self)


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
