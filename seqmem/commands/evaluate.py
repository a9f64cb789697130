"""`seqmem eval`: a stored run judged again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.cells.cell import Cell
from seqmem.commands.train import trusted_cell
from seqmem.experiment import evaluate as experiment
from seqmem.results.json import json_text
from seqmem.storage.atomic import new_file, refuse_existing
from seqmem.terminal.console import print_result
from seqmem.terminal.output import Output


def evaluate(path: Path, out: Path | None, cell: Cell | None, output: Output, **asked: Any) -> None:
    """Judges a stored run again, prints the result, and writes it to the new file `out` if given.

    `cell` is as in `trusted_cell`; `asked` are the other arguments of `seqmem.experiment.evaluate.evaluate`.
    """
    trusted = trusted_cell(path, cell)
    if out is not None:
        refuse_existing(out)
    result = experiment.evaluate(path, trusted=trusted, **asked)
    if out is not None:
        with new_file(out) as file:
            file.write(json_text(result.to_json()).encode())
    print_result(output, result)
