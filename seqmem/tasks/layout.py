"""The steps of a sequence as samples, in windows, on rows of a batch.

Window, rows, lags and context are interpreted here and nowhere else. The indices `step`, `seen` and `places` are
computed once per task; laying out a batch then only indexes its arrays.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from seqmem.tasks.batch import SequenceBatch


@dataclasses.dataclass(frozen=True)
class Layout:
    """The position of each step of a sequence, and the symbols in its input vector.

    A sample predicts one symbol. It is one time step, or with lags several, of which the last one predicts. Samples
    are grouped into windows, and each window makes one update. Windows follow each other on one row, or are dealt out
    to several rows in turn, as Keras deals out the samples of a batch. A sequence `a b c d` (inputs `a b c`)::

        window 1            a | b | c           one row, an update at each bar
        window 2            a b | c .           the last window is padded: '.' is no step
        lags 2              -a ab bc            '-' is a vector of zeros
        window 1, 2 rows    a | c               the first row
                            b | .               the second row: it never sees the first symbol

    The comments below follow two of these drawings: `window 2`, and `lags 2` (with a window of one sample).

    Attributes:
        time: Steps of the longest sequence.
        window: Samples of a window.
        lags: Time steps of a sample.
        context: Symbols in the input vector of a time step.
        rows: Rows that the windows of a sequence are dealt out to.
        stateful: Whether a row keeps its state from sample to sample (from window to window where lags is 1).
    """

    time: int
    window: int
    lags: int = 1
    context: int = 1
    rows: int = 1
    stateful: bool = True

    @property
    def blocks(self) -> int:
        """Windows on each row."""
        windows = -(-self.time // self.window)
        return -(-windows // self.rows)

    @property
    def window_steps(self) -> int:
        """Time steps of a window."""
        return self.window * self.lags

    @property
    def length(self) -> int:
        """Time steps of a row."""
        return self.blocks * self.window_steps

    @property
    def reset_every(self) -> int:
        """Time steps between two resets of the state; `length` if the state is kept for the whole row."""
        if self.stateful:
            return self.length
        # stateless, a window of 2 resets at `c`; with lags every sample resets, whatever the window: -a, ab, bc
        if self.lags > 1:
            return self.lags
        return self.window

    @property
    def full(self) -> bool:
        """Whether every place on every row is taken by a sequence of the longest length."""
        return self.length * self.rows == self.time * self.lags

    @functools.cached_property
    def step(self) -> np.ndarray:
        """int64 `(length, rows)`: the step of the sequence at each place; -1 for padding."""
        # window 2: 0 1 | 2 -1.  lags 2: 0 0 | 1 1 | 2 2, as each sample takes two time steps
        block, offset, row = np.meshgrid(*map(np.arange, (self.blocks, self.window, self.rows)), indexing="ij")
        sample = (block * self.rows + row) * self.window + offset
        sample = np.where(sample < self.time, sample, -1).reshape(-1, self.rows)
        return np.repeat(sample, self.lags, axis=0)

    @functools.cached_property
    def predicts(self) -> np.ndarray:
        """Bool `(length, 1)`: the last time step of each sample, which predicts; the others only update the state."""
        return (np.arange(self.length) % self.lags == self.lags - 1)[:, None]

    @functools.cached_property
    def seen(self) -> np.ndarray:
        """int64 `(length, rows, context)`: the steps whose symbols form the input vector; -1 for none."""
        # Time step j of a sample sees up to the symbol `lags - 1 - j` steps before the sample's own.
        # lags 2: -1 0 | 0 1 | 1 2 for `-a ab bc`; with context 2 instead, one time step sees both: (-1 0) (0 1) (1 2)
        back = self.lags - 1 - np.arange(self.length) % self.lags
        newest = self.step - back[:, None]
        symbols = newest[..., None] - np.arange(self.context)[::-1]
        return np.where((self.step[..., None] >= 0) & (symbols >= 0), symbols, -1)

    @functools.cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Two int64 arrays `(time,)`: the place and the row where each step is predicted."""
        # window 2: places 0 1 2 on row 0.  lags 2: places 1 3 5.  window 1 on 2 rows: places 0 0 1 on rows 0 1 0
        place, row = np.nonzero(self.predicts & (self.step >= 0))
        order = np.argsort(self.step[place, row])
        return place[order], row[order]

    def lay_out(self, batch: SequenceBatch, loss_at: str = "all") -> Windows:
        """Lays out sequences.

        Args:
            batch: Sequences padded to `time` steps.
            loss_at: The trained steps: `all`, `recall`, or `balanced` (all, and the recall steps of a sequence have the
                same total weight as its other steps).

        Returns:
            Arrays `(sequence, length, row)`, inputs with a last axis `context`. Samples beyond the end of a sequence
            are not valid.
        """
        taken = self.step >= 0
        weights = step_weights(batch, loss_at)[:, self.step] * (self.predicts & taken)
        return Windows(
            inputs=np.where(self.seen >= 0, batch.inputs[:, self.seen], np.int32(-1)),
            targets=batch.targets[:, self.step],
            valid=batch.valid[:, self.step] & taken,
            weights=weights.astype(np.float32),
            judged=batch.judged(loss_at)[:, self.step] & (self.predicts & taken),
        )

    def gather(self, laid_out: np.ndarray) -> np.ndarray:
        """Returns values `(..., length, row)` in the order of the steps, `(..., time)`."""
        place, row = self.places
        return laid_out[..., place, row]


def step_weights(batch: SequenceBatch, loss_at: str) -> np.ndarray:
    """Returns the weight of each step in the training loss, float `(batch, time)`; see `lay_out`.

    Balancing keeps the total weight of a sequence, so that no sequence gains weight over another.
    """
    weights = batch.weights.astype(float)
    if loss_at != "balanced":
        return weights * batch.recall if loss_at == "recall" else weights
    whole = weights.sum(axis=1, keepdims=True)
    recalls = (weights * batch.recall).sum(axis=1, keepdims=True)
    # half of the total to the recall steps, half to the others; a sequence with only one kind keeps its weights
    both = (recalls > 0) & (recalls < whole)
    share = np.where(batch.recall, recalls, whole - recalls)
    return weights * np.where(both, whole / (2 * np.where(both, share, 1.0)), 1.0)


@dataclasses.dataclass(frozen=True)
class Windows:
    """Inputs and targets of a network in windows, as `Layout.lay_out` returns them.

    Attributes:
        inputs: int32 `(..., time, row, context)`, the symbols in each input vector; -1 for none.
        targets: int32 `(..., time, row)`.
        valid: bool `(..., time, row)`, the steps that exist.
        weights: float32 `(..., time, row)`, the weight of each step in the training loss.
        judged: bool `(..., time, row)`, the steps that the criterion asks for.
    """

    inputs: np.ndarray
    targets: np.ndarray
    valid: np.ndarray
    weights: np.ndarray
    judged: np.ndarray


def stack_windows(parts: Sequence[Windows]) -> Windows:
    """Stacks windows `(sequence, time, row)` of each replicate to `(sequence, time, replicate, row)`."""
    names = [field.name for field in dataclasses.fields(Windows)]
    return Windows(*(np.stack([getattr(part, name) for part in parts], axis=2) for name in names))


def one_hot(symbols: np.ndarray, alphabet_size: int) -> np.ndarray:
    """Returns one-hot vectors, float32 `(..., alphabet)`; zeros where a symbol is -1."""
    return (symbols[..., None] == np.arange(alphabet_size)).astype(np.float32)
