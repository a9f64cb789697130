"""What `seqmem train` does: a new run, or one that goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.cells.cell import Cell
from seqmem.config.run_config import RunConfig
from seqmem.config.sources import option_name, quoted, typed_settings
from seqmem.errors import UsageError

if TYPE_CHECKING:
    from seqmem.experiment.run import Run


def start(config: RunConfig, out: Path | None, **how: Any) -> tuple[Path, Run]:
    """Makes the run directory of a new run; returns its path and the run, which begins when it is followed."""
    from seqmem.experiment import run
    from seqmem.storage.run_directory import create_run_directory

    run.try_cell(config.cell, threads=how["threads"], cache=how["cache"])
    directory = create_run_directory(config, out)
    return directory.path, run.Run(config, directory, **how)


def go_on(path: Path, trusted: tuple[str, ...], **how: Any) -> tuple[RunConfig, Run]:
    """Takes up a run where its last checkpoint left it; returns its settings and the rest of it."""
    from seqmem.experiment import run
    from seqmem.storage.run_directory import read_config

    return read_config(path), run.Run.resume(path, trusted=trusted, **how)


def refuse_settings(sources: dict[str, Any], typed: dict[str, Any]) -> None:
    """Raises UsageError where settings were given for a run that has its own."""
    given = [name for name, value in sources.items() if value is not None]
    given += [option_name(name) for name in typed_settings(typed)]
    if given:
        raise UsageError(f"{given[0]} does not go with --resume: a run goes on with the settings it was begun with")


def trusted_cell(path: Path, cell: Cell | None) -> tuple[str, ...]:
    """Returns the cells that may be imported for a stored run: its own, if the user typed its name.

    Args:
        path: The run directory.
        cell: What was typed as `--cell`, or None.

    Raises:
        UsageError: If the run has another cell.
    """
    if cell is None:
        return ()
    from seqmem.storage.run_directory import read_config

    stored = read_config(path).cell.name
    if stored != cell.name:
        raise UsageError(
            f"--cell {quoted(cell.name)}: the cell of this run is {stored}, and a stored run keeps its own"
        )
    return (cell.name,)
