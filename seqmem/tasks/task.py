"""The contract of a task: all that other modules use of it."""

from __future__ import annotations

import abc
import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from seqmem.errors import SettingError
from seqmem.settings import Kind, Span, Value, Words, setting
from seqmem.tasks.batch import Example, SequenceBatch, plain_examples

ROLES = ("weights", "strings", "training", "checks", "evaluation")
# The symbols that may follow a context, in groups of equally likely ones: (probability mass of the group per
# presentation, the part of it at recall steps, number of symbols in the group).
Context = list[tuple[float, float, int]]

# Settings that several tasks share: one meaning and one default per name.
SHARED: dict[str, tuple[object, Kind, str]] = {
    "symbols": (
        None,
        Words(optional=True),
        "The alphabet as words, in order; of the conflicting task fillers, then cues, then the trigger "
        "[default: numbers; the words of your own sequences as they appear].",
    ),
    "gap": ((3, 3), Span(1), "Fillers between the cue and its recall; N:M draws a gap for each sequence."),
}


def shared_setting(name: str) -> Any:
    """Declares a field of a task as the setting of this name in `SHARED`."""
    return setting(*SHARED[name], "Task")


def stream_rng(seed: int, role: str) -> np.random.Generator:
    """Returns the generator for one of the `ROLES` of a seed; the streams of different roles are independent."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(ROLES.index(role),)))


@dataclasses.dataclass(frozen=True)
class Conflict:
    """A conflict for predictors that see one symbol only: the same symbol is followed by different ones.

    Attributes:
        after: The symbols before the conflict; empty if `place` describes them.
        options: The symbols that may follow.
        decides: What determines the one that follows, as a clause.
        place: The place of the conflict, in words.
        at_end: The symbols that may follow at the end of a sequence only.
    """

    after: tuple[str, ...]
    options: tuple[str, ...]
    decides: str
    place: str = ""
    at_end: tuple[str, ...] = ()


class Task(abc.ABC):
    """A task: what is shown to a network, what it is asked, and how much memory that takes.

    Each task is a frozen dataclass in its own file, with its settings as fields and one line in `seqmem.tasks`. Other
    modules use the members below and never check the type of a task.
    """

    name: ClassVar[str]  # as in `--task NAME`
    summary: ClassVar[str]  # its line in `--help`
    # what the recall steps of one group have in common
    group_words: ClassVar[tuple[str, str]] = ("group", "of sequences that look alike")

    @classmethod
    def stray(cls) -> str:
        """Returns the reason why a setting of another task is refused."""
        return f"does not go with the {cls.name} task"

    @property
    @abc.abstractmethod
    def input_symbols(self) -> tuple[str, ...]:
        """The input alphabet: symbols as words, by index."""

    @property
    def output_symbols(self) -> tuple[str, ...]:
        """The output alphabet; the same as the input alphabet if the target is the next symbol."""
        return self.input_symbols

    @property
    @abc.abstractmethod
    def time(self) -> int:
        """Steps of the longest sequence."""

    @property
    @abc.abstractmethod
    def epoch_size(self) -> int:
        """Presentations in an epoch."""

    @property
    def memory_needed(self) -> int:
        """How many of the last symbols determine the target of every recall step; 0 without recall steps."""
        return self.time

    @property
    def finite(self) -> bool:
        """Whether all sequences can be listed."""
        return False

    @property
    def equal_lengths(self) -> bool:
        """Whether all sequences have the same number of steps."""
        return self.gap is None or self.gap[0] == self.gap[1]

    @property
    def same_for_every_seed(self) -> bool:
        """Whether every replicate has the same sequences."""
        return False

    @property
    def at_random(self) -> bool:
        """Whether training draws the item of every presentation, instead of each once per epoch."""
        return False

    @property
    def asks_everywhere(self) -> bool:
        """Whether every step has a target."""
        return True

    @property
    def labelled(self) -> bool:
        """Whether targets are labels from an alphabet of their own instead of next symbols."""
        return self.output_symbols != self.input_symbols

    @property
    def sequences_with_recall(self) -> int:
        """How many sequences of an epoch have a recall step."""
        return self.epoch_size

    @property
    def settled_somewhere(self) -> bool:
        """Whether any target is determined by the symbols before it."""
        return True

    @property
    def recall_distance(self) -> int:
        """The largest number of symbols between a cue and its recall: the longest gap, if the task has gaps."""
        return self.gap[1] if self.gap else max(0, self.memory_needed - 1)

    @property
    def gap(self) -> tuple[int, int] | None:
        """Fewest and most fillers between a cue and its recall; None for a task without fillers."""
        return None

    @property
    def fresh(self) -> bool:
        """Whether new fillers are drawn for every presentation."""
        return False

    @property
    def cues_per_group(self) -> int:
        """Number of cues in one group of sequences that otherwise look alike, as far as known."""
        return 2

    @property
    def alphabet_size(self) -> int | None:
        """Size of the alphabet, if that is a setting; else None."""
        return None

    @property
    def default_alphabet_size(self) -> int | None:
        """Default of `alphabet_size`."""
        return None

    @property
    def reserved_symbols(self) -> int | None:
        """Symbols of the alphabet that are not fillers; None if `alphabet_size` is not a setting."""
        return None

    @property
    def sequence_count(self) -> int | None:
        """Upper bound on the number of different sequences; None if it exceeds the range of a float."""
        return None

    @property
    def magnitude(self) -> int:
        """The nearest power of ten of the number of sequences."""
        return round(math.log10(self.sequence_count or 1))

    def enumerate(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists every sequence of a finite task once: those of one epoch, then their variants, epoch by epoch.

        Args:
            rng: Draws the parts that depend on the seed.
        """
        raise NotImplementedError(f"the sequences of the {self.name} task cannot be listed")

    def draw(
        self, items: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None = None
    ) -> SequenceBatch:
        """Draws one sequence for each item, for tasks that are not finite.

        Args:
            items: int `(batch,)`, from 0 to below `epoch_size`: a cue, a class or a row.
            rngs: Two generators, `variants` and `fillers`. Drawing 2 and then 3 sequences must equal drawing 5.
            strings: int `(batch,)`, numbers from 0 without gaps: sequences with the same number share everything but
                their item. None gives each sequence its own.
        """
        raise NotImplementedError(f"the sequences of the {self.name} task are listed, not drawn")

    def contexts(self, order: int, window: int = 1) -> Iterator[Context] | None:
        """Returns, in closed form, what follows each context of the last `order` symbols; None if unknown.

        Args:
            order: Symbols seen.
            window: A context also holds all symbols since the last multiple of `window` steps, and their number.
        """
        return None

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the groups of recall steps that look alike without memory: those with the same last symbol.

        Returns:
            int64 `(recall steps,)`, sequence by sequence; -1 where one belongs to no group.
        """
        return batch.inputs[batch.recall].astype(np.int64)

    def recallable(self) -> np.ndarray:
        """Bool `(output symbols,)`: the symbols that occur as targets of recall steps."""
        return np.ones(len(self.output_symbols), bool)

    @abc.abstractmethod
    def words(self) -> list[str]:
        """Its settings as phrases: `gap 2 to 5`, `2 cues`."""

    @abc.abstractmethod
    def conflict(self, seed: int) -> list[Conflict]:
        """Returns the conflicts in the sequences of this seed, and what decides each of them."""

    def examples(self, seed: int, count: int) -> list[Example]:
        """Returns `count` sequences to draw, without listing all sequences of a large task."""
        if self.finite:
            return self.examples_of(self.enumerate(stream_rng(seed, "strings"))[:count])
        rngs = dict.fromkeys(("variants", "fillers"), stream_rng(seed, "training"))
        return self.examples_of(self.draw(np.arange(count) % self.epoch_size, rngs))

    def examples_of(self, batch: SequenceBatch) -> list[Example]:
        """Returns the sequences of a batch in their order, with the part of each symbol."""
        return plain_examples(batch, self.input_symbols, self.output_symbols)

    def facts(self) -> list[tuple[str, str]]:
        """Returns further facts about its sequences, each with a label."""
        return []

    def notes(self) -> list[str]:
        """Returns sentences on what a result on this task does and does not show."""
        return []

    def implied(self) -> set[str]:
        """Returns the names of settings that follow from the others and can be left out of a command."""
        return set()

    def harder(self) -> tuple[dict[str, Value], str] | None:
        """Returns changed settings that make the task harder, and the question that they answer."""
        return None

    def with_gap(self, gap: int) -> Task:
        """Returns the same task over another gap, with the same alphabet; SettingError where it has no gap."""
        raise SettingError("gap", gap, f"the {self.name} task has no gap")

    def with_fillers(self, fillers: str) -> Task:
        """Returns the same task with other fillers, from no pool; SettingError where it has none."""
        raise SettingError("fillers", fillers, f"the {self.name} task has no fillers")

    def with_cues(self) -> Task | None:
        """Returns the same sequences, each with its own new symbol in front; None if they need none."""
        return None
