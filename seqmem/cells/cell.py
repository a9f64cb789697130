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
    """A cell: the part of a network that carries a state from one time step to the next.

    Subclasses are frozen dataclasses. Their fields are the settings of this cell alone, declared with
    `seqmem.settings.setting`; option, TOML key and sweep axis follow from them.

    Attributes:
        name: Its name, as in `--cell NAME`.
        summary: A few words for `--help`.
        keeps_state: Whether any state is carried from one time step to the next.
        state_names: Names of its states, in the order of the layer's.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    keeps_state: ClassVar[bool] = True
    state_names: ClassVar[tuple[str, ...]] = ()
    held_state: ClassVar[int | None] = None

    def __post_init__(self) -> None:
        read_settings(self)

    def __str__(self) -> str:
        return self.name

    @abc.abstractmethod
    def weights(self, inputs: int, units: int) -> Shapes:
        """Returns the shape of each weight by name, in the order of the layer's trainable variables."""

    @abc.abstractmethod
    def layer(self, units: int) -> KerasLayer:
        """Returns a new Keras cell; building it draws its weights."""

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Returns the Keras layer for whole sequences, `(batch, time, inputs)` to `(batch, time, units)`.

        Its trainable variables are those of `layer`, in the same order. `stateful` keeps the state between calls.
        """
        return keras.layers.RNN(self.layer(units), return_sequences=True, stateful=stateful)

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Returns the bias with the chrono initialisation of Tallec and Ollivier 2018 (arXiv:1804.11188), section 3.

        Args:
            bias: The bias as drawn by Keras, float32.
            held: Logit of the gate that keeps the state, for each unit, float32 `(units,)`.

        Raises:
            SettingError: If no gate of this cell keeps the state.
        """
        raise SettingError("init", "chrono", f"needs a cell with a gate that holds its state, not {self}")

    def initial_weight(self, name: str, drawn: np.ndarray) -> np.ndarray:
        """Returns a weight that a layer starts from, given the one that was drawn, where a setting changes it."""
        return drawn

    @property
    def gated(self) -> bool:
        """Whether a gate keeps the state, so that `chrono` can open it."""
        return type(self).chrono is not Cell.chrono

    @property
    def default_init(self) -> str:
        """Default of the setting `init`: an open gate, if a gate keeps the state."""
        return "chrono" if self.gated else "glorot"

    @property
    def graph(self) -> Cell:
        """The cell without settings that only change initial weights: the key of its compiled code."""
        return self

    def check_chrono(self) -> None:
        """Raises SettingError if `chrono` does, by calling it for a single unit."""
        bias = self.weights(1, 1).get("bias", ())
        self.chrono(np.zeros(bias, np.float32), np.zeros(1, np.float32))

    def check_permission(self) -> None:  # noqa: B027
        """Raises SettingError for user code that was not named by the user; the cells of seqmem need no permission."""
