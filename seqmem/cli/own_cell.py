"""Permission to import the cell of a stored run where it is code of the user's own."""

from __future__ import annotations

from pathlib import Path

from seqmem.cli.wording import quoted
from seqmem.errors import UsageError
from seqmem.user_cells import allow_user_cell


def allow_cell_of_run(path: Path, cell: str | None) -> None:
    """Permits the import of a stored run's cell if the user typed its name.

    Args:
        path: The run directory.
        cell: What was typed as `--cell`, or None.

    Raises:
        UsageError: If the run has another cell.
    """
    if cell is None:
        return
    from seqmem.rundir import read_config

    stored = read_config(path).cell
    if stored != cell:
        raise UsageError(f"--cell {quoted(cell)}: the cell of this run is {stored}, and a stored run keeps its own")
    allow_user_cell(cell)
