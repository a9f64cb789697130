"""Cells of the user's own: `module:Class`, imported only with permission. Imports no TensorFlow itself.

A run directory may come from a stranger and name any module of this machine; so a name in a file is not enough.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Iterator

from seqmem.backend import lazy
from seqmem.errors import SettingError, one_line

_allowed: set[str] = set()
USER_CELL = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def allow_user_cell(cell: str) -> None:
    """Permits this process to import a cell, because the user has named it; no effect for seqmem's own cells.

    Args:
        cell: `module:Class`, as on the command line.
    """
    if is_user_cell(cell):
        _allowed.add(cell)


def check_permission(cell: str) -> None:
    """Raises SettingError for a cell of somebody's own that the user has not named."""
    if is_user_cell(cell) and cell not in _allowed:
        raise SettingError("cell", cell, f"is somebody's own code: to run it, name it yourself with --cell {cell}")


def load_user_cell(cell: str) -> type:
    """Imports a cell's class, from the current folder too.

    Raises:
        SettingError: If it was not allowed, or there is no such class.
    """
    check_permission(cell)
    lazy.load()  # the user's module imports Keras itself, and must find it prepared
    module_name, _, class_name = cell.partition(":")
    try:
        with _current_folder_importable():
            module = importlib.import_module(module_name)
    except Exception as error:
        # whatever the user's module raises while it is imported
        problem = f"{type(error).__name__}: {one_line(error, 200)}"
        raise SettingError("cell", cell, f"module {module_name} cannot be imported: {problem}") from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type):
        kind = "nothing" if found is None else type(found).__name__
        raise SettingError("cell", cell, f"module {module_name} has {kind} of that name; it needs a class")
    return found


@contextlib.contextmanager
def _current_folder_importable() -> Iterator[None]:
    folder = os.getcwd()
    added = folder not in sys.path and "" not in sys.path
    if added:
        sys.path.insert(0, folder)
    try:
        yield
    finally:
        if added:
            sys.path.remove(folder)


def is_user_cell(cell: str) -> bool:
    """Tells whether a cell is code of the user's own."""
    return ":" in cell
