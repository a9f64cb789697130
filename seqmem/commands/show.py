"""`seqmem show`: a stored result drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.errors import UsageError
from seqmem.results.comparison import Comparison
from seqmem.results.run import RunResult
from seqmem.storage.load import read_stored
from seqmem.terminal.console import print_result
from seqmem.terminal.output import Output


def show(paths: Sequence[Path], output: Output) -> None:
    """Prints the result of a stored run or sweep, or several runs side by side.

    Raises:
        UsageError: If one of several is no run.
    """
    results = [read_stored(path).result for path in paths]
    if len(results) == 1:
        return print_result(output, results[0])
    runs = [result for result in results if isinstance(result, RunResult)]
    if len(runs) < len(results):
        other = next(path for path, result in zip(paths, results, strict=True) if not isinstance(result, RunResult))
        raise UsageError(f"{other}: is no run, and only runs stand side by side, such as the trials of a sweep")
    print_result(output, Comparison(tuple(runs)))
