"""The long short-term memory, with a forget gate; Keras' own.

Hochreiter and Schmidhuber 1997; the forget gate: Gers, Schmidhuber and Cummins 2000. With input x, output h and cell
state c::

    i, f, o = sigmoid(x W + h U + b)        input, forget and output gate, each with its own weights
    g       = tanh(x W + h U + b)           candidate
    c       = f * c + i * g                 the old state, and what is added to it
    h       = o * tanh(c)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import KerasLayer, Tensor, keras, tf
from seqmem.cells.cell import Cell, Shapes
from seqmem.cells.recurrence import Recurrence
from seqmem.errors import SettingError
from seqmem.settings import Number, setting


@dataclasses.dataclass(frozen=True)
class LSTM(Recurrence):
    """Keras' LSTM cell; each weight holds the parts i, f, g, o side by side.

    Keras builds, names and initialises the weights; training and evaluation run `forward` and `backward`.
    """

    name: ClassVar[str] = "lstm"
    summary: ClassVar[str] = "long short-term memory"
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")
    held_state: ClassVar[int | None] = 1
    kept_units: ClassVar[tuple[int, ...]] = (4, 1, 1)  # derivatives: by i, f, g, o; of h by c; of c by its old value

    forget_bias: float | None = setting(
        None, Number(-1000.0, 1000.0, optional=True), "Bias of lstm's forget gate [default: 1, Keras' own].", "Network"
    )

    def weights(self, inputs: int, units: int) -> Shapes:
        return {"kernel": (inputs, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,)}

    def layer(self, units: int) -> KerasLayer:
        return keras.layers.LSTMCell(units)

    def sequence_layer(self, units: int, stateful: bool) -> KerasLayer:
        return keras.layers.LSTM(units, return_sequences=True, stateful=stateful)

    def forward(
        self, products: Sequence[Tensor], states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Returns h, and the next h and c; keeps all derivatives of the step, which need no later step."""
        # one sigmoid over all four parts is faster than three; its third part is not used
        gates = tf.sigmoid(products[0])
        i, f, _, o = tf.split(gates, 4, axis=-1)
        g = tf.tanh(tf.split(products[0], 4, axis=-1)[2])
        c = f * states[1] + i * g
        tanh_c = tf.tanh(c)
        h = o * tanh_c
        # of c = f c' + i g by i, f and g, and of h = o tanh(c) by o: sigmoid' = s (1 - s), tanh' = 1 - tanh^2
        by_gates = [g * i * (1.0 - i), states[1] * f * (1.0 - f), i * (1.0 - g * g), tanh_c * o * (1.0 - o)]
        h_by_c = o * (1.0 - tanh_c * tanh_c)
        return h, [h, c], [tf.concat(by_gates, axis=-1), h_by_c, f]

    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], d_output: Tensor, d_states: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns dL/d(x W + h U + b), and dL/dh and dL/dc of the previous states.

        The previous h enters only through h U, whose gradient the engine adds; so its own part is zero.
        """
        # d_c holds what comes from later steps only
        (by_gates, h_by_c, f), (d_h, d_c) = kept, d_states
        d_h += d_output
        # the new c also affects the loss at this step, through h
        d_c += d_h * h_by_c
        # Two consumers of this product make XLA compute it twice, so little is left to compute here. i, f and g affect
        # the loss through c, o through h.
        return [tf.concat([d_c, d_c, d_c, d_h], axis=-1) * by_gates], [tf.zeros_like(d_h), d_c * f]

    def chrono(self, bias: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Sets the bias of the forget gate to `held`, and that of the input gate to its negative."""
        if self.forget_bias is not None:
            raise SettingError("forget_bias", self.forget_bias, "does not go with init = chrono, which draws it")
        _input_gate, _forget_gate, *others = np.split(bias, 4)
        return np.concatenate([-held, held, *others])

    def initial_weight(self, name: str, drawn: np.ndarray) -> np.ndarray:
        """Sets the bias of the forget gate to `forget_bias`, if given."""
        if name != "bias" or self.forget_bias is None:
            return drawn
        input_gate, forget_gate, *others = np.split(drawn, 4)
        return np.concatenate([input_gate, np.full_like(forget_gate, self.forget_bias), *others])

    @property
    def default_init(self) -> str:
        return "chrono" if self.forget_bias is None else "glorot"

    @property
    def graph(self) -> Cell:
        return LSTM()  # `forget_bias` changes initial weights only
