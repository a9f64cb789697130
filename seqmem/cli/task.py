"""`seqmem task`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from seqmem.cli.options import HeadedCommand, config_options, list_presets_first, option, setting_options
from seqmem.cli.output import output_options
from seqmem.config.sources import read_config, source_in_errors, typed_value
from seqmem.settings import Integer
from seqmem.terminal.output import Output


@click.command(
    "task",
    cls=HeadedCommand,
    examples={
        "seqmem task": "The tutorial's two sequences, and the step that needs memory.",
        "seqmem task --gap 5 --fillers fresh --trigger --count 8": "What a network is shown, one by one.",
        'seqmem task --sequence "the cat sat" --sequence "a cat ran" --pairs': "Is there a conflict in these?",
        "seqmem task --gap 2:4 --to sequences.npz": "Arrays for a program of your own.",
    },
)
@config_options
@setting_options("Task", names=("head", "context", "window", "batch_size", "lags", "shuffle", "loss_at", "seed"))
@option(
    "--count",
    kind=Integer(1, 10_000_000),
    heading="Drawing",
    help="N presentations, of which 40 are drawn [default: each sequence once, or 10 of an infinite task].",
)
@option("--pairs", is_flag=True, heading="Drawing", help="Every step as a pair of input and target.")
@option("--arrays", is_flag=True, heading="Drawing", help="The one-hot arrays and their shapes.")
@option(
    "--to", type=click.Path(path_type=Path), metavar="FILE", heading="Output", help="Write .npz, .csv, .jsonl or .txt."
)
@output_options
@list_presets_first
def command(
    config_path: Path | None,
    preset: str | None,
    count: int | None,
    pairs: bool,
    arrays: bool,
    to: Path | None,
    output: Output,
    **typed: Any,
) -> None:
    """Draw a task and what needs memory in it, or write it to a file."""
    config = read_config(config_path, preset, typed)
    from seqmem.commands.task import task

    with source_in_errors({"count": typed_value("count", count)}):
        task(config, count=count, pairs=pairs, arrays=arrays, file=to, output=output)
