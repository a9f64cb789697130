"""The generated task: the same fillers after different cues, and the cue again at the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from seqmem.errors import SettingError
from seqmem.settings import Choice, Flag, Integer, Span, Words, read_settings, setting

# numpy, and what needs it, is imported where it is used: `--help` reads the declarations and must not wait.
if TYPE_CHECKING:
    import numpy as np

    from seqmem.tasks.batch import SequenceBatch


# An alphabet that grows with the gap makes the task harder in a way that has nothing to do with memory.
MOST_SYMBOLS = 12
FEWEST_FILLERS = 4


@dataclasses.dataclass(frozen=True)
class ConflictingSequences:
    """A cue, a gap of fillers, and the cue again: only memory can tell the last symbol.

    With the defaults these are the tutorial's two sequences; the last target is the one recall step::

        cue  fillers  recall
         3    0 1 2     3
         4    0 1 2     4

    The alphabet holds the fillers first, then the cues, then the trigger. Fillers never depend on the cue.
    """

    name: ClassVar[str] = "conflicting"

    alphabet_size: int | None = setting(
        None,
        Integer(2, 100_000, optional=True),
        "Symbols in the alphabet [default: as many as the gap needs, at most 12 or 4 fillers].",
        "Task",
    )
    symbols: tuple[str, ...] | None = setting(
        None, Words(optional=True), "How the symbols are shown: fillers, then cues, then the trigger.", "Task"
    )
    gap: tuple[int, int] = setting((3, 3), Span(1), "Fillers between the cue and its recall.", "Task")
    cues: int = setting(2, Integer(2, 10_000), "Cues, each with a sequence of its own.", "Task")
    fillers: str = setting(
        "ordered",
        Choice(("ordered", "fixed", "fresh")),
        "In alphabet order, drawn once from the seed, or drawn anew for each sequence.",
        "Task",
    )
    pool: int | None = setting(
        None, Integer(1, 100_000, optional=True), "Draw fresh fillers from this many fixed strings only.", "Task"
    )
    trigger: bool = setting(False, Flag(), "Put a symbol after the fillers that says: recall now.", "Task")

    def __post_init__(self) -> None:
        read_settings(self)
        reserved = self.cues + self.trigger
        if self.symbols is not None:
            if len(set(self.symbols)) < len(self.symbols):
                raise SettingError("symbols", " ".join(self.symbols), "must all be different")
            if self.alphabet_size not in (None, len(self.symbols)):
                raise SettingError("symbols", " ".join(self.symbols), f"must be {self.alphabet_size} words")
        size = self.alphabet_size or (len(self.symbols) if self.symbols else self.default_alphabet_size)
        if size <= reserved:
            setting_name = "symbols" if self.symbols and not self.alphabet_size else "alphabet_size"
            raise SettingError(
                setting_name, size, f"must be at least {reserved + 1}: the cues and the trigger take {reserved}"
            )
        if self.pool is not None and self.fillers != "fresh":
            raise SettingError("pool", self.pool, "needs fillers = fresh")
        object.__setattr__(self, "alphabet_size", size)

    @property
    def default_alphabet_size(self) -> int:
        """As many symbols as the gap needs, but at most 12, or those that leave 4 fillers beside many cues."""
        reserved = self.cues + self.trigger
        return min(self.gap[1] + reserved, max(MOST_SYMBOLS, reserved + FEWEST_FILLERS))

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The symbols as words, by index."""
        return self.symbols or tuple(str(index) for index in range(self.alphabet_size or 0))

    @property
    def filler_count(self) -> int:
        """How many symbols of the alphabet are fillers: the first ones."""
        return len(self.alphabet) - self.cues - self.trigger

    @property
    def epoch_size(self) -> int:
        """Presentations in an epoch: each cue once."""
        return self.cues

    @property
    def time(self) -> int:
        """Steps of the longest sequence."""
        return self.gap[1] + 1 + self.trigger

    @property
    def finite(self) -> bool:
        """Whether all sequences can be listed."""
        return self.fillers != "fresh" or self.pool is not None

    @property
    def equal_lengths(self) -> bool:
        """Whether all sequences have the same number of steps."""
        return self.gap[0] == self.gap[1]

    @property
    def sequences_with_recall(self) -> int:
        """How many sequences of an epoch have a recall step: all, their last step, by construction."""
        return self.epoch_size

    @property
    def same_for_every_seed(self) -> bool:
        """Whether every replicate has the same sequences."""
        return self.fillers == "ordered"

    def all_sequences(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists every sequence of a finite task, once each: variant by variant, each with all cues in order.

        Args:
            rng: Draws the fixed filler strings.

        Returns:
            A batch of `cues * gaps * strings` sequences; the cue changes fastest.
        """
        from seqmem.tasks import conflicting_sampling

        return conflicting_sampling.enumerate_sequences(self, rng)

    def draw(
        self, items: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None = None
    ) -> SequenceBatch:
        """Draws one sequence with fresh fillers for each item.

        Args:
            items: int `(batch,)`, cue numbers from 0.
            rngs: `variants` draws the gaps and `fillers` the fillers. Two generators, so that drawing 2 and then 3
                gives what drawing 5 gives.
            strings: int `(batch,)`, from 0 without a number left out: sequences with the same number share gap and
                fillers. None gives each its own.
        """
        from seqmem.tasks import conflicting_sampling

        return conflicting_sampling.draw_sequences(self, items, rngs, strings)

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the recall steps that no network without memory can tell apart: those after the same fillers.

        Returns:
            int64 `(batch, time)`; -1 at other steps, and where the string of fillers is only the beginning of another
            one, which a network may have answered by the same luck.
        """
        from seqmem.tasks import conflicting_sampling

        return conflicting_sampling.string_groups(self, batch)

    def recallable(self) -> np.ndarray:
        """Bool `(alphabet,)`: the symbols that are ever to be recalled: the cues."""
        from seqmem.tasks import conflicting_sampling

        return conflicting_sampling.cue_symbols(self)
