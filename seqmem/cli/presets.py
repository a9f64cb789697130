"""`--preset list`, wherever there is a `--preset`."""

from __future__ import annotations

import functools
from typing import Any

import click

from seqmem.cli.output import Output


def list_presets_first(function: Any) -> Any:
    """Lets a command answer `--preset list` and do nothing else."""

    @functools.wraps(function)
    def command(preset: str | None, output: Output, **kwargs: Any) -> Any:
        if preset == "list":
            return print_presets(output)
        return function(preset=preset, output=output, **kwargs)

    return command


def print_presets(output: Output) -> None:
    """Names the presets, a line each, or as one JSON object."""
    from seqmem import presets

    summaries = {name: presets.preset_summary(name) for name in presets.preset_names()}
    if output.json:
        output.document(summaries)
        return
    width = max(map(len, summaries))
    for name, summary in summaries.items():
        click.echo(f"{name:{width}}  {summary}")
