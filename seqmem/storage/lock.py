"""The lock of a run directory, released at the end of its process."""

from __future__ import annotations

import os
import time
import weakref
from pathlib import Path
from types import ModuleType

from seqmem.errors import UsageError
from seqmem.storage.atomic import disk_errors, open_descriptor

fcntl: ModuleType | None
msvcrt: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None

LOCK_NAME = "lock"
TRIES, SECONDS_BETWEEN_TRIES = 5, 0.02


class RunLock:
    """The lock of a run directory, held until `release`, or until this object or its process is gone.

    Raises:
        UsageError: If another process, or another object of this one, holds it.
    """

    def __init__(self, folder: Path):
        with disk_errors(folder / LOCK_NAME):
            descriptor = open_descriptor(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT)
        # closing the file releases the lock; `finalize` does so once, also without a call of `release`
        self._close = weakref.finalize(self, os.close, descriptor)
        if not _take(descriptor, shared=False):
            self._close()
            raise UsageError(f"{folder}: is running in another process")

    def release(self) -> None:
        """Releases the lock; later calls do nothing."""
        self._close()


def is_locked(folder: Path) -> bool:
    """Tells whether a process holds the lock of a run directory, without changing anything."""
    try:
        descriptor = open_descriptor(folder / LOCK_NAME, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _take(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _take(descriptor: int, shared: bool) -> bool:
    """Takes the lock if it is free; tries several times, as `is_locked` of another process takes it for an instant."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(SECONDS_BETWEEN_TRIES)
        try:
            _lock(descriptor, shared)
            return True
        except (BlockingIOError, PermissionError):
            if shared and fcntl:  # others who ask share it: a process is at work
                return False
        except OSError:  # a file system without locks: no process is known, so none is refused
            return True
    return False


def _lock(descriptor: int, shared: bool) -> None:
    """Locks an open file until it is closed; Windows knows no shared lock of a file open for reading.

    Raises:
        BlockingIOError, PermissionError: If another process has it, as Unix and Windows say it.
        OSError: If it cannot be locked.
    """
    if fcntl:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    elif msvcrt:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
