"""`seqmem list`."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from seqmem.cli.options import HeadedCommand, completed, option
from seqmem.cli.output import output_options
from seqmem.settings import Integer
from seqmem.terminal.output import Output


def _complete_columns(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from seqmem.commands.list import COLUMNS

    return completed(COLUMNS, incomplete)


@click.command(
    "list",
    cls=HeadedCommand,
    examples={
        "seqmem list": "All runs in the folder runs.",
        "seqmem list --where cell=lstm --where units=20 --sort recall_accuracy --reverse": "The best of a kind first.",
        "seqmem list --where 'recall_accuracy>0.9'": "Quoted, as the shell would take > for a file.",
        "seqmem list experiments --csv": "For a spreadsheet: every column of every run; --json for a program.",
    },
)
@click.argument("root", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    heading="Rows",
    help="Only these runs; also != < <= > >=. Repeatable.",
)
@option(
    "--sort",
    metavar="COLUMN",
    shell_complete=_complete_columns,
    heading="Rows",
    help="Sort by this column [default: by name].",
)
@option("--reverse", is_flag=True, heading="Rows", help="Reverse the order.")
@option("--limit", kind=Integer(1), heading="Rows", help="At most N rows.")
@option("--csv", "as_csv", is_flag=True, heading="Output", help="Print every column as CSV and nothing else.")
@output_options
def command(
    root: Path | None,
    where: tuple[str, ...],
    sort: str | None,
    reverse: bool,
    limit: int | None,
    as_csv: bool,
    output: Output,
) -> None:
    """List stored runs and sweeps.

    Any setting and any result is a column. A damaged run is shown as corrupt.
    """
    from seqmem.commands.list import list_stored

    list_stored(root, where=where, sort=sort, reverse=reverse, limit=limit, as_csv=as_csv, output=output)
