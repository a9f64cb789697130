"""The generated task: the same fillers after different cues, and the cue again at the end."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from seqmem.errors import SettingError
from seqmem.settings import Choice, Flag, Integer, Span, Words, read_settings, setting
from seqmem.tasks.contexts import agreeing, prefix_ids
from seqmem.tasks.task import Example, SequenceBatch

# An alphabet that grows with the gap makes the task harder in a way that has nothing to do with memory.
MOST_SYMBOLS = 12
FEWEST_FILLERS = 4
# What may follow a context, as (probability mass a presentation, symbols that share it equally).
Outcomes = list[tuple[float, int]]


def conflicting_example(task: Any, cue: int, fillers: np.ndarray) -> Example:
    """Returns cue, fillers, trigger where there is one, and the cue again."""
    words, symbol = task.alphabet, task.alphabet[task.filler_count + cue]
    trigger = (words[-1],) if task.trigger else ()
    symbols = (symbol, *(words[index] for index in fillers), *trigger, symbol)
    return Example(symbols, ("cue", *["filler"] * len(fillers), *["trigger"] * len(trigger), "recall"))


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
        return enumerate_sequences(self, rng)

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
        return draw_sequences(self, items, rngs, strings)

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers the recall steps that no network without memory can tell apart: those after the same fillers.

        Returns:
            int64 `(batch, time)`; -1 at other steps, and where the string of fillers is only the beginning of another
            one, which a network may have answered by the same luck.
        """
        return string_groups(self, batch)

    def recallable(self) -> np.ndarray:
        """Bool `(alphabet,)`: the symbols that are ever to be recalled: the cues."""
        return cue_symbols(self)


def filler_strings(task: Any, rng: np.random.Generator) -> np.ndarray:
    """Returns the strings that fillers are taken from, int32 `(strings, longest gap)`."""
    longest = task.gap[1]
    if task.fillers == "ordered":
        return (np.arange(longest, dtype=np.int32) % task.filler_count)[None]
    return rng.integers(0, task.filler_count, (task.pool or 1, longest), dtype=np.int32)


def enumerate_sequences(task: Any, rng: np.random.Generator) -> SequenceBatch:
    """Lists every sequence of a finite task; see `ConflictingSequences.all_sequences`."""
    strings = filler_strings(task, rng)
    gaps = np.arange(task.gap[0], task.gap[1] + 1)
    gap, string, cue = (
        axis.ravel() for axis in np.meshgrid(gaps, range(len(strings)), range(task.cues), indexing="ij")
    )
    symbols, valid, recall = _lay_out(task, cue, gap, strings[string])
    settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], valid)
    return SequenceBatch(symbols, valid, settled, recall)


def draw_sequences(
    task: Any, cues: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None
) -> SequenceBatch:
    """Draws sequences with fresh fillers; see `ConflictingSequences.draw`."""
    low, high = task.gap
    owner = np.arange(len(cues)) if strings is None else strings
    count = int(owner.max(initial=-1)) + 1
    gap = rngs["variants"].integers(low, high + 1, count) if low < high else np.full(count, low)
    fillers = rngs["fillers"].integers(0, task.filler_count, (count, high), dtype=np.int32)
    gap = gap[owner]
    symbols, valid, recall = _lay_out(task, cues, gap, fillers[owner])
    # A fresh filler is open unless there is only one; where the sequence ends is open while it may still go on.
    step = np.arange(task.time)
    certain_filler = (step < low) & (task.filler_count == 1)
    certain_end = (step == high) | task.trigger
    settled = valid & (certain_filler | (recall & certain_end) | ((step == high) & task.trigger))
    return SequenceBatch(symbols, valid, settled, recall)


def string_groups(task: Any, batch: SequenceBatch) -> np.ndarray:
    """Numbers recall steps by their string of fillers; see `ConflictingSequences.groups`."""
    gaps = batch.valid.sum(axis=1) - 1 - task.trigger
    strings = [batch.symbols[row, 1 : gap + 1].tobytes() for row, gap in enumerate(gaps)]
    # in sorted order a string stands right before those that go on from it
    ordered = sorted(set(strings))
    last = {one: number for number, one in enumerate(ordered)}
    for one, following in itertools.pairwise(ordered):
        if following.startswith(one):
            last[one] = -1
    return np.where(batch.recall, np.array([last[one] for one in strings])[:, None], -1)


def cue_symbols(task: Any) -> np.ndarray:
    """Marks the cues among the symbols; see `ConflictingSequences.recallable`."""
    marked = np.zeros(len(task.alphabet), bool)
    marked[task.filler_count : task.filler_count + task.cues] = True
    return marked


def _lay_out(
    task: Any, cue: np.ndarray, gap: np.ndarray, fillers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Writes cue, `gap` fillers, trigger and cue again into symbols, valid and recall."""
    batch, rows = len(cue), np.arange(len(cue))
    position = np.arange(task.time + 1)
    symbols = np.zeros((batch, task.time + 1), np.int32)
    cue_symbol = (cue + task.filler_count).astype(np.int32)
    symbols[:, 0] = cue_symbol
    symbols[:, 1 : task.gap[1] + 1] = fillers
    last = gap + 1 + task.trigger
    symbols[position > last[:, None]] = 0
    if task.trigger:
        symbols[rows, gap + 1] = len(task.alphabet) - 1
    symbols[rows, last] = cue_symbol
    step = position[:-1]
    return symbols, step < last[:, None], step == last[:, None] - 1


def fresh_contexts(task: ConflictingSequences, order: int, window: int = 1) -> Iterator[tuple[Outcomes, Outcomes]]:
    """Yields, for each kind of context of the last `order` symbols, what follows it at all steps and at recall steps.

    With a window a context also holds what came before since the last multiple of `window` steps, and how long ago
    that is.

    Fillers are drawn independently and uniformly, so a context tells only whether it holds the cue (and then also
    where in the sequence it stands), and whether it ends in the trigger.
    """
    low, high = task.gap
    gap_mass = 1.0 / (high - low + 1)
    kinds = ("filler", "trigger", "recall", "recall after trigger")
    # a network that starts anew every so often knows at least its place since then
    hidden = [dict.fromkeys(kinds, 0.0) for _ in range(min(window, task.time))]
    for step in range(high + 1):
        longer = gap_mass * (high - max(step, low - 1))  # the share of sequences whose gap is beyond this step
        ending = gap_mass if low <= step else 0.0
        if step >= order + step % window:
            hidden[step % window]["filler"] += longer
            hidden[step % window]["trigger" if task.trigger else "recall"] += ending
        else:
            seen: Outcomes = [(longer, task.filler_count), (ending, 1)]
            yield seen, [] if task.trigger else [(ending, 1)]
        if task.trigger and ending:
            place = (step + 1) % window
            if step + 1 >= order + place:
                hidden[place]["recall after trigger"] += ending
            else:
                yield [(ending, 1)], [(ending, 1)]
    for masses in hidden:
        recall = [(masses["recall"], task.cues)]
        yield [(masses["filler"], task.filler_count), (masses["trigger"], 1), *recall], recall
        yield [(masses["recall after trigger"], task.cues)], [(masses["recall after trigger"], task.cues)]
