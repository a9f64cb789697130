"""One run from end to end: a config goes in, records come out on the way, and a result at the end."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path

from seqmem.backend import process
from seqmem.cells.probe import probed_user_cell
from seqmem.cells.user import check_permission, is_user_cell
from seqmem.config.run_config import RunConfig
from seqmem.errors import UsageError
from seqmem.experiment.session import Session, seconds_of
from seqmem.results.run import Progress, RunResult
from seqmem.storage.checkpoints import holds_checkpoints
from seqmem.storage.run_directory import CHECKPOINTS, RunDirectory, open_run_directory, read_run

Steps = Generator[Progress, None, RunResult]


def run(config: RunConfig) -> RunResult:
    """Trains and judges a population, and returns what it found; nothing is written.

    Args:
        config: All settings.
    """
    steps = train(config)
    while True:
        try:
            next(steps)
        except StopIteration as stopped:
            return stopped.value


def train(
    config: RunConfig,
    directory: RunDirectory | None = None,
    *,
    threads: int = 1,
    cache: bool = True,
    checkpoint_every: int | None = None,
) -> Steps:
    """Trains and judges a population chunk by chunk; the caller draws, and stops by closing the generator.

    Closing it keeps a checkpoint, from which `resume` goes on.

    Args:
        config: All settings.
        directory: Where to keep records, checkpoints and the result; None keeps nothing.
        threads: Threads that one operation may use.
        cache: Whether compiled programs are kept for the next process.
        checkpoint_every: Presentations between checkpoints; None for one each half minute.

    Yields:
        Where the run stands after each compiled chunk.

    Returns:
        The result, once it is written.
    """
    started = time.perf_counter()
    process.prepare(threads, cache)
    if directory is not None:
        directory.write_environment(process.environment(threads))
    session = Session(config)
    session.start()
    return (yield from _follow(session, directory, checkpoint_every, started))


def try_cell(cell: str, *, threads: int = 1, cache: bool = True) -> None:
    """Tries out a cell of the user's own, before anything is written for it; does nothing for seqmem's own cells.

    Args:
        cell: The cell's name.
        threads: As for `train`, which comes after.
        cache: As for `train`.

    Raises:
        SettingError: If it may not be imported, or cannot be trained.
    """
    if not is_user_cell(cell):
        return
    check_permission(cell)
    process.prepare(threads, cache)
    probed_user_cell(cell)


def resume(path: Path, *, cache: bool = True, checkpoint_every: int | None = None) -> Steps:
    """Goes on with an interrupted run from its last checkpoint, or from the start if it has none.

    Threads are those it was begun with, so that it ends with the bytes of the unbroken run.

    Args:
        path: The run directory.
        cache: Whether compiled programs are kept for the next process.
        checkpoint_every: As for `train`.

    Raises:
        UsageError: If the run is complete, or another process is at it.
        DamagedFileError: If what is stored cannot be gone on from.
    """
    started = time.perf_counter()
    directory = open_run_directory(path)
    stored = read_run(path)
    if stored.result is not None:
        raise UsageError(f"{path}: this run is complete; `seqmem show {path}` draws it")
    threads = stored.environment.get("threads", 1)
    process.prepare(threads if isinstance(threads, int) and 1 <= threads <= 4096 else 1, cache)
    session = Session(stored.config)
    if holds_checkpoints(path / CHECKPOINTS):
        session.restore(directory, stored.history)
    else:
        session.start()
    directory.cut_history(session.training.presentations)
    return (yield from _follow(session, directory, checkpoint_every, started))


def _follow(session: Session, directory: RunDirectory | None, checkpoint_every: int | None, started: float) -> Steps:
    """Takes a session to its end; `started` is when the user began to wait."""
    imported = time.perf_counter()
    session.training.compile()
    while not session.training.done:
        progress = session.advance()
        if directory is not None:
            if progress.record is not None:
                directory.append_record(progress.record)
            if session.checkpoint_is_due(checkpoint_every):
                session.save_checkpoint(directory)
        try:
            yield progress
        except GeneratorExit:
            if directory is not None:
                session.save_checkpoint(directory)
                directory.close()
            raise
    judged = time.perf_counter()
    result = session.result()
    if directory is not None:
        ended = time.perf_counter()
        session.save_checkpoint(directory)
        directory.write_timing(
            seconds_of(session, start=imported - started, evaluate=ended - judged, total=ended - started)
        )
        directory.write_result(result)
        directory.close()
    return result
