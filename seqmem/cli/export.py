"""`seqmem export`."""

from __future__ import annotations

from pathlib import Path

import click

from seqmem.cells import CellKind
from seqmem.cells.cell import Cell
from seqmem.cli.eval import Replicate
from seqmem.cli.options import HeadedCommand, option
from seqmem.cli.output import output_options
from seqmem.settings import Choice
from seqmem.terminal.output import Output


@click.command(
    "export",
    cls=HeadedCommand,
    examples={
        "seqmem export runs/first --to first.csv": "One row per replicate.",
        "seqmem export runs/map --to map.csv": "One row per trial of a sweep.",
        "seqmem export runs/map --to map.svg": "The drawing as a picture.",
        "seqmem export runs/first --to first.keras": "The best replicate as a plain Keras model.",
        "seqmem export runs/first --to board --format tensorboard": "A folder for TensorBoard.",
    },
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    heading="File",
    help="A new file: .csv, .json, .html, .svg or .keras.",
)
@option(
    "--format",
    kind=Choice(("csv", "json", "html", "svg", "keras", "tensorboard")),
    heading="File",
    help="Its format, where the name does not tell: tensorboard is a folder.",
)
@option("--replicate", kind=Replicate(), default="best", heading="Keras", help="Which replicate. [default: best]")
@option("--stateless", is_flag=True, heading="Keras", help="For whole sequences, in place of one step after another.")
@option("--cell", kind=CellKind(), heading="Keras", help="The run's cell, if it is your own code: may be imported.")
@output_options
def command(
    path: Path, to: Path, format: str | None, replicate: str, stateless: bool, cell: Cell | None, output: Output
) -> None:
    """Write a stored run or sweep into a file of another format.

    The file is whole or absent, and nothing is written over.
    """
    from seqmem.commands.export import export

    export(path, to, output, format=format, replicate=replicate, stateful=not stateless, cell=cell)
