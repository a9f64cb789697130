"""What a path given to `show` or `export` holds: a run or a sweep."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.errors import SeqmemError

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclasses.dataclass(frozen=True)
class Stored:
    """A result and where it lies.

    Attributes:
        path: The run or sweep directory.
        result: A `RunResult` or a `SweepResult`.
        is_sweep: Which of the two.
    """

    path: Path
    result: Any
    is_sweep: bool

    def drawing(self) -> RenderableType:
        """Returns what `seqmem show` draws."""
        if self.is_sweep:
            from seqmem.render.sweep_view import draw_sweep

            return draw_sweep(self.result)
        from seqmem.render.run_view import draw_run

        return draw_run(self.result, self.path)


def read_stored(path: Path) -> Stored:
    """Reads a run that has a result, or a sweep as far as it has come.

    Raises:
        SeqmemError: If there is no such thing, it is damaged, or a run has no result yet.
    """
    from seqmem.storage.run_directory import read_run
    from seqmem.storage.sweep_directory import is_sweep, read_sweep

    if is_sweep(path):
        return Stored(path, read_sweep(path), True)
    stored = read_run(path)
    if stored.result is None:
        reached = stored.history[-1].presentations if stored.history else 0
        words = f"{path}: no result yet: {stored.status} after {reached} of {stored.config.budget} presentations"
        hint = f"; go on with: seqmem train --resume {path}" if stored.status == "interrupted" else ""
        raise SeqmemError(words + hint)
    return Stored(path, stored.result, False)
