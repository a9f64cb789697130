"""Results that draw themselves; how is registered by `render`, above."""

from __future__ import annotations

import functools
from typing import Any


@functools.singledispatch
def drawing(result: object) -> Any:
    """Returns what rich can draw of a result, as `seqmem.render.results` registers it; its repr before that."""
    return repr(result)


class Drawn:
    """A result that draws itself: printed, on a rich console, in a notebook."""

    def __rich__(self) -> Any:
        return drawing(self)

    def __str__(self) -> str:
        return str(drawing(self))

    def _repr_html_(self) -> str | None:
        drawn = drawing(self)
        return None if isinstance(drawn, str) else drawn._repr_html_()
