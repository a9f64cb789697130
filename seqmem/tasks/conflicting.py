"""The generated task: a cue, a gap of fillers, and the cue again."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from seqmem.errors import SettingError
from seqmem.settings import Choice, Flag, Integer, Value, read_settings, setting
from seqmem.tasks.batch import Example, SequenceBatch, next_symbol_batch
from seqmem.tasks.contexts import agreeing, prefix_ids
from seqmem.tasks.task import Conflict, Context, Task, shared_setting, stream_rng
from seqmem.terminal.counts import plural, shown_count

# Bounds of the default alphabet: one that grew with the gap would make the task harder for reasons other than memory.
MOST_SYMBOLS = 12
FEWEST_FILLERS = 4


@dataclasses.dataclass(frozen=True)
class ConflictingSequences(Task):
    """A cue, a gap of fillers, and the cue again: the last symbol can be predicted from memory only.

    The defaults give the tutorial's two sequences. Each step sees a symbol and must predict the next one; the last
    step, after `2`, is the recall step::

        cue  fillers  recall
         3    0 1 2     3
         4    0 1 2     4

    The alphabet holds the fillers first, then the cues, then the trigger. Fillers never depend on the cue.
    """

    name: ClassVar[str] = "conflicting"
    summary: ClassVar[str] = "a cue, fillers, and the cue again"
    group_words: ClassVar[tuple[str, str]] = ("string", "of fillers")

    alphabet_size: int | None = setting(
        None,
        Integer(2, 100_000, optional=True),
        "Symbols [default: one filler per gap step, at most 12 symbols in all, or 4 fillers if cues leave less room].",
        "Task",
    )
    symbols: tuple[str, ...] | None = shared_setting("symbols")
    gap: tuple[int, int] = shared_setting("gap")
    cues: int = setting(2, Integer(2, 10_000), "Cues, each with a sequence of its own.", "Task")
    fillers: str = setting(
        "ordered",
        Choice(("ordered", "fixed", "fresh")),
        "In alphabet order, drawn once from the seed, or fresh for each sequence.",
        "Task",
    )
    pool: int | None = setting(
        None, Integer(1, 100_000, optional=True), "Take fillers from N fixed strings; needs --fillers fresh.", "Task"
    )
    trigger: bool = setting(False, Flag(), "Put a symbol after the fillers that says: recall now.", "Task")

    def __post_init__(self) -> None:
        read_settings(self)
        reserved = self.reserved_symbols
        words = self.symbols or ()
        if len(set(words)) < len(words):
            raise SettingError("symbols", " ".join(words), "must all be different")
        if words and self.alphabet_size not in (None, len(words)):
            raise SettingError("symbols", " ".join(words), f"must be {self.alphabet_size} words")
        size = self.alphabet_size or len(words) or self.default_alphabet_size
        if size <= reserved:
            name = "symbols" if words and not self.alphabet_size else "alphabet_size"
            raise SettingError(name, size, f"must be at least {reserved + 1}: the cues and the trigger take {reserved}")
        if self.pool is not None and self.fillers != "fresh":
            raise SettingError("pool", self.pool, "needs fillers = fresh")
        object.__setattr__(self, "alphabet_size", size)

    def enumerate(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists every sequence, `cues * gaps * strings` of them; the cue changes fastest. `rng` draws fixed fillers."""
        strings = self.filler_strings(rng)
        gaps = np.arange(self.gap[0], self.gap[1] + 1)
        grid = np.meshgrid(gaps, range(len(strings)), range(self.cues), indexing="ij")
        gap, string, cue = map(np.ravel, grid)
        symbols, valid, recall = self._lay_out(cue, gap, strings[string])
        settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], np.broadcast_to(valid, symbols[:, 1:].shape))
        return next_symbol_batch(symbols, valid, recall, settled)

    def filler_strings(self, rng: np.random.Generator) -> np.ndarray:
        """Returns the strings that fillers are taken from, int32 `(strings, longest gap)`."""
        longest = self.gap[1]
        if self.fillers == "ordered":
            return (np.arange(longest, dtype=np.int32) % self.filler_count)[None]
        return rng.integers(0, self.filler_count, (self.pool or 1, longest), dtype=np.int32)

    def draw(
        self, items: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None = None
    ) -> SequenceBatch:
        """Draws one sequence with fresh fillers for each cue; those of the same string share gap and fillers."""
        # Gaps and fillers have separate generators, so that changing one setting leaves the draws of the other alone.
        low, high = self.gap
        owner = np.arange(len(items)) if strings is None else strings
        count = int(owner.max(initial=-1)) + 1
        gap = rngs["variants"].integers(low, high + 1, count) if low < high else np.full(count, low)
        fillers = rngs["fillers"].integers(0, self.filler_count, (count, high), dtype=np.int32)
        symbols, valid, recall = self._lay_out(items, gap[owner], fillers[owner])
        # A step is settled if the whole prefix determines its target: a filler only if the alphabet has just one; the
        # end of the gap only at the longest gap, or where the trigger announces it.
        step = np.arange(self.time)
        certain_filler = (step < low) & (self.filler_count == 1)
        certain_end = (step == high) | self.trigger
        settled = valid & (certain_filler | (recall & certain_end) | ((step == high) & self.trigger))
        return next_symbol_batch(symbols, valid, recall, settled)

    def _lay_out(
        self, cue: np.ndarray, gap: np.ndarray, fillers: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cue, `gap` fillers, trigger and cue again: symbols of each, and valid and recall, one row where all agree."""
        rows, position = np.arange(len(cue)), np.arange(self.time + 1)
        last = gap + 1 + self.trigger  # position of the repeated cue
        # Every row gets the fillers of the longest gap; everything after its last symbol is cleared.
        symbols = np.zeros((len(cue), self.time + 1), np.int32)
        symbols[:, 0] = cue + self.filler_count
        symbols[:, 1 : self.gap[1] + 1] = fillers
        symbols[position > last[:, None]] = 0
        if self.trigger:
            symbols[rows, gap + 1] = len(self.input_symbols) - 1
        symbols[rows, last] = cue + self.filler_count
        step = position[:-1]  # the one before the last symbol has to recall it
        last = last[: 1 if self.equal_lengths else None, None]
        return symbols, step < last, step == last - 1

    def contexts(self, order: int, window: int = 1) -> Iterator[Context] | None:
        # A mass is a frequency per presentation. The triples of `Context`: (mass, its part at recall steps, symbols).
        if self.finite:
            return None
        # Fillers are independent of each other, so a context tells two things only: whether the cue is still in view
        # (then the position in the sequence is known too), and whether the context ends in the trigger.
        low, high = self.gap
        gap_mass = 1.0 / (high - low + 1)  # of the presentations, those with one particular gap
        contexts: list[Context] = []
        # Once the cue is out of view, all steps at the same place in the window look alike, so their masses are added.
        hidden = [dict.fromkeys(("filler", "trigger", "recall", "after"), 0.0) for _ in range(min(window, self.time))]
        for step in range(high + 1):
            # After the cue and `step` fillers: the mass of the gaps that continue, and of the gap that ends here.
            longer = gap_mass * (high - max(step, low - 1))
            ending = gap_mass if low <= step else 0.0
            # a step sees the last `order` symbols at its window's start, and all since: `order + step % window` of them
            if step >= order + step % window:
                hidden[step % window]["filler"] += longer
                hidden[step % window]["trigger" if self.trigger else "recall"] += ending
            else:  # the cue is in view: any filler may follow, or the one symbol that ends the gap
                contexts.append([(longer, 0.0, self.filler_count), (ending, 0.0 if self.trigger else ending, 1)])

            # One step later, after the trigger, only the recall can follow.
            if self.trigger and ending:
                place = (step + 1) % window
                if step + 1 >= order + place:
                    hidden[place]["after"] += ending
                else:
                    contexts.append([(ending, ending, 1)])

        # Without the cue, the mass of a recall is shared by all cues: this is where the baseline gets 1 / cues from.
        for filler, trigger, recall, after_trigger in map(dict.values, hidden):
            contexts.append([(filler, 0.0, self.filler_count), (trigger, 0.0, 1), (recall, recall, self.cues)])
            contexts.append([(after_trigger, after_trigger, self.cues)])
        return iter(contexts)

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers recall steps by their string of fillers, -1 for a string that is a prefix of another."""
        gaps = batch.valid.sum(axis=1) - 1 - self.trigger
        strings = [batch.inputs[row, 1 : gap + 1].tobytes() for row, gap in enumerate(gaps)]
        # A guess that is right on a string is also right on its prefix, which sorted order puts directly before it.
        ordered = sorted(set(strings))
        numbers = {string: number for number, string in enumerate(ordered)}
        for string, following in itertools.pairwise(ordered):
            if following.startswith(string):
                numbers[string] = -1
        return np.array([numbers[string] for string in strings])[np.nonzero(batch.recall)[0]]

    def recallable(self) -> np.ndarray:
        cue = np.arange(len(self.input_symbols)) - self.filler_count
        return (cue >= 0) & (cue < self.cues)

    @property
    def default_alphabet_size(self) -> int:
        """One filler per gap step, at most 12 symbols in all, or 4 fillers if the cues leave less room."""
        return self.reserved_symbols + min(self.gap[1], max(MOST_SYMBOLS - self.reserved_symbols, FEWEST_FILLERS))

    @property
    def input_symbols(self) -> tuple[str, ...]:
        return self.symbols or tuple(str(index) for index in range(self.alphabet_size or 0))

    @property
    def filler_count(self) -> int:
        """How many of the first symbols of the alphabet are fillers."""
        return len(self.input_symbols) - self.reserved_symbols

    @property
    def epoch_size(self) -> int:
        return self.cues

    @property
    def time(self) -> int:
        return self.gap[1] + 1 + self.trigger

    @property
    def finite(self) -> bool:
        return self.fillers != "fresh" or self.pool is not None

    @property
    def same_for_every_seed(self) -> bool:
        return self.fillers == "ordered"

    @property
    def fresh(self) -> bool:
        return self.fillers == "fresh"

    @property
    def cues_per_group(self) -> int:
        return self.cues

    @property
    def reserved_symbols(self) -> int:
        return self.cues + self.trigger

    @property
    def sequence_count(self) -> int | None:
        gaps = range(self.gap[0], self.gap[1] + 1)
        if self.finite:
            return self.cues * len(gaps) * (self.pool or 1)
        # None where the count would overflow a float (about 10^300)
        return self.cues * sum(self.filler_count**gap for gap in gaps) if self.magnitude <= 300 else None

    @property
    def magnitude(self) -> int:
        return round(self.gap[1] * math.log10(self.filler_count) + math.log10(self.cues))

    def words(self) -> list[str]:
        gap = f"gap {self.gap[0]}" + (f" to {self.gap[1]}" if not self.equal_lengths else "")
        fillers = f"{self.fillers} fillers" + (f" from a pool of {shown_count(self.pool)}" if self.pool else "")
        alphabet = plural(len(self.input_symbols), "symbol")
        return [gap, plural(self.cues, "cue"), alphabet, fillers, *["trigger"] * self.trigger]

    def conflict(self, seed: int) -> list[Conflict]:
        words, who = self.input_symbols, "the first symbol decides"
        cues = words[self.filler_count : self.filler_count + self.cues]
        if self.trigger:
            return [Conflict((words[-1],), cues, who)]
        if self.fresh or not self.equal_lengths:
            return [Conflict((), cues, f"{who} which", place="the last filler")]
        string = self.filler_strings(stream_rng(seed, "strings"))[0]
        # a fixed string may contain its last symbol earlier too
        following = sorted({int(after) for at, after in itertools.pairwise(string) if at == string[-1]})
        options = tuple(words[index] for index in following)
        return [Conflict((words[string[-1]],), options or cues, who, at_end=cues if options else ())]

    def examples(self, seed: int, count: int) -> list[Example]:
        # each cue once, over the shortest and the longest gap
        gaps = sorted(set(self.gap))
        cues = min(self.cues, max(1, count // len(gaps)))
        gap, cue = np.array([(gap, cue) for gap in gaps for cue in range(cues)][:count]).T
        if not self.finite:  # drawn like those of training, whose own stream is not advanced
            strings = stream_rng(seed, "training").integers(0, self.filler_count, (count, self.gap[1]))
        else:  # the first string of a pool, without drawing the others
            first = dataclasses.replace(self, pool=1) if self.pool else self
            strings = first.filler_strings(stream_rng(seed, "strings")).repeat(count, axis=0)
        symbols, valid, recall = self._lay_out(cue, gap, strings[: len(cue)])
        return self.examples_of(next_symbol_batch(symbols, valid, recall, valid))

    def examples_of(self, batch: SequenceBatch) -> list[Example]:
        examples, words = [], self.input_symbols
        for row, steps in zip(batch.symbols, batch.valid.sum(axis=1), strict=True):
            fillers = ["filler"] * (steps - 1 - self.trigger)
            parts = ("cue", *fillers, *["trigger"] * self.trigger, "recall")
            examples.append(Example(tuple(words[index] for index in row[: steps + 1]), parts))
        return examples

    def facts(self) -> list[tuple[str, str]]:
        text = f"{self.filler_count} symbols in order, over and over to the end of the gap"
        return [("fillers", text)] if self.fillers == "ordered" and self.filler_count < self.gap[1] else []

    def notes(self) -> list[str]:
        only = f"Fillers come from {self.pool} strings only: strings outside them are another question."
        return [only] if self.pool else []

    def implied(self) -> set[str]:
        return {"alphabet_size"} if self.symbols or self.alphabet_size == self.default_alphabet_size else set()

    def harder(self) -> tuple[dict[str, Value], str]:
        if not self.fresh:
            return {"fillers": "fresh"}, "does it know the cue, or only these fillers?"
        return {"gap": min(2 * self.gap[1], 1_000_000)}, "how much longer can it remember?"

    def with_gap(self, gap: int) -> ConflictingSequences:
        return dataclasses.replace(self, gap=(gap, gap))

    def with_fillers(self, fillers: str) -> ConflictingSequences:
        # without the pool, so that strings outside it are tested
        return dataclasses.replace(self, fillers=fillers, pool=None)
