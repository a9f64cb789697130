"""The steps of one update."""

from __future__ import annotations

import dataclasses

from seqmem.backend.lazy import Tensor


@dataclasses.dataclass(frozen=True)
class Window:
    """The steps of a window.

    Attributes:
        inputs: int32 `(time, replicate, batch, context)`, symbols; -1 for none.
        targets: int32 `(time, replicate, batch)`.
        weights: float32 `(time, replicate, batch)`, how much the loss of each step counts.
        valid: bool `(time, replicate, batch)`, the steps that exist: at the others the state is frozen.
        judged: bool `(time, replicate, batch)`, the steps that the criterion asks for; all of them are trained.
        order: int32 `(time,)`, step indices, those with a nonzero weight first.
    """

    inputs: Tensor
    targets: Tensor
    weights: Tensor
    valid: Tensor
    judged: Tensor
    order: Tensor

    @property
    def arrays(self) -> list[Tensor]:
        """All of them, in this order."""
        return list(vars(self).values())
