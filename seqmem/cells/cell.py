"""A cell: its settings, the shapes of its weights, and its Keras layer."""

from __future__ import annotations

import abc
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, keras
from seqmem.errors import SettingError
from seqmem.settings import read_settings

Shapes = dict[str, tuple[int, ...]]


class Cell(abc.ABC):
    """A cell: what a network remembers with, from one time step to the next.

    Subclasses are frozen dataclasses. Their fields are the settings that this cell alone has, declared with
    `seqmem.settings.setting`; option, TOML key and sweep axis follow from them. The units are the network's.

    Attributes:
        name: What is typed as `--cell NAME`.
        summary: What it is, in a few words for `--help`.
        keeps_state: Whether anything goes from one time step to the next.
        state_names: What its states are called, in the order of the layer's.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    keeps_state: ClassVar[bool] = True
    state_names: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        read_settings(self)

    def __str__(self) -> str:
        return self.name

    @abc.abstractmethod
    def weights(self, inputs: int, units: int) -> Shapes:
        """Returns the shape of each weight by name, in the order of the layer's trainable variables.

        Args:
            inputs: Length of an input vector.
            units: Units of the cell.
        """

    @abc.abstractmethod
    def layer(self, units: int) -> KerasLayer:
        """Makes a Keras cell, whose weights are drawn when it is built."""

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Makes the layer that takes whole sequences, for a plain Keras model: `(batch, time, inputs)` to `units`.

        Its trainable variables are those of `layer`, in the same order.

        Args:
            units: Units of the cell.
            stateful: Whether the state stays from one call to the next.
        """
        return keras.layers.RNN(self.layer(units), return_sequences=True, stateful=stateful)

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Returns a bias with the start of Tallec and Ollivier 2018 (arXiv:1804.11188), section 3, written into it.

        Args:
            bias: The bias as it was drawn, float32.
            held: How much each unit is to hold, float32 `(units,)`, in logits of the gate that keeps the state.

        Raises:
            SettingError: If no gate of this cell holds the state.
        """
        raise SettingError("init", "chrono", f"needs a cell with a gate that holds its state, not {self}")

    def start_bias(self, bias: np.ndarray) -> np.ndarray:
        """Returns the bias that a layer starts from, given the one that was drawn: where a setting decides it."""
        return bias

    @property
    def gated(self) -> bool:
        """Whether a gate holds the state, so that `chrono` can open it."""
        return type(self).chrono is not Cell.chrono

    @property
    def default_init(self) -> str:
        """The start where nobody gives one: the gate that holds the state is open."""
        return "chrono" if self.gated else "glorot"

    @property
    def graph(self) -> Cell:
        """The cell without settings that only change what its weights start from: what is compiled depends on it."""
        return self

    def check_chrono(self) -> None:
        """Raises SettingError where `chrono` would, by trying it on a single unit."""
        bias = self.weights(1, 1).get("bias", ())
        self.chrono(np.zeros(bias, np.float32), np.zeros(1, np.float32))

    def check_permission(self) -> None:  # noqa: B027
        """Raises SettingError for code that the user has not named; the cells of seqmem need no permission."""
