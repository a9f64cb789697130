"""Ctrl-C and other signals that end a process, without losing the run."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqmem.errors import SeqmemError

if TYPE_CHECKING:  # the group of commands needs StoppedError, and nothing of what a run needs
    from seqmem.experiment.run import Run
    from seqmem.results.run import Progress
    from seqmem.terminal.live import LiveDisplay

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
STANDARD_ERROR = 2
STOPPING = "Stopping after this chunk. Once more stops at once."
# live displays hide the cursor, and a second signal ends the process before it is shown again
SHOW_CURSOR = b"\x1b[?25h"


class StoppedError(SeqmemError):
    """A run was stopped from outside; its exit status is 128 and the signal's number."""

    def __init__(self, number: int, path: Path):
        super().__init__(_farewell(path))
        self.exit_status = 128 + number


def _farewell(path: Path) -> str:
    return f"Stopped. Go on with: seqmem train --resume {shlex.quote(str(path))}"


def until_stopped(run: Run, path: Path, live: LiveDisplay | None = None) -> Iterator[Progress]:
    """Iterates over a run; at a signal it finishes the present chunk, saves a checkpoint and raises.

    A second signal ends the process immediately, and so does a first one before the first chunk is trained, when there
    is nothing new to save.

    Raises:
        StoppedError: If a signal came.
    """
    steps = iter(run)
    with _ended_at_once(path, live):
        progress = next(steps, None)
    with _signals_noted(live) as noted:
        while progress is not None:
            yield progress
            progress = next(steps, None)
            # if the run has just ended, its result is better than a checkpoint
            if noted and progress is not None:
                run.close()
                raise StoppedError(noted[0], path)


@contextlib.contextmanager
def _ended_at_once(path: Path, live: LiveDisplay | None) -> Iterator[None]:
    """Ends the process at the first signal, even during an import or compilation, when Python runs no handlers.

    The run is as intact as after a kill; but a note says how to resume it, and the cursor is shown again.
    """
    # imports redirect standard error for a while
    standard_error = os.dup(STANDARD_ERROR)
    reader, writer = os.pipe()
    if hasattr(os, "set_blocking"):  # Windows before Python 3.12 asks for none
        os.set_blocking(writer, False)

    def watch() -> None:
        number = os.read(reader, 1)[0]
        if number:
            # the terminal has written ^C into what is drawn
            gone = live.take_away().encode() if live is not None else b""
            shown = SHOW_CURSOR if os.isatty(standard_error) else b""
            with contextlib.suppress(OSError):
                os.write(standard_error, gone + shown + f"{_farewell(path)}\n".encode(errors="backslashreplace"))
            os._exit(128 + number)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before = {each: signal.signal(each, lambda number, frame: None) for each in SIGNALS}
    woken = signal.set_wakeup_fd(writer)
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        os.write(writer, b"\0")
        watcher.join()
        for each, handler in before.items():
            signal.signal(each, handler)
        for descriptor in (reader, writer, standard_error):
            os.close(descriptor)


@contextlib.contextmanager
def _signals_noted(live: LiveDisplay | None) -> Iterator[list[int]]:
    """Notes the first signal and restores the default handlers, so that the next one ends the process."""
    noted: list[int] = []

    def note(number: int, frame: Any) -> None:
        noted.append(number)
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        # neither print nor the console: the signal may have come in the middle of one
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, SHOW_CURSOR if os.isatty(STANDARD_ERROR) else b"")
            if live is not None and live.moves:
                # a line written here would disturb the live display
                live.notice = STOPPING
            else:
                os.write(STANDARD_ERROR, f"\n{STOPPING}\n".encode())

    before = {each: signal.signal(each, note) for each in SIGNALS}
    try:
        yield noted
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
