"""`seqmem show`: a stored result drawn again."""

from __future__ import annotations

from pathlib import Path

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.storage.load import read_stored
from seqmem.terminal.console import print_result
from seqmem.terminal.output import Output


def show(path: Path, output: Output) -> None:
    """Prints the result of a stored run or sweep."""
    print_result(output, read_stored(path).result)
