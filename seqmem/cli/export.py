"""`seqmem export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
        "seqmem export runs/first --to losses.csv --rows history": "One row per check of a replicate: the loss curve.",
        "seqmem export runs/map --to map.csv": "One row per trial of a sweep.",
        "seqmem export runs/first --to first.html": "A report to send: answer, charts, predictions, settings.",
        "seqmem export runs/first --to loss.svg": "Its learning curve as a picture.",
        "seqmem export runs/map --chart curve --to map.pdf": "A sweep over two axes as curves.",
        "seqmem export judged.json --to gaps.png": "What `seqmem eval --gaps ... --out judged.json` kept.",
        "seqmem export runs/first --chart terminal --to screen.svg": "What `seqmem show` draws, colours and all.",
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
    help="A new file: data as .csv, .json or .parquet, a chart as .png, .svg or .pdf, a report as .html, a model "
    "as .keras.",
)
@option(
    "--format",
    kind=Choice(("csv", "json", "parquet", "png", "svg", "pdf", "html", "keras", "tensorboard")),
    heading="File",
    help="Its format, where the name does not tell: tensorboard is a folder.",
)
@option(
    "--rows",
    kind=Choice(("results", "history", "predictions")),
    default="results",
    heading="File",
    help="Of .csv and .parquet: what became of each replicate or trial, every check of every replicate, or every "
    "stored prediction step. [default: results]",
)
@option(
    "--chart",
    metavar="NAME",
    heading="Charts",
    help="loss or success of a run; map, curve or success of a sweep; gaps or states of an evaluation; report: a page "
    "with all of them, words and tables; terminal: the terminal's own drawing, into .svg or .html, without the extra "
    "packages that the others need. [default: report for .html, elsewhere the first chart that the result has]",
)
@option("--theme", kind=Choice(("light", "dark")), default="light", heading="Charts", help="Colours. [default: light]")
@option("--replicate", kind=Replicate(), default="best", heading="Keras", help="Which replicate. [default: best]")
@option("--stateless", is_flag=True, heading="Keras", help="Build it for whole sequences, not step by step.")
@option("--cell", kind=CellKind(), heading="Keras", help="Allow importing the run's own cell.")
@output_options
def command(path: Path, to: Path, stateless: bool, cell: Cell | None, output: Output, **asked: Any) -> None:
    """Write a stored run, sweep or evaluation into a file of another format.

    Written atomically; an existing file is never overwritten.
    """
    from seqmem.commands.export import export

    export(path, to, output, stateful=not stateless, cell=cell, **asked)
