"""`seqmem list`: stored runs and sweeps as rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from seqmem.errors import UsageError
from seqmem.export.tables import csv_text, shown_or_plain
from seqmem.render.list_view import draw_list
from seqmem.results import columns
from seqmem.results.columns import COLUMNS
from seqmem.results.json import to_plain
from seqmem.storage.load import list_runs, sweep_rows
from seqmem.terminal.console import draw
from seqmem.terminal.output import Output

__all__ = ["COLUMNS", "list_stored"]


def list_stored(
    root: Path | None,
    *,
    where: Sequence[str],
    sort: str | None,
    reverse: bool,
    limit: int | None,
    as_csv: bool,
    output: Output,
) -> None:
    """Lists the runs and sweeps in a folder; UsageError if there is no such folder or column."""
    if root is not None and not root.exists():
        raise UsageError(f"{root}: no such folder")
    # `runs` is missing before the first run
    root = root or Path("runs")
    conditions = [columns.parse_condition(text) for text in where]
    # checked before the folder is read: it may hold thousands of runs
    column = columns.check_column(sort or "run")
    stored_rows = [*(columns.run_row(stored) for stored in list_runs(root)), *sweep_rows(root)]
    rows = columns.sort(columns.select(stored_rows, conditions), column, reverse)[:limit]
    if output.json:
        output.document(to_plain(rows))
    elif as_csv:
        # None is left out, so that its cell is empty and not the word
        cells = [{name: shown_or_plain(value) for name, value in row.items() if value is not None} for row in rows]
        sys.stdout.write(csv_text(cells, COLUMNS))
    elif rows:
        draw(output, draw_list(rows))
    else:
        output.note(f"No such runs in {root}." if where else f"No runs in {root}.")
