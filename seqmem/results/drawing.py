"""Results draw themselves; how they are drawn is registered from above, so that nothing here knows of drawing."""

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
        found = drawing(self)
        return None if isinstance(found, str) else found._repr_html_()
