"""What every contestant does, and seqmem and Keras among them."""

from __future__ import annotations

import abc

import numpy as np
from work import Weights, Work

from seqmem.backend.lazy import keras
from seqmem.models.population import build_population
from seqmem.training.trainer import Trainer


class Contestant(abc.ABC):
    """Trains networks on the data of a work, from its weights.

    Attributes:
        updates: Rows of sequences that a call of `train` takes; fewer than the work's where that would take too long.
    """

    updates: int

    @abc.abstractmethod
    def train(self) -> None:
        """Trains on so many rows, and returns when that is done; further calls train on."""

    @abc.abstractmethod
    def weights(self) -> Weights:
        """Returns the weights as they are now."""


class Seqmem(Contestant):
    """seqmem as a run uses it, with the drawing of sequences, without checks."""

    def __init__(self, work: Work, updates: int | None = None):
        self.updates = updates or work.updates
        self._population = build_population(work.config)
        self._population.start(work.config)
        self._trainer = Trainer(work.config, self._population)
        self._active = np.ones(work.replicates, bool)

    def train(self) -> None:
        self._trainer.advance(self._trainer.updates_done + self.updates, self._active)

    def weights(self) -> Weights:
        return list(self._population.arrays().values())


class _KerasFit(Contestant):
    """The tutorial's network: a stateful LSTM that sees one time step a sample."""

    def __init__(self, work: Work):
        self._eye = np.eye(work.alphabet if work.time else 5, dtype=np.float32)
        symbols, targets, _ = work.data
        self._inputs, self._targets = (self._eye[array[: self.updates, :, 0, 0]] for array in (symbols, targets))
        layers = [keras.Input(batch_shape=(1, 1, 5)), keras.layers.LSTM(20, stateful=True)]
        self._model = keras.Sequential([*layers, keras.layers.Dense(5, activation="sigmoid")])
        self._model.compile(loss="binary_crossentropy", optimizer="adam")
        self._model.set_weights([array[0] for array in work.start])

    def weights(self) -> Weights:
        return [array[None] for array in self._model.get_weights()]

    def _fit(self, inputs: np.ndarray, targets: np.ndarray) -> None:
        self._model.fit(inputs[:, None], targets, epochs=1, batch_size=1, verbose=0, shuffle=False)


class TutorialLoop(_KerasFit):
    """The tutorial's own loop: a call of `fit` for each sequence, then the state is reset."""

    updates = 8

    def train(self) -> None:
        for inputs, targets in zip(self._inputs, self._targets, strict=True):
            self._fit(inputs, targets)
            self._model.layers[0].reset_states()


class OneLongFit(_KerasFit):
    """The same sequences in one call of `fit`: the state is never reset, so it is not the same work, but fairer."""

    updates = 250

    def train(self) -> None:
        self._fit(self._inputs.reshape(-1, 5), self._targets.reshape(-1, 5))
