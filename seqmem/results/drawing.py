"""Results that draw themselves, by functions registered elsewhere."""

from __future__ import annotations

import functools
from typing import Any


@functools.singledispatch
def drawing(result: object) -> Any:
    """Returns a drawing of a result for rich; `seqmem.render.results` registers it, and until then it is the repr."""
    return repr(result)


@functools.singledispatch
def charting(result: object, chart: str | None, theme: str) -> Any:
    """Returns a chart of a result; `seqmem.commands.python` registers it."""
    raise NotImplementedError


@functools.singledispatch
def tabulating(result: object, rows: str) -> Any:
    """Returns a data frame of a result; `seqmem.commands.python` registers it."""
    raise NotImplementedError


@functools.singledispatch
def modelling(result: object, replicate: int | str, stateful: bool) -> Any:
    """Returns a replicate of a run as a Keras model; `seqmem.commands.python` registers it."""
    raise NotImplementedError


class Drawn:
    """A result that draws itself: printed, on a rich console, in a notebook."""

    def __rich__(self) -> Any:
        return drawing(self)

    def __str__(self) -> str:
        return str(drawing(self))

    def _repr_html_(self) -> str | None:
        drawn = drawing(self)
        # None makes a notebook show the text instead
        return None if isinstance(drawn, str) else drawn._repr_html_()

    def plot(self, chart: str | None = None, theme: str = "light") -> Any:
        """Returns a chart as an `altair.Chart`, which a notebook shows.

        Args:
            chart: Its name, as for `seqmem export --chart`; None for the first chart of this result.
            theme: `light` or `dark`.

        Raises:
            UsageError: If the result has no such chart, or the extra `pictures` is not installed.
        """
        return charting(self, chart, theme)

    def to_frame(self, rows: str = "results") -> Any:
        """Returns a `pandas.DataFrame` of what `seqmem export --to FILE.csv` writes.

        Args:
            rows: `results` (one row per replicate or trial) or, of a run, `history` (one per check and replicate) or
                `predictions` (one per step of the stored predictions).

        Raises:
            UsageError: If the extra `data` is not installed, or there is no such table.
        """
        return tabulating(self, rows)
