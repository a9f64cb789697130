"""Tasks 2a, 2b and 2c of 1997: recall after long time lags.

Hochreiter and Schmidhuber 1997, Neural Computation 9(8):1735-1780, section 5.2. The paper's p is `lag` in 2a and 2b; in
2c its q is `lag` and its p is `distractors`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from seqmem.errors import SettingError
from seqmem.settings import Choice, Integer, Value, read_settings, setting
from seqmem.tasks.batch import Example, SequenceBatch, next_symbol_batch
from seqmem.tasks.conflicting import ConflictingSequences
from seqmem.tasks.task import Conflict, Context, Task

# Of 2c: after `lag` distractors comes one more with this probability, again and again, else the trigger.
ONE_MORE = 0.9
# Sequences have no longest length in the paper. Here they have, as arrays need one; it is reached once in 7 million.
MOST_MORE = 150


@dataclasses.dataclass(frozen=True)
class Hochreiter1997(Task):
    """Two classes x and y, distractors, and the class again.

    With lag 4 and 3 distractors, where in 2c the x at the end is the answer and no input::

        2a    x a1 a2 a3 x            each step predicts the next symbol
        2b    x a2 a2 a1 x            the same with random distractors, new ones in every sequence
        2c    b x a2 a3 a1 a1 e  x    4 distractors or more, and one answer, at the trigger e

    Training draws x or y at random; checks and evaluations show both with each string of distractors.
    """

    name: ClassVar[str] = "hs1997"
    summary: ClassVar[str] = "long time lags, from the paper of 1997"
    group_words: ClassVar[tuple[str, str]] = ("string", "of distractors")

    experiment: str = setting("2c", Choice(("2a", "2b", "2c")), "Which task of the paper of 1997.", "Task")
    lag: int = setting(
        50, Integer(2, 100_000), "Steps from x or y to its recall; of 2c the fewest distractors.", "Task"
    )
    distractors: int | None = setting(
        None,
        Integer(1, 100_000, optional=True),
        "Different distractors [default: as many as the lag of 2c, or one less].",
        "Task",
    )

    def __post_init__(self) -> None:
        read_settings(self)
        usual = self.lag if self.experiment == "2c" else self.lag - 1
        if self.experiment == "2a" and self.distractors not in (None, usual):
            raise SettingError("distractors", self.distractors, f"must be {usual} in 2a: each comes once")
        object.__setattr__(self, "distractors", self.distractors or usual)

    @property
    def at_random(self) -> bool:
        return True

    @property
    def input_symbols(self) -> tuple[str, ...]:
        marks = ("e", "b") if self.experiment == "2c" else ()
        return (*(f"a{number}" for number in range(1, self._distractors + 1)), *marks, "x", "y")

    @property
    def output_symbols(self) -> tuple[str, ...]:
        return ("x", "y") if self.experiment == "2c" else self.input_symbols

    @property
    def _distractors(self) -> int:
        return self.distractors or 0

    @property
    def time(self) -> int:
        return self.lag + MOST_MORE + 3 if self.experiment == "2c" else self.lag

    @property
    def epoch_size(self) -> int:
        return 2

    def enumerate(self, rng: np.random.Generator) -> SequenceBatch:
        """Lists the two sequences of 2a; `rng` is not needed."""
        return self._next_symbols(np.arange(2), np.tile(np.arange(self.lag - 1), (2, 1)))

    def draw(
        self, items: np.ndarray, rngs: Mapping[str, np.random.Generator], strings: np.ndarray | None = None
    ) -> SequenceBatch:
        """Draws one sequence for each class, 0 for x and 1 for y; those of the same string differ in it alone."""
        owner = np.arange(len(items)) if strings is None else strings
        count = int(owner.max(initial=-1)) + 1
        if self.experiment == "2a":
            return self.enumerate(rngs["fillers"])[items]
        if self.experiment == "2b":
            fillers = rngs["fillers"].integers(0, self._distractors, (count, self.lag - 1))
            return self._next_symbols(items, fillers[owner])
        # how many distractors more: a geometric number, from one uniform number each
        more = np.log1p(-rngs["variants"].random(count)) // math.log(ONE_MORE)
        fillers = rngs["fillers"].integers(0, self._distractors, (count, self.lag + MOST_MORE))
        return self._labels(items, fillers[owner], np.minimum(more, MOST_MORE).astype(int)[owner])

    def _next_symbols(self, items: np.ndarray, fillers: np.ndarray) -> SequenceBatch:
        """2a and 2b: class, distractors and class again, an answer asked at every step."""
        cue = (self._distractors + items)[:, None]
        symbols = np.concatenate([cue, fillers, cue], axis=1).astype(np.int32)
        valid = np.ones((len(items), self.lag), bool)
        recall = valid & (np.arange(self.lag) == self.lag - 1)
        # distractors in order are no surprise, nor is the only one there is
        settled = recall | (self.experiment == "2a" or self._distractors == 1)
        return next_symbol_batch(symbols, valid, recall, settled)

    def _labels(self, items: np.ndarray, fillers: np.ndarray, more: np.ndarray) -> SequenceBatch:
        """2c: b, class, distractors and e, and one answer, at e."""
        step, last = np.arange(self.time), (self.lag + more + 2)[:, None]
        trigger, start, cue = self._distractors + np.array([0, 1, 2])
        front = np.stack([np.full(len(items), start), cue + items], axis=1)
        inputs = np.concatenate([front, fillers, np.zeros((len(items), 1), int)], axis=1)
        inputs = np.where(step < last, inputs, np.where(step == last, trigger, 0)).astype(np.int32)
        asked = step == last
        targets = np.where(asked, items[:, None], 0).astype(np.int32)
        return SequenceBatch(inputs, targets, asked.astype(np.float32), asked, asked, step <= last)

    @property
    def finite(self) -> bool:
        return self.experiment == "2a"

    def contexts(self, order: int, window: int = 1) -> Iterator[Context] | None:
        if self.experiment == "2a":
            return None
        if self.experiment == "2b":
            size = self._distractors + 2
            same = ConflictingSequences(gap=(self.lag - 1, self.lag - 1), alphabet_size=size, fillers="fresh")
            return same.contexts(order, window)
        # Asked at e alone, which stands at step lag + more + 2; x or y, at step 1, is in view or it is not.
        seen = 0.0
        for more in range(MOST_MORE + 1):
            last = self.lag + more + 2
            mass = ONE_MORE**more * (1 - ONE_MORE if more < MOST_MORE else 1.0)
            seen += mass if order + last % window >= last else 0.0
        return iter([[(seen, seen, 1)], [(1 - seen, 1 - seen, 2)]])

    def groups(self, batch: SequenceBatch) -> np.ndarray:
        """Numbers recall steps by their string of distractors."""
        strings = np.delete(batch.inputs, 1 if self.experiment == "2c" else 0, axis=1)
        # `np.unique` sorts whole rows, which takes seconds where they are long
        numbers: dict[bytes, int] = {}
        number = np.array([numbers.setdefault(string.tobytes(), len(numbers)) for string in strings], int)
        return number[np.nonzero(batch.recall)[0]]

    def recallable(self) -> np.ndarray:
        return np.isin(self.output_symbols, ("x", "y"))

    @property
    def recall_distance(self) -> int:
        return self.lag if self.experiment == "2c" else self.lag - 1

    @property
    def equal_lengths(self) -> bool:
        return self.experiment != "2c"

    @property
    def asks_everywhere(self) -> bool:
        return self.experiment != "2c"

    @property
    def sequence_count(self) -> int | None:
        if self.experiment == "2a":
            return 2
        return None if self.experiment == "2c" or self.magnitude > 300 else 2 * self._distractors ** (self.lag - 1)

    @property
    def magnitude(self) -> int:
        random = self.lag + MOST_MORE if self.experiment == "2c" else self.lag - 1
        return round(random * math.log10(self._distractors) + math.log10(2))

    def words(self) -> list[str]:
        return [f"task {self.experiment} of 1997", f"lag {self.lag:,}", f"{self._distractors:,} distractors"]

    def conflict(self, seed: int) -> list[Conflict]:
        if self.experiment == "2c":
            return [Conflict(("e",), ("x", "y"), "the second symbol decides")]
        if self.experiment == "2b":
            return [Conflict((), ("x", "y"), "the first symbol decides which", place="the last distractor")]
        return [Conflict((f"a{self._distractors}",), ("x", "y"), "the first symbol decides")]

    def examples_of(self, batch: SequenceBatch) -> list[Example]:
        examples = []
        for example in super().examples_of(batch):
            first, *others = example.parts
            parts = ("cue", *others) if self.experiment != "2c" else (first, "cue", *others[1:-1], "trigger")
            examples.append(dataclasses.replace(example, parts=parts))
        return examples

    def notes(self) -> list[str]:
        counting = "No symbol says when to recall: a network has to count, to know that the last step has come."
        return [counting] if self.experiment == "2b" else []

    def harder(self) -> tuple[dict[str, Value], str]:
        return {"lag": min(2 * self.lag, 100_000)}, "how much longer can it remember?"

    def implied(self) -> set[str]:
        usual = self.lag if self.experiment == "2c" else self.lag - 1
        return {"distractors"} if self.distractors == usual else set()
