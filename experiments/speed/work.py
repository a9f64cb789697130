"""The work that is timed: what is trained, on what, from which weights; and the loss that proves it the same."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from seqmem.config.presets import read_preset
from seqmem.config.run_config import RunConfig
from seqmem.models.population import build_population
from seqmem.training.batches import Batches

# Weights in the order of all: kernel, recurrent kernel, bias, head kernel, head bias; (replicate, *shape) each.
Weights = list[np.ndarray]


@dataclasses.dataclass(frozen=True)
class Work:
    """Updates of an LSTM of 20 units with a dense head by Adam.

    Attributes:
        time: Time steps of a sequence; None for the tutorial's recipe, which updates at each of its four steps.
        batch: Sequences side by side.
        replicates: Networks side by side.
        updates: Rows of sequences that a timed call trains on.
        alphabet: Symbols.
        recall: Whether the loss counts at the recall step only.
    """

    time: int | None
    batch: int
    replicates: int
    updates: int
    alphabet: int = 12
    recall: bool = False

    @property
    def name(self) -> str:
        """What is done; replicates are told apart from it."""
        if self.time is None:
            return "tutorial's update"
        words = [f"T={self.time}", f"batch {self.batch}"]
        words += [f"alphabet {self.alphabet}"] if self.alphabet != 12 else []
        return ", ".join(words + ["loss at recall"] * self.recall)

    @functools.cached_property
    def config(self) -> RunConfig:
        """The same as settings of seqmem, with a chunk as long as a timed call."""
        rows = self.updates * self.batch
        common = {"replicates": self.replicates, "presentations": 1000 * rows, "check_every": rows}
        if self.time is None:
            preset = {name: value for name, value in read_preset("tutorial").items() if name != "epochs"}
            return RunConfig.from_settings(preset | common)
        wanted = {"gap": self.time - 1, "fillers": "fresh", "alphabet_size": self.alphabet, "batch_size": self.batch}
        return RunConfig.from_settings(common | wanted | {"loss_at": "recall" if self.recall else "all"})

    @property
    def window(self) -> int:
        """Time steps of an update."""
        return self.config.layout.window_steps

    @property
    def softmax(self) -> bool:
        """Whether the head is a softmax; else it is sigmoid outputs, whose losses are averaged."""
        return self.config.head == "softmax"

    @functools.cached_property
    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Symbols, targets, weights `(update, time, replicate, batch)` that seqmem trains on first; one update more."""
        windows = Batches(self.config).take(self.updates + 1)
        return windows.inputs[..., 0], windows.targets, windows.weights.astype(np.float32)

    @functools.cached_property
    def start(self) -> Weights:
        """The weights that all start from."""
        population = build_population(self.config)
        population.start(self.config)
        return list(population.arrays().values())

    def steps(self, updates: int) -> int:
        """Time steps of all sequences and replicates in so many rows."""
        return updates * self.config.layout.length * self.batch * self.replicates

    def loss(self, weights: Weights, updates: int) -> np.ndarray:
        """Returns the loss of each replicate on the row after `updates`, in float64, by nobody who is timed."""
        symbols, targets, given = (array[updates] for array in self.data)
        kernel, recurrent, bias, head, head_bias = (array.astype(np.float64)[:, None] for array in weights)
        replicate = np.arange(self.replicates)[:, None]
        h = c = np.zeros((self.replicates, self.batch, recurrent.shape[-2]))
        total = np.zeros((self.replicates, self.batch))
        for x, y, weight in zip(symbols, targets, given, strict=True):
            z = kernel[replicate, 0, x] + (h[:, :, None] @ recurrent)[:, :, 0] + bias
            i, f, g, o = np.split(z, 4, axis=-1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            logits = (h[:, :, None] @ head)[:, :, 0] + head_bias
            right = np.take_along_axis(logits, y[..., None], -1)[..., 0]
            if self.softmax:
                losses = np.logaddexp.reduce(logits, axis=-1) - right
            else:
                losses = (np.logaddexp(0, logits).sum(axis=-1) - right) / logits.shape[-1]
            total += weight * losses
        return total.sum(axis=1) / given.sum(axis=(0, 2))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


WORK = [
    *(Work(None, 1, replicates, updates) for replicates, updates in ((1, 5000), (20, 500), (100, 100))),
    *(Work(100, 1, replicates, updates) for replicates, updates in ((1, 500), (20, 50))),
    *(Work(100, 32, replicates, updates) for replicates, updates in ((1, 60), (20, 3))),
    *(Work(1000, 1, replicates, updates) for replicates, updates in ((1, 50), (20, 5))),
    *(Work(1000, 32, replicates, updates) for replicates, updates in ((1, 6), (20, 1))),
    *(Work(1000, 1, replicates, updates, recall=True) for replicates, updates in ((1, 50), (20, 5))),
    *(Work(100, 1, 1, updates, alphabet) for alphabet, updates in ((100, 200), (1000, 50), (10_000, 50))),
    Work(1000, 1, 1, 50, 10_000, recall=True),
]
