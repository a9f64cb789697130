"""Eligibility traces: a gradient at every step that no window cuts.

What a cell holds, c, changes by dc/dc' = f from step to step, and by the products of its weights with what they see.
Along c alone the derivative of c by each weight can be carried forward, its trace E, so that the gradient of a step's
loss is there at once, at a cost that does not depend on how far back it reaches::

    E <- f E + dc/d(product) x        x: the input, the state or the 1 that the weight meets

The way through the recurrent weights is cut, as in Hochreiter and Schmidhuber 1997, appendix A.1; with a forget gate:
Gers, Schmidhuber and Cummins 2000. Where weights do not change in between, the gradients of all steps add up to that of
backpropagation through time with the same cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from seqmem.backend.lazy import Tensor, tf
from seqmem.cells.recurrence import Recurrence
from seqmem.models.network import Network
from seqmem.models.symbols import one_hot_vectors
from seqmem.training.head import head_gradient
from seqmem.training.window import Window


def build_gradient(
    network: Network, time: int, reset_every: int, masked: bool, head_steps: int, block: int
) -> tuple[Callable, Callable]:
    """Builds the gradient of one step's loss L, from traces that are carried beside the states.

    Args:
        network: The network of every replicate, of one layer.
        time: 1, the steps of a window.
        reset_every: Not used: a sequence starts from fresh states.
        masked: Whether some steps do not exist.
        head_steps: Not used: the head sees one step.
        block: Not used.

    Returns:
        As `bptt.build_gradient`; behind the states are the traces of the weights, float32 `(replicate, batch, *shape)`.
    """
    steps, count = network.steps, network.cell_weight_count
    names = [name.removeprefix("cell/") for name in network.names[:count]]
    recurrence = network.cell
    assert isinstance(recurrence, Recurrence)
    assert recurrence.held_state is not None
    held, seen = recurrence.held_state, recurrence.seen_state

    def first_states_of(replicates: int, batch: int) -> list[Tensor]:
        traces = [tf.zeros((replicates, batch, *shape)) for shape in network.shapes[:count]]
        return network.initial_states(replicates, batch) + traces

    def take_step(parameters: list[Tensor], window: Window, carried: list[Tensor]) -> tuple:
        cell, head, symbols = parameters[:count], parameters[count:], window.inputs[0]
        states, traces = carried[:-count], carried[-count:]
        output, following, kept = steps.forward(cell, symbols, states)
        nothing = [tf.zeros_like(state) for state in states]

        def step_gradient() -> tuple:
            loss, error, d_head, d_outputs = head_gradient(network, head, output[None], window)
            # at this step: dL/d(product), and dL/dc' of what was held before; nothing comes from later steps
            d_before, parts = steps.backward(cell, symbols, states, kept, d_outputs[0], nothing)
            with_time = ([array[None] for array in arrays] for arrays in (states, kept, parts))
            at_step = steps.weight_gradient(cell, window.inputs, *with_time)
            # at all steps before: dL/dc' dc'/dw, the trace
            before = [tf.reduce_sum(_columns(d_before[held], trace) * trace, axis=1) for trace in traces]
            return loss, error, [now + past for now, past in zip(at_step, before, strict=True)] + d_head

        # dc/dc' and dc/d(product), each unit by itself, are the derivatives of L = sum(c)
        only_held = [tf.ones_like(state) if index == held else state for index, state in enumerate(nothing)]
        decay, [local] = steps.backward(cell, symbols, states, kept, tf.zeros_like(output), only_held)
        met = {
            "kernel": one_hot_vectors(symbols, network.features),
            "recurrent_kernel": states[seen] if len(states) > seen else None,
        }
        grown = [
            _columns(decay[held], trace) * trace + _outer(met.get(name), local[..., -trace.shape[-1] :])
            for name, trace in zip(names, traces, strict=True)
        ]
        if masked:
            exists = window.valid[0]
            grown, following = _where_rows(exists, grown, traces), _where_rows(exists, following, states)
        return [*following, *grown], step_gradient

    return first_states_of, take_step


def _columns(of_units: Tensor, trace: Tensor) -> Tensor:
    """One number per unit, `(replicate, batch, units)`, as a factor of each column of a trace: its unit's."""
    repeated = tf.tile(of_units, [1, 1, trace.shape[-1] // of_units.shape[-1]])
    return repeated if len(trace.shape) == 3 else repeated[:, :, None]


def _outer(met: Tensor | None, local: Tensor) -> Tensor:
    """What a trace grows by: dc/d(product) times what the weight meets; a bias meets 1."""
    return local if met is None else met[..., None] * local[:, :, None]


def _where_rows(rows: Tensor, chosen: Sequence[Tensor], others: Sequence[Tensor]) -> list[Tensor]:
    """The chosen tensors in the rows that are marked, bool `(replicate, batch)`, the others elsewhere."""

    def like(tensor: Tensor) -> Tensor:
        return tf.reshape(rows, (*rows.shape, *[1] * (len(tensor.shape) - 2)))

    return [tf.where(like(new), new, old) for new, old in zip(chosen, others, strict=True)]
