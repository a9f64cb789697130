"""Who is at work in a run directory, known from a lock that the system lets go of when its process dies."""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from pathlib import Path

from seqmem.errors import UsageError
from seqmem.storage.atomic import disk_errors

LOCK_NAME = "lock"


class RunLock:
    """The lock of a run directory, held until `release`, or until this object or its process is gone.

    Args:
        folder: The run directory.

    Raises:
        UsageError: If another process, or another object of this one, holds it.
    """

    def __init__(self, folder: Path):
        with disk_errors(folder / LOCK_NAME):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(folder / LOCK_NAME, flags, 0o666)
        self._close = weakref.finalize(self, os.close, descriptor)
        if not _take(descriptor, fcntl.LOCK_EX, tries=5):
            self._close()
            raise UsageError(f"{folder}: is running in another process")

    def release(self) -> None:
        """Lets go of the lock; a second time does nothing."""
        self._close()


def is_locked(folder: Path) -> bool:
    """Tells whether somebody is at work in a run directory; asking leaves no trace."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return not _take(descriptor, fcntl.LOCK_SH, tries=1)
    finally:
        os.close(descriptor)


def _take(descriptor: int, mode: int, tries: int) -> bool:
    """Takes the lock if it is free. Somebody who only asks holds it for an instant: hence more than one try."""
    for attempt in range(tries):
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if attempt + 1 < tries:
                time.sleep(0.02)
        except OSError:  # a file system without locks: nobody can be told apart, so nobody is refused
            return True
    return False
