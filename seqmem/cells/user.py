"""User cells: `module:Class`, imported only with permission.

A run directory may come from a stranger and name any module of this machine, so a name in a file gives no permission.
The permission is part of the value: `RunConfig.from_settings` sets it for names that the user has typed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import os
import re
import sys
from collections.abc import Iterator

from seqmem.backend import lazy, process
from seqmem.backend.lazy import KerasLayer
from seqmem.cells.cell import Cell, Shapes
from seqmem.cells.probe import probe
from seqmem.errors import SettingError, one_line

_WRITTEN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)
LONGEST_NAME = 200


@dataclasses.dataclass(frozen=True)
class UserCell(Cell):
    """A Keras cell of the user's own.

    Attributes:
        name: `module:Class`, as on the command line.
        trusted: Whether the user has typed its name, so that it may be imported; not part of equality.
    """

    name: str  # type: ignore[misc]
    trusted: bool = dataclasses.field(default=False, compare=False)

    def weights(self, inputs: int, units: int) -> Shapes:
        return {}  # known only once it is imported and built

    def layer(self, units: int) -> KerasLayer:
        """Returns a cell of the class, which was probed first; SettingError if it may not be imported or trained."""
        self.check_permission()
        return _probed_class(self.name)(units)

    def check_permission(self) -> None:
        if not self.trusted:
            problem = f"is user code: to run it, name it yourself with --cell {self.name}"
            raise SettingError("cell", self.name, problem)


def is_user_cell(name: str) -> bool:
    """Tells whether a name has the form of a user cell."""
    return _WRITTEN.fullmatch(name) is not None and len(name) <= LONGEST_NAME


@functools.cache
def _probed_class(name: str) -> type[KerasLayer]:
    cell_class = _imported_class(name)
    probe(name, cell_class)
    return cell_class


def _imported_class(name: str) -> type:
    """The class, imported from the current folder too."""
    lazy.load()  # the user's module imports Keras by itself, and must find it prepared
    module_name, _, class_name = name.partition(":")
    try:
        with _current_folder_importable():
            module = importlib.import_module(module_name)
    except Exception as error:
        # whatever the user's module raises while it is imported
        problem = f"{type(error).__name__}: {one_line(error, 200)}"
        raise SettingError("cell", name, f"module {module_name} cannot be imported: {problem}") from error
    member = getattr(module, class_name, None)
    if not isinstance(member, type):
        kind = "nothing" if member is None else type(member).__name__
        raise SettingError("cell", name, f"module {module_name} has {kind} of that name; it needs a class")
    return member


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


def try_cell(cell: Cell, *, threads: int = 1, cache: bool = True) -> None:
    """Imports and probes a user cell before a run writes anything; `threads` and `cache` are those of the run.

    Raises:
        SettingError: If it may not be imported, or cannot be trained.
    """
    if not isinstance(cell, UserCell):
        return
    cell.check_permission()
    process.prepare(threads, cache)
    cell.layer(1)  # imports and probes the class
