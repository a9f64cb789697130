"""The long short-term memory, with a forget gate; Keras' own.

Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000. With input x, output h and what is
held, c::

    i, f, o = sigmoid(x W + h U + b)        input, forget and output gate, each with weights of its own
    g       = tanh(x W + h U + b)           the candidate
    c       = f * c + i * g                 what is held, and what is written
    h       = o * tanh(c)
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, keras
from seqmem.cells.cell import Cell, Shapes
from seqmem.errors import SettingError
from seqmem.settings import Number, setting


@dataclasses.dataclass(frozen=True)
class LSTM(Cell):
    """Keras' LSTM cell; its weights hold the parts i, f, g, o side by side."""

    name: ClassVar[str] = "lstm"
    summary: ClassVar[str] = "long short-term memory"
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")

    forget_bias: float | None = setting(
        None, Number(-1000.0, 1000.0, optional=True), "Bias of lstm's forget gate [default: 1, Keras' own].", "Network"
    )

    def weights(self, inputs: int, units: int) -> Shapes:
        """Kernel, recurrent kernel and bias of the four parts."""
        return {"kernel": (inputs, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,)}

    def layer(self, units: int) -> KerasLayer:
        """Makes Keras' cell."""
        return keras.layers.LSTMCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        """Makes Keras' layer of these cells."""
        return keras.layers.LSTM(units, return_sequences=True, stateful=stateful)

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Opens the forget gate by `held` and closes the input gate by as much."""
        if self.forget_bias is not None:
            raise SettingError("forget_bias", self.forget_bias, "does not go with init = chrono, which draws it")
        _, _, *others = np.split(bias, 4)
        return np.concatenate([-held, held, *others])

    def start_bias(self, bias: np.ndarray) -> np.ndarray:
        """Sets the forget gate's bias where it is given."""
        if self.forget_bias is None:
            return bias
        entry, forget, *others = np.split(bias, 4)
        return np.concatenate([entry, np.full_like(forget, self.forget_bias), *others])

    @property
    def default_init(self) -> str:
        """An open forget gate, unless its bias is given."""
        return "chrono" if self.forget_bias is None else "glorot"

    @property
    def graph(self) -> Cell:
        """The forget gate's bias is only what it starts from."""
        return LSTM()
