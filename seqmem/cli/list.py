"""`seqmem list`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqmem.cli.options import HeadedCommand, completed, option
from seqmem.cli.output import output_options
from seqmem.errors import UsageError
from seqmem.settings import Integer
from seqmem.terminal.output import Output

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


RUNS = Path("runs")


def _complete_columns(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from seqmem.results.columns import COLUMNS

    return completed(COLUMNS, incomplete)


@click.command(
    "list",
    cls=HeadedCommand,
    examples={
        "seqmem list": "All runs in the folder runs.",
        "seqmem list --where cell=lstm --where units=20 --sort recall_accuracy --reverse": "The best of a kind first.",
        "seqmem list experiments --json": "For a program: every column of every run.",
    },
)
@click.argument("root", metavar="[DIR]", default=RUNS, type=click.Path(path_type=Path))
@option("--where", multiple=True, metavar="COLUMN=VALUE", heading="Rows", help="Only these runs; repeat it for more.")
@option(
    "--sort",
    metavar="COLUMN",
    shell_complete=_complete_columns,
    heading="Rows",
    help="In the order of a column [default: by name].",
)
@option("--reverse", is_flag=True, heading="Rows", help="The other way round.")
@option("--limit", kind=Integer(1), heading="Rows", help="At most so many.")
@output_options
def command(
    root: Path, where: tuple[str, ...], sort: str | None, reverse: bool, limit: int | None, output: Output
) -> None:
    """List stored runs and sweeps.

    Any setting and any result is a column. A damaged run is shown as corrupt.
    """
    from seqmem.results import columns
    from seqmem.storage.load import list_runs, sweep_rows

    if root != RUNS and not root.exists():
        raise UsageError(f"{root}: no such folder")
    conditions = [columns.parse_condition(text) for text in where]
    column = columns.check_column(sort or "run")
    known = [*(columns.run_row(stored) for stored in list_runs(root)), *sweep_rows(root)]
    rows = columns.select(known, conditions)
    rows = columns.sort(rows, column, reverse)[:limit]
    if output.json:
        output.document(rows)
        return
    if not rows:
        output.note(f"No runs in {root}." if not where else f"No such runs in {root}.")
        return
    from seqmem.render.list_view import draw_list

    output.draw(draw_list(rows))
