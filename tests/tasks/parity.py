"""A made-up task, as a stranger would write one: its answers are labels that are no inputs."""

import dataclasses
from typing import ClassVar

import numpy as np

from seqmem.settings import Choice, Span, read_settings, setting
from seqmem.tasks.batch import SequenceBatch
from seqmem.tasks.task import Conflict, Task


@dataclasses.dataclass(frozen=True)
class Parity(Task):
    """Whether the number of ones so far is even or odd::

        bits    1   0   1   1        bits    1   0   1   1
        labels odd odd even odd      labels             odd     (ask = end)

    From the second step on an earlier bit decides. The first bit is the item, so that two sequences may share all
    others.
    """

    name: ClassVar[str] = "parity"
    summary: ClassVar[str] = "whether the ones so far are even or odd"
    group_words: ClassVar[tuple[str, str]] = ("string", "of bits")

    length: tuple[int, int] = setting((10, 10), Span(1), "Steps of a sequence.", "Task")
    ask: str = setting("every", Choice(("every", "end")), "Ask at every step, or at the end only.", "Task")

    def __post_init__(self):
        read_settings(self)

    input_symbols = ("0", "1")
    output_symbols = ("even", "odd")
    epoch_size = 100

    @property
    def time(self):
        return self.length[1]

    @property
    def equal_lengths(self):
        return self.length[0] == self.length[1]

    @property
    def asks_everywhere(self):
        return self.ask == "every"

    @property
    def sequence_count(self):
        return sum(2**length for length in range(self.length[0], self.length[1] + 1))

    def draw(self, items, rngs, strings=None):
        low, high = self.length
        owner = np.arange(len(items)) if strings is None else strings
        count = int(owner.max(initial=-1)) + 1
        length = rngs["variants"].integers(low, high + 1, count)[owner][:, None]
        bits = rngs["fillers"].integers(0, 2, (count, high), dtype=np.int32)[owner]
        bits[:, 0] = items % 2
        step = np.arange(high)
        valid = step < length
        asked = valid if self.asks_everywhere else step == length - 1
        bits[~valid] = 0
        targets = np.where(asked, bits.cumsum(axis=1) % 2, 0).astype(np.int32)
        return SequenceBatch(bits, targets, asked.astype(np.float32), asked & (step > 0), asked, valid)

    def contexts(self, order, window=1):
        low, high = self.length

        def share(steps):
            """How often a presentation asks at these steps."""
            if self.asks_everywhere:
                return sum((high - max(step, low - 1)) / (high - low + 1) for step in steps)
            return sum(low <= step + 1 for step in steps) / (high - low + 1)

        for place in range(min(window, high)):
            seen = order + place
            steps = range(place, high, window)
            # before the start stand zeros: whoever sees one of them knows that it has all the bits
            for step in steps:
                if step + 1 < seen:
                    yield [(share([step]), share([step]) if step else 0.0, 1)]
            # whoever sees none is right as often as that was all, and else guesses
            whole, part = share([s for s in steps if s + 1 == seen]), share([s for s in steps if s + 1 > seen])
            yield [(whole + part / 2, (whole if seen > 1 else 0.0) + part / 2, 1), (part / 2, part / 2, 1)]

    def groups(self, batch):
        last = batch.valid.sum(axis=1) - 1
        strings = [batch.inputs[row, 1 : end + 1].tobytes() for row, end in enumerate(last)]
        number = np.unique(np.array(strings, dtype=object), return_inverse=True)[1]
        row, step = np.nonzero(batch.recall)
        return np.where(step == last[row], number[row], -1)

    def words(self):
        low, high = self.length
        return [f"length {low}" if low == high else f"length {low} to {high}", f"asked at {self.ask} step"]

    def conflict(self, seed):
        return [Conflict((bit,), self.output_symbols, "the number of ones before decides") for bit in "01"]
