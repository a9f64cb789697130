"""`seqmem show`."""

from __future__ import annotations

from pathlib import Path

import click

from seqmem.cli.options import HeadedCommand
from seqmem.cli.output import output_options
from seqmem.terminal.output import Output


@click.command(
    "show",
    cls=HeadedCommand,
    examples={
        "seqmem show runs/first": "Draw it as it was drawn after training.",
        "seqmem show runs/map": "A sweep, as far as it has come.",
        "seqmem show runs/lstm runs/gru": "Side by side: are they different, or is it luck?",
        "seqmem show runs/first --json": "Its result.json, checked.",
    },
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@output_options
def command(paths: tuple[Path, ...], output: Output) -> None:
    """Draw a stored run or sweep again, or runs side by side.

    Of several runs, settings that differ and outcomes stand in columns, and each is compared with the first.
    """
    from seqmem.commands.show import show

    show(paths, output)
