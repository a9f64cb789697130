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

from seqmem.backend.lazy import Tensor
from seqmem.cells.cell import Shapes
from seqmem.cells.step_layer import StepCell
from seqmem.settings import Choice, Flag, setting


@dataclasses.dataclass(frozen=True)
class LSTM1997(StepCell):
    """Memory cells with an input gate and an output gate; weights hold the parts u, i, o side by side."""

    name: ClassVar[str] = "lstm1997"
    summary: ClassVar[str] = "the LSTM of 1997, without forget gate and biases"
    state_names: ClassVar[tuple[str, ...]] = ("c", "y")

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
