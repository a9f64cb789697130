"""`seqmem show`."""

from __future__ import annotations

from pathlib import Path

import click

from seqmem.cli.options import HeadedCommand
from seqmem.cli.output import Output, output_options
from seqmem.errors import SeqmemError


@click.command(
    "show",
    cls=HeadedCommand,
    examples={
        "seqmem show runs/first": "Draw it as it was drawn after training.",
        "seqmem show runs/first --json": "Its result.json, checked.",
    },
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@output_options
def command(path: Path, output: Output) -> None:
    """Draw a stored run again."""
    from seqmem.rundir import read_run

    stored = read_run(path)
    if stored.result is None:
        reached = stored.history[-1].presentations if stored.history else 0
        words = f"{path}: no result yet: {stored.status} after {reached} of {stored.config.budget} presentations"
        hint = f"; go on with: seqmem train --resume {path}" if stored.status == "interrupted" else ""
        raise SeqmemError(words + hint)
    from seqmem.render.run_view import draw_run

    output.result(stored.result, lambda found: draw_run(found, path))
