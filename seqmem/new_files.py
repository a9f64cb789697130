"""Files that the user asked for by name: never written over, and whole or absent."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from seqmem.errors import UsageError
from seqmem.files import sync_folder, writing


def refuse_existing(path: Path) -> None:
    """Checks, before work begins, that a new file can be written.

    Raises:
        UsageError: If the file is there already, or its folder is not.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path}: is there already, and nothing is written over")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file; it takes its name when it is complete, and is gone where anything fails.

    Raises:
        UsageError: If the file is there already, or its folder is not.
        SeqmemError: If the disk refuses.
    """
    refuse_existing(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with writing(path):
            with partial.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _name(partial, path)
            sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path) -> None:
    """Gives the file its name unless the name was taken meanwhile."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and nothing is written over") from None
    except OSError:  # a file system without hard links
        refuse_existing(path)
        partial.replace(path)
