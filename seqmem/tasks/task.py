"""The contract of a task: what everything else may ask of it."""

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
# What may follow a context: answers alike as (probability mass per presentation of these answers together, the part of
# it that comes at recall steps, how many answers share it equally).
Context = list[tuple[float, float, int]]

# Settings that several tasks have: their name means one thing, with one default, wherever it stands.
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
    """Declares a field of a task as the setting that `SHARED` holds under this name."""
    return setting(*SHARED[name], "Task")


def stream_rng(seed: int, role: str) -> np.random.Generator:
    """Returns the generator of one of the `ROLES` of a seed; streams of different roles never overlap."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(ROLES.index(role),)))


@dataclasses.dataclass(frozen=True)
class Conflict:
    """Where a task contradicts itself for those who see one symbol only.

    Attributes:
        after: The symbols that it comes after; empty where `place` says it.
        options: What may follow.
        decides: Who decides which, as a clause.
        place: Where these symbols stand, in words.
        at_end: What may follow at the end of a sequence only.
    """

    after: tuple[str, ...]
    options: tuple[str, ...]
    decides: str
    place: str = ""
    at_end: tuple[str, ...] = ()


class Task(abc.ABC):
    """The waist between tasks and everything else.

    A task is a frozen dataclass whose fields are its settings, in a file of its own, with a line in `seqmem.tasks`.
    It says what is shown, what is asked and what memory it takes; nothing else asks what kind of task it is.
    """

    name: ClassVar[str]  # as in `--task NAME`
    summary: ClassVar[str]  # its line in `--help`
    # what the recall steps of one group have in common
    group_words: ClassVar[tuple[str, str]] = ("group", "of sequences that look alike")

    @classmethod
    def stray(cls) -> str:
        """Says why a setting that is not its own cannot be given."""
        return f"does not go with the {cls.name} task"

    @property
    @abc.abstractmethod
    def input_symbols(self) -> tuple[str, ...]:
        """The symbols that are shown, as words, by index."""

    @property
    def output_symbols(self) -> tuple[str, ...]:
        """The answers, as words, by index; the symbols themselves where the target is the next one."""
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
        """How many of the last symbols settle the target of every recall step; 0 where there is none."""
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
        """Whether an answer is asked at every step."""
        return True

    @property
    def labelled(self) -> bool:
        """Whether targets are labels of an alphabet of their own, and no inputs."""
        return self.output_symbols != self.input_symbols

    @property
    def sequences_with_recall(self) -> int:
        """How many sequences of an epoch have a recall step."""
        return self.epoch_size

    @property
    def settled_somewhere(self) -> bool:
        """Whether what came before determines any target."""
        return True

    @property
    def recall_distance(self) -> int:
        """The most symbols between what is to be remembered and its recall: the longest gap, where there is one."""
        return self.gap[1] if self.gap else max(0, self.memory_needed - 1)

    @property
    def gap(self) -> tuple[int, int] | None:
        """Fewest and most fillers between a cue and its recall; None for a task without fillers."""
        return None

    @property
    def fresh(self) -> bool:
        """Whether fillers are drawn for every sequence presented."""
        return False

    @property
    def cues_per_group(self) -> int:
        """Cues that tell the sequences of one group apart, as far as known."""
        return 2

    @property
    def alphabet_size(self) -> int | None:
        """Symbols of the alphabet, where that is a setting."""
        return None

    @property
    def default_alphabet_size(self) -> int | None:
        """What `alphabet_size` is where nobody gives it."""
        return None

    @property
    def reserved_symbols(self) -> int | None:
        """Symbols that an alphabet must have room for beside fillers; None where `alphabet_size` is no setting."""
        return None

    @property
    def sequence_count(self) -> int | None:
        """Different sequences there are at most; None where they are more than a float can hold."""
        return None

    @property
    def magnitude(self) -> int:
        """The power of ten nearest to how many sequences there are."""
        return round(math.log10(self.sequence_count or 1))

    def enumerate(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists every sequence of a finite task once: as many in a row as an epoch has, then their other variants.

        Args:
            rng: Draws what belongs to the seed.
        """
        raise NotImplementedError(f"the sequences of the {self.name} task cannot be listed")

    def draw(
        self, items: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None = None
    ) -> SequenceBatch:
        """Draws one sequence for each item, for tasks that are not finite.

        Args:
            items: int `(batch,)`, from 0 to the size of an epoch: a cue, a class or a row.
            rngs: Two generators, `variants` and `fillers`, so that drawing 2 and then 3 gives what drawing 5 gives.
            strings: int `(batch,)`, from 0 without a number left out: sequences with the same number share all but
                their item. None gives each its own.
        """
        raise NotImplementedError(f"the sequences of the {self.name} task are listed, not drawn")

    def contexts(self, order: int, window: int = 1) -> Iterator[Context] | None:
        """Returns what follows each kind of context of the last `order` symbols, in closed form; None: none is known.

        Args:
            order: Symbols seen.
            window: A context also holds what came before since the last multiple of `window` steps, and how long ago
                that is.
        """
        return None

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the recall steps that no network without memory can tell apart: those with the same last symbol.

        Returns:
            int64 `(batch, time)`; -1 at other steps.
        """
        return np.where(batch.recall, batch.inputs.astype(np.int64), -1)

    def recallable(self) -> np.ndarray:
        """Bool `(output symbols,)`: the answers that are ever to be recalled."""
        return np.ones(len(self.output_symbols), bool)

    @abc.abstractmethod
    def words(self) -> list[str]:
        """Its settings as phrases: `gap 2 to 5`, `2 cues`."""

    @abc.abstractmethod
    def conflict(self, seed: int) -> list[Conflict]:
        """Returns after what several symbols may follow, and who decides; for the fixed strings of this seed."""

    def examples(self, seed: int, count: int) -> list[Example]:
        """Returns `count` sequences for a look, without listing more than these where there are many."""
        if self.finite:
            return self.examples_of(self.enumerate(stream_rng(seed, "strings"))[:count])
        rngs = dict.fromkeys(("variants", "fillers"), stream_rng(seed, "training"))
        return self.examples_of(self.draw(np.arange(count) % self.epoch_size, rngs))

    def examples_of(self, batch: SequenceBatch) -> list[Example]:
        """Returns the sequences of a batch in their order, with the part that each symbol plays."""
        return plain_examples(batch, self.input_symbols, self.output_symbols)

    def facts(self) -> list[tuple[str, str]]:
        """Returns what else is worth knowing of its sequences, each with a label."""
        return []

    def notes(self) -> list[str]:
        """Returns sentences on what training on it can and cannot show."""
        return []

    def implied(self) -> set[str]:
        """Returns the settings that follow from its others, so that they need not be said."""
        return set()

    def harder(self) -> tuple[dict[str, Value], str] | None:
        """Returns settings that ask more of a network that has solved it, and the question they answer."""
        return None

    def with_gap(self, gap: int) -> Task:
        """Returns the same task over another gap, with the same alphabet; SettingError where it has no gap."""
        raise SettingError("gap", gap, f"the {self.name} task has no gap")

    def with_fillers(self, fillers: str) -> Task:
        """Returns the same task with other fillers, from no pool; SettingError where it has none."""
        raise SettingError("fillers", fillers, f"the {self.name} task has no fillers")

    def with_cues(self) -> Task | None:
        """Returns the same sequences with a new symbol before each that tells them apart; None where they need none."""
        return None
