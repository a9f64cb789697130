"""The long short-term memory of 1997, before it had a forget gate.

Hochreiter and Schmidhuber 1997, Neural Computation 9(8):1735-1780, memory cell blocks of size one. With input x, f the
logistic function, and y what the hidden layer gave at the step before (cell outputs, input gates, output gates)::

    u, i, o = f(x W + y R)      cell input, input gate and output gate, each with weights of its own; no biases
    c       = c + i * g         what is held: nothing is ever forgotten;  g = 4 u - 2, or u
    h       = o * s             the output;                               s = 2 f(c) - 1, or c

The paper's network of task 2c has g in [-2, 2] and s in [-1, 1]; that of task 2a has g in [0, 1], s the identity and no
output gate.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import ModuleType
from typing import ClassVar

import numpy as np

from seqmem.backend.lazy import Tensor, tf
from seqmem.cells.cell import Cell, Shapes
from seqmem.cells.recurrence import Recurrence
from seqmem.cells.step_layer import StepCell
from seqmem.settings import Choice, Flag, Number, setting


@dataclasses.dataclass(frozen=True)
class LSTM1997(StepCell, Recurrence):
    """Memory cells with an input gate and an output gate; weights hold the parts u, i, o side by side.

    Keras' layer runs `step`; training and evaluation run the same equations as `forward` and `backward`.
    """

    name: ClassVar[str] = "lstm1997"
    summary: ClassVar[str] = "the LSTM of 1997, without forget gate and biases"
    state_names: ClassVar[tuple[str, ...]] = ("c", "y")
    seen_state: ClassVar[int] = 1
    held_state: ClassVar[int | None] = 0

    recurrence: str = setting(
        "full",
        Choice(("full", "gates", "none")),
        "What sees the hidden layer of the step before: cells and gates of lstm1997, its gates only, or nothing.",
        "Network",
    )
    output_gate: bool = setting(True, Flag(), "Give each cell of lstm1997 an output gate.", "Network")
    squash: str = setting(
        "centred",
        Choice(("centred", "plain")),
        "Squash what goes into a cell of lstm1997 to -2..2 and what comes out to -1..1, or to 0..1 and not at all.",
        "Network",
    )
    gate_start: float = setting(
        0.0, Number(-100.0, 100.0), "Added to the initial weights from the inputs to lstm1997's input gates.", "Network"
    )
    truncate: bool = setting(
        True, Flag(), "Let the error of lstm1997 flow back through what its cells hold only.", "Network"
    )

    def weights(self, inputs: int, units: int) -> Shapes:
        """Kernel and, where anything sees the step before, recurrent kernel of the parts."""
        parts = 2 + self.output_gate
        seeing = {"full": parts, "gates": parts - 1, "none": 0}[self.recurrence]
        shapes: Shapes = {"kernel": (inputs, parts * units)}
        if seeing:
            shapes["recurrent_kernel"] = (parts * units, seeing * units)
        return shapes

    def initial_weight(self, name: str, drawn: np.ndarray) -> np.ndarray:
        """Moves what the input gates see of the inputs by `gate_start`."""
        if name != "kernel":
            return drawn
        into, gate, *others = np.split(drawn, 2 + self.output_gate, axis=1)
        return np.concatenate([into, gate + np.float32(self.gate_start), *others], axis=1)

    @property
    def graph(self) -> Cell:
        return dataclasses.replace(self, gate_start=0.0)  # it changes initial weights only

    def initial(self, units: int) -> dict[str, str]:
        """Keras' usual start; the paper's is `--init uniform:0.2`."""
        return {"kernel": "glorot_uniform", "recurrent_kernel": "orthogonal"}

    def state_sizes(self, units: int) -> tuple[int, ...]:
        """What is held, and what the hidden layer gave."""
        return (units,) if self.recurrence == "none" else (units, (2 + self.output_gate) * units)

    def step(
        self, ops: ModuleType, weights: dict[str, Tensor], inputs: Tensor, states: Sequence[Tensor]
    ) -> tuple[Tensor, Sequence[Tensor]]:
        """Takes one time step."""
        held, *before = states
        units = held.shape[-1]
        net = ops.matmul(inputs, weights["kernel"])
        if before:
            # the paper cuts the error at every recurrent input: only what is held carries it further back
            seen = ops.stop_gradient(before[0]) if self.truncate else before[0]
            recurrent = ops.matmul(seen, weights["recurrent_kernel"])
            # with recurrent gates only, the first part, which goes into the cell, sees nothing
            blind = net[:, :units] if self.recurrence == "gates" else net[:, :0]
            net = ops.concatenate([blind, net[:, blind.shape[-1] :] + recurrent], axis=-1)
        into, *gates = ops.split(ops.sigmoid(net), 2 + self.output_gate, axis=-1)

        centred = self.squash == "centred"
        held = held + gates[0] * (4.0 * into - 2.0 if centred else into)
        output = 2.0 * ops.sigmoid(held) - 1.0 if centred else held
        if self.output_gate:
            output = gates[1] * output
        return output, [held, ops.concatenate([output, *gates], axis=-1)] if before else [held]

    @property
    def kept_units(self) -> tuple[int, ...]:  # type: ignore[override]
        """Of u, i and o, and of s."""
        return (2 + self.output_gate, 1)

    @property
    def truncated(self) -> bool:  # type: ignore[override]
        """As the paper has it, unless `truncate` is off."""
        return self.truncate

    def forward(
        self, products: Sequence[Tensor], states: Sequence[Tensor]
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Returns h, and the next c and y; keeps u, i, o and s."""
        parts = tf.sigmoid(products[0])
        u, i, *o = tf.split(parts, 2 + self.output_gate, axis=-1)
        centred = self.squash == "centred"
        c = states[0] + i * (4.0 * u - 2.0 if centred else u)
        s = 2.0 * tf.sigmoid(c) - 1.0 if centred else c
        h = o[0] * s if o else s
        y = [tf.concat([h, i, *o], axis=-1)] if len(states) > 1 else []
        return h, [c, *y], [parts, s]

    def backward(
        self, kept: Sequence[Tensor], states: Sequence[Tensor], d_output: Tensor, d_states: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns dL/d(x W + y R), and dL/dc of the step before; the old y acts through y R alone."""
        (parts, s), count = kept, 2 + self.output_gate
        u, i, *o = tf.split(parts, count, axis=-1)
        d_c, *d_y = d_states
        # later steps see what the hidden layer gave: h, i and o
        d_h, d_i, *d_o = tf.split(d_y[0], count, axis=-1) if d_y else [tf.zeros_like(s)] * count
        d_h += d_output
        centred = self.squash == "centred"
        # h = o s; s = 2 f(c) - 1, whose derivative 2 f (1 - f) is (1 - s^2) / 2
        d_s = d_h * o[0] if o else d_h
        d_c += d_s * 0.5 * (1.0 - s * s) if centred else d_s
        # c = c' + i g, and f' = f (1 - f)
        d_i += d_c * (4.0 * u - 2.0 if centred else u)
        d_u = d_c * i * (4.0 if centred else 1.0)
        d_parts = [d_u, d_i, *(d_gate + d_h * s for d_gate in d_o)]
        d_product = tf.concat(d_parts, axis=-1) * parts * (1.0 - parts)
        return [d_product], [d_c, *(tf.zeros_like(state) for state in states[1:])]
