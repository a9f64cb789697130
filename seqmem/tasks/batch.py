"""Sequences as arrays, and as words."""

from __future__ import annotations

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class SequenceBatch:
    """Sequences side by side, padded at the end to the same length.

    Attributes:
        inputs: int32 `(batch, time)`, the symbol that each step sees, an index into `Task.input_symbols`.
        targets: int32 `(batch, time)`, the target of each step, an index into `Task.output_symbols`; 0 where there is
            none.
        weights: float32 `(batch, time)`, the weight of each step in the training loss; 0 where there is no target.
        recall: bool `(batch, time)`, the recall steps: neither the last symbol nor the position in the sequence
            determines the target, only an earlier symbol.
        settled: bool `(batch, time)`, the steps whose target is determined by the whole prefix.
        valid: bool `(batch, time)`, true at the steps that exist; elsewhere the state is frozen.
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray
    recall: np.ndarray
    settled: np.ndarray
    valid: np.ndarray

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, rows: slice | np.ndarray) -> SequenceBatch:
        """Returns the chosen rows: a slice, or an array of indices."""
        return SequenceBatch(**{name: array[rows] for name, array in vars(self).items()})

    @property
    def asked(self) -> np.ndarray:
        """Bool `(batch, time)`: the steps with a target."""
        return self.weights > 0

    @property
    def symbols(self) -> np.ndarray:
        """int32 `(batch, time + 1)`: the whole sequences, if the target is the next symbol."""
        return np.concatenate([self.inputs[:, :1], self.targets], axis=1)

    def judged(self, loss_at: str) -> np.ndarray:
        """Bool `(batch, time)`: the steps that a criterion applies to: recall steps if only those are trained."""
        return self.recall if loss_at == "recall" else self.settled


def next_symbol_batch(symbols: np.ndarray, valid: np.ndarray, recall: np.ndarray, settled: np.ndarray) -> SequenceBatch:
    """Builds the batch of a task whose target is the next symbol at every step.

    Args:
        symbols: int32 `(batch, time + 1)`, 0 where padded: a sequence of n symbols has n - 1 steps.
        valid: bool `(batch, time)`, the steps that exist; of one row where it is the same for all, and takes no room.
        recall: bool, likewise.
        settled: bool, likewise.
    """
    inputs, targets = symbols[:, :-1], symbols[:, 1:]
    marks = (valid.astype(np.float32), recall, settled, valid)
    return SequenceBatch(inputs, targets, *(np.broadcast_to(mark, inputs.shape) for mark in marks))


@dataclasses.dataclass(frozen=True)
class Example:
    """One sequence.

    Attributes:
        symbols: Its symbols.
        parts: The part of each: `cue` (what a recall step must remember), `filler`, `trigger` or `recall`.
        labels: The target of each step, empty where there is none; None if the target is the next symbol.
        label_parts: The part of each label.
    """

    symbols: tuple[str, ...]
    parts: tuple[str, ...]
    labels: tuple[str, ...] | None = None
    label_parts: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return len(self.symbols) - 1 if self.labels is None else len(self.symbols)

    def target(self, step: int) -> tuple[str, str]:
        """Returns the target of a step, and its part."""
        if self.labels is None:
            return self.symbols[step + 1], self.parts[step + 1]
        return self.labels[step], self.label_parts[step]


def plain_examples(
    batch: SequenceBatch, input_symbols: tuple[str, ...], output_symbols: tuple[str, ...]
) -> list[Example]:
    """Returns the sequences of a batch as words; all symbols but those of recall steps count as fillers."""
    examples = []
    for row in range(len(batch)):
        steps = batch.valid[row]
        seen = tuple(input_symbols[index] for index in batch.inputs[row][steps])
        targets = tuple(
            output_symbols[index] if asked else ""
            for index, asked in zip(batch.targets[row][steps], batch.asked[row][steps], strict=True)
        )
        parts = tuple("recall" if recall else "filler" for recall in batch.recall[row][steps])
        if input_symbols == output_symbols:
            examples.append(Example((*seen[:1], *targets), ("filler", *parts)))
        else:
            examples.append(Example(seen, ("filler",) * len(seen), targets, parts))
    return examples
