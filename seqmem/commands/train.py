"""`seqmem train`: a new run, or one that is resumed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import seqmem.render.results  # noqa: F401  # registers how results are drawn
from seqmem.cells.cell import Cell
from seqmem.cells.user import try_cell
from seqmem.commands.stopping import until_stopped
from seqmem.config.run_config import RunConfig
from seqmem.config.sources import quoted
from seqmem.errors import UsageError
from seqmem.experiment import run as experiment
from seqmem.experiment.memory import check_memory
from seqmem.render.live_run import LiveRun
from seqmem.render.run_view import draw_run
from seqmem.storage.run_directory import create_run_directory, read_config
from seqmem.terminal.console import print_result, same_place, talk
from seqmem.terminal.output import Output


def train(
    config: RunConfig,
    out: Path | None,
    *,
    threads: int,
    cache: bool,
    checkpoint_every: int | None,
    output: Output,
    sequences_option: str | None = None,
) -> None:
    """Trains a new run, stores it and prints its result.

    The options are those of `seqmem.experiment.run.Run`; `sequences_option` is as in `RunResult`.
    """
    check_memory(config)
    try_cell(config.cell, threads=threads, cache=cache)
    directory = create_run_directory(config, out)
    run = experiment.Run(config, directory, threads=threads, cache=cache, checkpoint_every=checkpoint_every)
    _follow(run, directory.path, output, sequences_option)


def resume(path: Path, cell: Cell | None, *, cache: bool, checkpoint_every: int | None, output: Output) -> None:
    """Resumes a stored run and prints its result; `cell` is as in `trusted_cell`."""
    trusted = trusted_cell(path, cell)
    run = experiment.Run.resume(path, trusted=trusted, cache=cache, checkpoint_every=checkpoint_every)
    _follow(run, path, output)


def _follow(run: experiment.Run, path: Path, output: Output, sequences_option: str | None = None) -> None:
    with run, LiveRun(talk(output), run.config, quiet=output.quiet, stage=lambda: run.stage) as live:
        live.follow(until_stopped(run, path, live))
    result = dataclasses.replace(run.result, path=path, sequences_option=sequences_option)
    # the header stands above already where what moved was printed to the same place
    print_result(output, result if output.quiet or output.json or not same_place() else draw_run(result, header=False))
    output.note(f"Stored in {path}")


def trusted_cell(path: Path, cell: Cell | None) -> tuple[str, ...]:
    """Returns the cells that may be imported for a stored run: its own, if the user typed it as `--cell`.

    Raises:
        UsageError: If the run has another cell.
    """
    if cell is None:
        return ()
    stored = read_config(path).cell.name
    if stored != cell.name:
        raise UsageError(
            f"--cell {quoted(cell.name)}: the cell of this run is {stored}, and a stored run keeps its own"
        )
    return (cell.name,)
