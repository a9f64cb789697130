"""The user's own sequences, of any words and different lengths."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import string
from typing import Any, ClassVar

import numpy as np

from seqmem.errors import SettingError
from seqmem.settings import Kind, Words, read_settings, setting
from seqmem.tasks.batch import Example, SequenceBatch, next_symbol_batch
from seqmem.tasks.contexts import agreeing, prefix_ids, refine, settling_lengths
from seqmem.tasks.task import Conflict, Task, shared_setting
from seqmem.terminal.counts import plural

LARGEST_SEARCH = 2_000_000  # steps times length; in larger tasks the deciding symbols are not searched for
MOST_STARTS = 5  # starts of sequences with an open target that are listed


@dataclasses.dataclass(frozen=True)
class Sequences(Kind):
    """A list of sequences, each words set apart by blanks."""

    metavar = '"A B C"'
    held = tuple

    def check(self, name: str, value: Any) -> tuple[tuple[str, ...], ...]:
        if isinstance(value, str) or not isinstance(value, (list, tuple)) or not value:
            raise SettingError(name, value, "must be a list of sequences")
        rows = tuple(Words().accept(name, row) for row in value)
        for row in rows:
            if len(row) < 2:
                raise SettingError(name, " ".join(row), "a sequence must have at least 2 symbols")
        return rows

    def write(self, value: Any) -> Any:
        return [" ".join(row) for row in value]


@dataclasses.dataclass(frozen=True)
class ExplicitSequences(Task):
    """Sequences given by the user; each is presented once per epoch, in the order given.

    A step is settled if the whole prefix determines its target among these sequences. It is a recall step if, in
    addition, another sequence has the same symbol at the same distance from its start or its end, and another target::

        the cat sat   ->  inputs the cat   targets cat sat
        a   cat ran       inputs a   cat   targets cat ran      after "cat" only the first word decides
    """

    name: ClassVar[str] = "explicit"
    summary: ClassVar[str] = "sequences of your own"

    sequences: tuple[tuple[str, ...], ...] = setting(
        (), Sequences(), "A sequence of your own, words set apart by blanks; repeatable.", "Task"
    )
    symbols: tuple[str, ...] | None = shared_setting("symbols")

    def __post_init__(self) -> None:
        read_settings(self)
        used = self._words_in_order()
        if self.symbols is None:
            object.__setattr__(self, "symbols", used)
        alphabet = " ".join(self.input_symbols)
        if len(set(self.input_symbols)) < len(self.input_symbols):
            raise SettingError("symbols", alphabet, "must all be different")
        missing = [word for word in used if word not in set(self.input_symbols)]
        if missing:
            raise SettingError("symbols", alphabet, f"must hold every word of the sequences: {missing[0]!r} is missing")
        if len(self.input_symbols) < 2:
            raise SettingError("sequences", alphabet, "must use at least 2 different symbols")

    def _words_in_order(self) -> tuple[str, ...]:
        """The words in use: sorted if all are numbers, else by first appearance."""
        used = tuple(dict.fromkeys(word for row in self.sequences for word in row))
        return tuple(sorted(used, key=int)) if all(word.isascii() and word.isdigit() for word in used) else used

    @classmethod
    def stray(cls) -> str:
        return "does not go with sequences of your own: they say it themselves"

    @property
    def input_symbols(self) -> tuple[str, ...]:
        return self.symbols or ()

    @property
    def epoch_size(self) -> int:
        return len(self.sequences)

    @property
    def time(self) -> int:
        return max(map(len, self.sequences)) - 1

    @property
    def finite(self) -> bool:
        return True

    @property
    def equal_lengths(self) -> bool:
        return len({len(row) for row in self.sequences}) == 1

    @property
    def same_for_every_seed(self) -> bool:
        return True

    @functools.cached_property
    def sequences_with_recall(self) -> int:
        return int(self._batch().recall.any(axis=1).sum())

    @property
    def settled_somewhere(self) -> bool:
        return bool(self._batch().settled.any())

    @functools.cached_property
    def memory_needed(self) -> int:
        batch = self._batch()
        lengths = settling_lengths(batch.inputs, batch.targets, batch.valid)
        return int(lengths[batch.recall].max(initial=0))

    @property
    def sequence_count(self) -> int:
        return len(set(self.sequences))

    def enumerate(self, rng: np.random.Generator) -> SequenceBatch:
        return self._batch()

    def _batch(self) -> SequenceBatch:
        """All sequences, padded to the longest, with their settled and recall steps."""
        index = {word: number for number, word in enumerate(self.input_symbols)}
        symbols = np.zeros((len(self.sequences), self.time + 1), np.int32)
        valid = np.zeros((len(self.sequences), self.time), bool)
        for row, words in enumerate(self.sequences):
            symbols[row, : len(words)] = [index[word] for word in words]
            valid[row, : len(words) - 1] = True
        settled = agreeing(prefix_ids(symbols[:, :-1]), symbols[:, 1:], valid)
        return next_symbol_batch(symbols, valid, settled & contradicted(symbols, valid), settled)

    def recallable(self) -> np.ndarray:
        batch = self._batch()
        marked = np.zeros(len(self.input_symbols), bool)
        marked[batch.targets[batch.recall]] = True
        return marked

    def words(self) -> list[str]:
        return [plural(len(self.sequences), "sequence") + " of your own", plural(len(self.input_symbols), "symbol")]

    def examples(self, seed: int, count: int) -> list[Example]:
        return self._examples()[:count]

    def examples_of(self, batch: SequenceBatch) -> list[Example]:
        examples = {example.symbols: example for example in self._examples()}
        shown = zip(batch.symbols, batch.valid.sum(axis=1) + 1, strict=True)
        return [examples[tuple(self.input_symbols[index] for index in row[:length])] for row, length in shown]

    def _examples(self) -> list[Example]:
        """The cue of a recall step is the oldest symbol needed to determine its target."""
        batch, lengths = self._batch(), self._settling_lengths()
        examples = []
        for row, symbols in enumerate(self.sequences):
            parts = ["filler"] * len(symbols)
            for step in np.flatnonzero(batch.recall[row]):
                parts[step + 1] = "recall"
            if lengths is not None:
                for step in np.flatnonzero(batch.recall[row]):
                    parts[max(0, step + 1 - lengths[row, step])] = "cue"
            examples.append(Example(tuple(symbols), tuple(parts)))
        return examples

    def _settling_lengths(self) -> np.ndarray | None:
        """How many last symbols determine each target; None if the search would take too long."""
        batch = self._batch()
        if batch.valid.size * batch.valid.shape[1] > LARGEST_SEARCH:
            return None
        return settling_lengths(batch.inputs, batch.targets, batch.valid)

    def conflict(self, seed: int) -> list[Conflict]:
        batch, lengths = self._batch(), self._settling_lengths()
        inputs, targets, words = batch.inputs, batch.targets, self.input_symbols

        def following(steps: np.ndarray) -> tuple[str, ...]:
            return tuple(words[index] for index in dict.fromkeys(targets[steps]))

        conflicts = []
        for symbol in np.unique(inputs[batch.recall]):
            here = batch.valid & (inputs == symbol)
            who = "an earlier symbol decides" if lengths is None else _decider(batch.recall & here, lengths)
            conflicts.append(Conflict((words[symbol],), following(here), who))
        # no recall step: the position in the sequence determines what follows
        placed = batch.valid & batch.settled & ~np.isin(inputs, inputs[batch.recall])
        for symbol in np.unique(inputs[placed]):
            options = following(placed & (inputs == symbol))
            if len(options) > 1:
                conflicts.append(Conflict((words[symbol],), options, "its place decides"))
        starts: dict[tuple[str, ...], dict[str, None]] = {}
        for row, step in zip(*np.nonzero(batch.valid & ~batch.settled), strict=True):
            start = self.sequences[row][: step + 1]
            if len(starts) < MOST_STARTS or start in starts:
                starts.setdefault(start, {})[self.sequences[row][step + 1]] = None
        nobody = "open: nothing decides"
        return conflicts + [Conflict(start, tuple(after), nobody, "at the start") for start, after in starts.items()]

    def implied(self) -> set[str]:
        return {"symbols"} if self.symbols == self._words_in_order() else set()

    def with_gap(self, gap: int) -> Task:
        raise SettingError("gap", gap, "sequences of your own have no gap")

    def with_fillers(self, fillers: str) -> Task:
        raise SettingError("fillers", fillers, "this run has sequences of its own and no fillers")

    def with_cues(self) -> ExplicitSequences:
        words = itertools.chain(string.ascii_lowercase, (f"cue{number}" for number in itertools.count(1)))
        cues = (word for word in words if word not in self.input_symbols)
        return ExplicitSequences(tuple((cue, *row) for cue, row in zip(cues, self.sequences, strict=False)))


def _decider(steps: np.ndarray, lengths: np.ndarray) -> str:
    """Names the symbol that decides at these steps, bool `(batch, time)`."""
    places = np.nonzero(steps)[1] - lengths[steps] + 1
    if (places <= 0).all():
        return "the first symbol decides"
    back = np.unique(lengths[steps]) - 1
    if len(back) == 1:
        return f"the symbol {back[0]} before decides" if back[0] > 1 else "the symbol before decides"
    return f"a symbol {back.min()} to {back.max()} before decides"


def contradicted(symbols: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Marks the steps at which another sequence has the same symbol but another target.

    Returns:
        bool `(batch, time)`: the other step is at the same distance from its start, or from its end. So the position
        does not determine the target; only the sequence does.
    """
    inputs, targets = symbols[:, :-1], symbols[:, 1:]
    from_start = np.broadcast_to(np.arange(valid.shape[1]), valid.shape)
    from_end = valid.sum(axis=1)[:, None] - from_start
    same = [agreeing(refine(place, inputs), targets, valid) for place in (from_start, from_end)]
    return valid & ~(same[0] & same[1])
