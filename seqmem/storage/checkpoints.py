"""Checkpoints: one file each, checksummed; the two newest are kept.

A checkpoint is a safetensors file of arrays, with one text of metadata, `state`, for everything else::

    checkpoints/000000000500.safetensors    after 500 presentations

The number of presentations in its name identifies the newest without opening any. A checkpoint may come from a
stranger: nothing is unpickled, and no memory is allocated beyond the size of the file and of the run's settings.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError
from seqmem.results.json import from_plain
from seqmem.storage.atomic import PARTIAL, disk_errors, open_bounded, write_atomically

SCHEMA = 2
KEPT = 2
LARGEST, LARGEST_HEADER = 8 * 2**30, 2**26  # bytes; safetensors reads headers of at most 100 MB
ENDING = ".safetensors"
UNSIGNED = "0" * 64  # placeholder of the checksum while it is computed
OLD_FORMAT = "was written by version 0.1, whose checkpoints are no longer read; its results and history still are"
# the types of the arrays of a run
TYPES = {"BOOL": "bool", "F32": "float32", "F64": "float64", "I32": "int32", "I64": "int64"}

Shapes = dict[str, tuple[tuple[int, ...], str]]  # of arrays by name, and their types as numpy calls them


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read: presentations, weights and optimizer slots by name, and all other state."""

    presentations: int
    arrays: dict[str, np.ndarray]
    state: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class _Note:
    """The metadata beside the arrays."""

    sha256: str  # of the whole file, with `UNSIGNED` in place of this checksum
    schema: int
    run: str
    presentations: int
    state: dict[str, Any]


def save_checkpoint(
    folder: Path, run: str, presentations: int, arrays: Mapping[str, np.ndarray], state: Mapping[str, Any]
) -> None:
    """Writes a checkpoint atomically, then removes all but the two newest.

    Checkpoints after more presentations than this one, which a resumed run has passed over, are removed too.

    Args:
        folder: The folder of checkpoints; made if missing.
        run: Id of the run; a checkpoint is only read as one of the same run.
        presentations: Presentations so far.
        arrays: Arrays of numbers by name.
        state: Values for JSON, and arrays.

    Raises:
        SeqmemError: For disk errors.
    """
    content = _checkpoint_bytes(run, presentations, arrays, state, folder)
    target = folder / f"{presentations:012d}{ENDING}"
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        left_by_killed_writers = _entries(folder, r"\..*" + re.escape(PARTIAL))
        write_atomically(target, content)
        generations = _entries(folder)
        newest = [path for path in generations if path.name <= target.name][:KEPT]
        for path in {*generations, *left_by_killed_writers} - set(newest):
            path.unlink(missing_ok=True)


def read_checkpoint(folder: Path, run: str, check: Callable[[Shapes], None]) -> Checkpoint:
    """Reads the newest intact checkpoint; a DamageWarning names each newer one.

    Args:
        folder: The folder of checkpoints.
        run: Id of the run.
        check: Raises ValueError unless arrays of these shapes and types belong to the run; called before any is read.

    Raises:
        DamagedFileError: If there is none.
    """
    damaged: list[str] = []
    for path in _entries(folder):
        try:
            checkpoint = _read_generation(path, run, check)
        except DamagedFileError as error:
            damaged.append(str(error))
            continue
        for problem in damaged:
            warnings.warn(f"{problem}; using the checkpoint {path.stem} before it", DamageWarning, stacklevel=2)
        return checkpoint
    if damaged:
        raise DamagedFileError(folder, f"holds no checkpoint that can be used; the newest: {damaged[0]}")
    raise DamagedFileError(folder, OLD_FORMAT if _old_generations(folder) else "holds no checkpoint")


def holds_checkpoints(folder: Path) -> bool:
    """Tells whether there is any checkpoint, intact or damaged or of version 0.1."""
    return bool(_entries(folder) or _old_generations(folder))


def shapes_of(arrays: Mapping[str, np.ndarray], state: Mapping[str, Any]) -> Shapes:
    """Returns the shapes and types of the arrays that `save_checkpoint` writes."""
    _, inner = _state_text(state)
    return {name: (array.shape, array.dtype.name) for name, array in (*arrays.items(), *inner.items())}


def _checkpoint_bytes(
    run: str, presentations: int, arrays: Mapping[str, np.ndarray], state: Mapping[str, Any], folder: Path
) -> bytearray:
    """The content of the file; the same checkpoint makes the same bytes."""
    text, inner = _state_text(vars(_Note(UNSIGNED, SCHEMA, run, presentations, dict(state))))
    # safetensors writes the memory of an array as it is, so a transposed one would be read wrongly
    dense = {name: np.asarray(array, order="C") for name, array in (*arrays.items(), *inner.items())}
    for name, array in dense.items():
        if array.dtype.name not in TYPES.values():
            raise ValueError(f"array {name!r} holds {array.dtype}, not plain numbers")
    size = sum(array.nbytes for array in dense.values())
    if size > LARGEST - LARGEST_HEADER or 2 * len(text) > LARGEST_HEADER:  # JSON in JSON: quotes count twice
        raise SeqmemError(f"{folder}: a checkpoint of {size + len(text)} bytes is larger than seqmem reads back")
    # one key of metadata: the order of several, and so the bytes, would differ from call to call
    content = bytearray(safetensors.numpy.save(dense, {"state": text}))
    # the header comes before all arrays, so the first placeholder is that of the checksum
    at = content.index(UNSIGNED.encode())
    content[at : at + len(UNSIGNED)] = hashlib.sha256(content).hexdigest().encode()
    return content


def _state_text(state: Mapping[str, Any]) -> tuple[str, dict[str, np.ndarray]]:
    """The state as JSON, and its arrays separately: the order of a long epoch would make the header too large."""
    arrays: dict[str, np.ndarray] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            raise TypeError(f"{type(value).__name__} is no plain value")
        name = f"state/{len(arrays)}"
        arrays[name] = value
        return {"array": name}

    return json.dumps(state, default=plain, allow_nan=False), arrays


def _read_generation(path: Path, run: str, check: Callable[[Shapes], None]) -> Checkpoint:
    """Reads one file: the header first, and the arrays only if all of it is right."""
    with open_bounded(path, LARGEST) as (file, size):
        try:
            # compares the header with the size of the file, but reads no array
            with safetensors.safe_open(path, "numpy") as claims:
                slices = {name: claims.get_slice(name) for name in list(claims.keys())}
                shapes = {name: (tuple(piece.get_shape()), TYPES[piece.get_dtype()]) for name, piece in slices.items()}
                text = (claims.metadata() or {}).get("state", "")
            note = from_plain(_Note, json.loads(text), "state")
            if (note.schema, f"{note.presentations:012d}") != (SCHEMA, path.stem):
                raise ValueError(f"it is of schema {note.schema}, after {note.presentations} presentations")
            if note.run != run:
                raise ValueError("its settings are not those of the run")
            check(shapes)
            content = file.read(size)
            if _checksum(content, note.sha256) != note.sha256:
                raise ValueError("its checksum differs")
            return Checkpoint(note.presentations, *_unpack(text, safetensors.numpy.load(content)))
        except (ValueError, TypeError, KeyError, RecursionError, safetensors.SafetensorError) as error:
            raise DamagedFileError(path, f"is no checkpoint of this run: {error}") from None


def _checksum(content: bytes, written: str) -> str:
    """The SHA-256 of a file with the placeholder in place of its checksum."""
    at = content.find(written.encode())
    checksum = hashlib.sha256(memoryview(content)[:at])
    checksum.update(UNSIGNED.encode())
    checksum.update(memoryview(content)[at + len(UNSIGNED) :])
    return checksum.hexdigest()


def _unpack(text: str, arrays: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays, and the state with its own arrays."""

    def put_back(value: dict[str, Any]) -> Any:
        return arrays.pop(value["array"]) if value.keys() == {"array"} else value

    state = json.loads(text, object_hook=put_back)["state"]
    return arrays, state


def _entries(folder: Path, pattern: str = "[0-9]{12}" + re.escape(ENDING)) -> list[Path]:
    """The files of a folder that match a pattern, by default all checkpoints, the newest first."""
    try:
        # in a stranger's run, a link could lead to the checkpoints of another run
        if folder.is_symlink():
            raise DamagedFileError(folder, "is a link")
        return sorted((folder / name for name in os.listdir(folder) if re.fullmatch(pattern, name)), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DamagedFileError(folder, f"cannot be read: {error.strerror or error}") from None


def _old_generations(folder: Path) -> list[Path]:
    return [path for path in _entries(folder, "[0-9]{12}") if path.is_dir()]
