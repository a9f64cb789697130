"""The criterion: the bound that scores must meet to count as solved."""

from __future__ import annotations

import dataclasses
import math

from seqmem.errors import SettingError
from seqmem.judge.metrics import Metrics
from seqmem.settings import Kind, Value


@dataclasses.dataclass(frozen=True)
class Criterion:
    """A bound on a score; it says nothing about memory.

    Attributes:
        kind: `error` (every output at every judged step within `bound` of its one-hot target), `recall` (accuracy at
            recall steps at least `bound`) or `argmax` (the largest output right at every judged step).
        bound: Of `error` and `recall`, a fraction of 1; 1 for `argmax`.
    """

    kind: str
    bound: float = 1.0

    def met(self, metrics: Metrics) -> bool:
        """Tells whether scores meet the bound; a missing score does not."""
        measure = {
            "error": metrics.max_error,
            "recall": metrics.recall_accuracy,
            "argmax": metrics.settled_accuracy,
        }[self.kind]
        if measure is None or not math.isfinite(metrics.loss):
            return False
        return measure <= self.bound if self.kind == "error" else measure >= self.bound

    @property
    def largest_error(self) -> float | None:
        """The largest allowed distance of an output from its one-hot target; None for other kinds."""
        return self.bound if self.kind == "error" else None

    def __str__(self) -> str:
        return self.kind if self.kind == "argmax" else f"{self.kind}:{_shortest(self.bound)}"


def parse_criterion(text: str) -> Criterion | None:
    """Returns the criterion of a text, `error:E`, `recall:X` or `argmax`; None for any other text."""
    word, _, bound = text.partition(":")
    if text == "argmax":
        return Criterion("argmax")
    try:
        number = float(bound)
    except ValueError:
        return None
    if (word == "error" and 0 < number < 1) or (word == "recall" and 0 < number <= 1):
        return Criterion(word, number)
    return None


@dataclasses.dataclass(frozen=True)
class CriterionText(Kind):
    """`error:E`, `recall:X` or `argmax`; see `Criterion`."""

    metavar = "error:E|recall:X|argmax"
    held = Criterion

    def parse(self, name: str, text: str) -> Value:
        """Returns the criterion; any other text as it is, for `check` to refuse."""
        return parse_criterion(text) or text

    def check(self, name: str, value: Value) -> Criterion:
        """Returns the criterion if its bound is allowed."""
        if not isinstance(value, Criterion) or parse_criterion(str(value)) != value:
            allowed = "must be error:E with E above 0 and below 1, recall:X with X above 0 and at most 1, or argmax"
            raise SettingError(name, value, allowed)
        return value

    def write(self, value: Value) -> str:
        """Returns the text of the criterion."""
        return str(value)


def _shortest(number: float) -> str:
    """The number in the fewest digits that read back as the same number."""
    return repr(number).removesuffix(".0")
