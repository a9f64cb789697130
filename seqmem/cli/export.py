"""`seqmem export`."""

from __future__ import annotations

from pathlib import Path

import click

from seqmem.cli.options import HeadedCommand, option
from seqmem.cli.output import output_options
from seqmem.terminal.output import Output


@click.command(
    "export",
    cls=HeadedCommand,
    examples={
        "seqmem export runs/first --to first.csv": "A row a replicate.",
        "seqmem export runs/map --to map.csv": "A row a trial of a sweep.",
        "seqmem export runs/map --to map.svg": "The drawing as a picture.",
    },
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@option(
    "--to",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A new file: .csv, .json, .html or .svg.",
)
@output_options
def command(path: Path, file: Path, output: Output) -> None:
    """Write a stored run or sweep into a file of another format.

    The file is whole or absent, and nothing is written over.
    """
    from seqmem.commands.export import export

    export(path, file, output)
