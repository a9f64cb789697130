"""`seqmem eval`: a stored run judged again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.cells.cell import Cell
from seqmem.commands.train import trusted_cell
from seqmem.experiment import evaluate as experiment
from seqmem.judge.criterion import Criterion
from seqmem.results.json import json_text
from seqmem.storage.atomic import new_file, refuse_existing
from seqmem.terminal.console import print_result
from seqmem.terminal.output import Output


def evaluate(
    path: Path,
    out: Path | None,
    cell: Cell | None,
    output: Output,
    *,
    gaps: Sequence[int],
    sequences_count: int | None,
    fillers: str | None,
    sequences: Sequence[str],
    replicate: str,
    criterion: Criterion | None,
    free_run: int | None,
    states: bool,
    cache: bool,
) -> None:
    """Judges a stored run again, prints the result, and writes it to the new file `out` if given.

    `cell` is as in `trusted_cell`; the arguments after `output` are those of `seqmem.experiment.evaluate`.
    """
    trusted = trusted_cell(path, cell)
    if out is not None:
        refuse_existing(out)
    result = experiment.evaluate(
        path,
        gaps=gaps,
        sequences_count=sequences_count,
        fillers=fillers,
        sequences=sequences,
        replicate=replicate,
        criterion=criterion,
        free_run=free_run,
        states=states,
        trusted=trusted,
        cache=cache,
    )
    if out is not None:
        with new_file(out) as file:
            file.write(json_text(result.to_json()).encode())
    print_result(output, result)
