"""The options for the output of a command."""

from __future__ import annotations

import functools

import click

from seqmem.cli.options import Command, option
from seqmem.settings import Choice
from seqmem.terminal.output import Output


def output_options(function: Command) -> Command:
    """Declares `--json`, `--quiet`, `--color` and `--verbose`; the command gets one argument `output` for them."""

    @functools.wraps(function)
    def command(*args: object, color: str, quiet: bool, as_json: bool, verbose: bool, **kwargs: object) -> None:
        shared = click.get_current_context().find_root().obj
        if isinstance(shared, dict):
            shared["verbose"] = verbose
        function(*args, output=Output(color, quiet, as_json), **kwargs)

    declared: Command = command
    colors = Choice(("auto", "always", "never"))
    for declare in (
        option("--verbose", is_flag=True, heading="Output", help="Show the traceback of an error."),
        option("--color", kind=colors, default="auto", heading="Output", help="Colour the output. [default: auto]"),
        option(
            "--json",
            "as_json",
            is_flag=True,
            heading="Output",
            help="Print one JSON document, of an error too.",
        ),
        option("--quiet", "-q", is_flag=True, heading="Output", help="Print the result alone: no progress, no notes."),
    ):
        declared = declare(declared)
    return declared
