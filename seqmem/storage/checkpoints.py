"""Checkpoints: whole generations of arrays and counters, checksummed, of which the two newest are kept.

A generation is a folder made under another name and renamed into place when it is on the disk::

    checkpoints/000000000500/arrays.npz  state.json  manifest.json
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import math
import os
import re
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError
from seqmem.storage.atomic import disk_errors, read_bounded, read_json, sync_folder
from seqmem.storage.json import json_bytes, parse_json

SCHEMA = 1
KEPT = 2
LIMITS = {"arrays.npz": 8 * 2**30, "state.json": 2**28}  # bytes
MANIFEST, MANIFEST_LIMIT = "manifest.json", 2**16
PARTIAL, RETIRED = ".partial", ".retired"
# truth values, whole numbers with and without sign, floating point: nothing that could hold an object
PLAIN_KINDS = "biuf"


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """One generation, read back.

    Attributes:
        presentations: Presentations that had been made when it was written.
        arrays: Weights and optimizer slots by name.
        state: Everything else, as JSON holds it.
    """

    presentations: int
    arrays: dict[str, np.ndarray]
    state: dict[str, Any]


def write_checkpoint(
    folder: Path, presentations: int, arrays: Mapping[str, np.ndarray], state: Mapping[str, Any]
) -> None:
    """Writes a generation whole or not at all, then removes all but the two newest.

    Generations of more presentations than this one are of a future that a resumed run did not go back to; they are
    removed too.

    Args:
        folder: The folder of all generations; made where it is missing.
        presentations: Presentations made so far.
        arrays: Plain numbers by name.
        state: What JSON can hold; numbers that are not finite are kept as null.

    Raises:
        SeqmemError: If the disk refuses.
    """
    contents = {"arrays.npz": arrays_bytes(arrays), "state.json": json_bytes(state)}
    for name, content in contents.items():
        if len(content) > LIMITS[name]:
            raise SeqmemError(f"{folder}: a checkpoint of {len(content)} bytes is larger than {LIMITS[name]}")
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = {"schema": SCHEMA, "presentations": presentations, "sha256": sums}
    target = folder / f"{presentations:012d}"
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        _remove_leftovers(folder)
        partial = folder / f"{target.name}{PARTIAL}"
        partial.mkdir()
        try:
            for name, content in {**contents, MANIFEST: json_bytes(manifest)}.items():
                _write_and_sync(partial / name, content)
            sync_folder(partial)
            _swap(partial, target)
        except OSError:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        sync_folder(folder)
        _remove_leftovers(folder)
        newest = [path for path in _generations(folder) if path.name <= target.name]
        for path in set(_generations(folder)) - set(newest[:KEPT]):
            shutil.rmtree(path)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Reads the newest generation that is as it was written; a DamageWarning names each newer one.

    Raises:
        DamagedFileError: If there is none.
    """
    damaged: list[str] = []
    for path in _generations(folder):
        try:
            found = _read_generation(path)
        except DamagedFileError as error:
            damaged.append(str(error))
            continue
        for problem in damaged:
            warnings.warn(f"{problem}; using the checkpoint {path.name} before it", DamageWarning, stacklevel=2)
        return found
    if not damaged:
        raise DamagedFileError(folder, "holds no checkpoint")
    raise DamagedFileError(folder, f"holds no checkpoint that is whole; the newest: {damaged[0]}")


def holds_checkpoints(folder: Path) -> bool:
    """Tells whether any generation, good or damaged, is there."""
    return bool(_generations(folder))


def _read_generation(path: Path) -> Checkpoint:
    manifest_path = path / MANIFEST
    manifest = read_json(manifest_path, MANIFEST_LIMIT)
    if manifest.get("schema") != SCHEMA:
        raise DamagedFileError(manifest_path, f"has schema {manifest.get('schema')!r}, not {SCHEMA}")
    if manifest.get("presentations") != int(path.name) or isinstance(manifest["presentations"], bool):
        raise DamagedFileError(manifest_path, "is not of this checkpoint")
    sums = manifest.get("sha256")
    contents = {}
    for name, limit in LIMITS.items():
        contents[name] = read_bounded(path / name, limit)
        if not isinstance(sums, dict) or hashlib.sha256(contents[name]).hexdigest() != sums.get(name):
            raise DamagedFileError(path / name, "is not what was written: its checksum differs")
    try:
        arrays = parse_arrays(contents["arrays.npz"])
    except ValueError as error:
        raise DamagedFileError(path / "arrays.npz", str(error)) from None
    return Checkpoint(int(path.name), arrays, parse_json(contents["state.json"], path / "state.json"))


def _generations(folder: Path) -> list[Path]:
    """The folders of all generations, the newest first."""
    try:
        found = [Path(entry) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DamagedFileError(folder, f"cannot be read: {error.strerror or error}") from None
    return sorted((path for path in found if re.fullmatch("[0-9]{12}", path.name)), reverse=True)


def _write_and_sync(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _swap(partial: Path, target: Path) -> None:
    """Renames a generation into place; one of the same name, from before a resume, makes way."""
    if target.exists():
        os.rename(target, target.with_name(f"{target.name}{RETIRED}"))
    os.rename(partial, target)


def _remove_leftovers(folder: Path) -> None:
    """Removes what a killed writer left behind."""
    for ending in (PARTIAL, RETIRED):
        for path in folder.glob(f"*{ending}"):
            shutil.rmtree(path)


def arrays_bytes(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Returns arrays as the content of an `.npz` file; the same arrays make the same bytes.

    Raises:
        ValueError: If an array holds anything but numbers and truth values.
    """
    for name, array in arrays.items():
        if np.asarray(array).dtype.kind not in PLAIN_KINDS:
            raise ValueError(f"array {name!r} holds {np.asarray(array).dtype}, not plain numbers")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **dict(arrays))
    return buffer.getvalue()


def parse_arrays(content: bytes) -> dict[str, np.ndarray]:
    """Reads arrays from the content of an `.npz` file.

    Nothing is unpickled or unpacked: members are stored as they are, so no array is larger than the content.

    Raises:
        ValueError: If the content is anything but plain arrays.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(one.compress_type != zipfile.ZIP_STORED or one.file_size != one.compress_size for one in members):
                raise ValueError("its arrays are compressed")
            if sum(one.file_size for one in members) > len(content):
                raise ValueError("its arrays overlap")
            names = [one.filename.removesuffix(".npy") for one in members]
            if len(set(names)) < len(names):
                raise ValueError("two of its arrays have the same name")
            return {name: _parse_array(archive.read(one)) for name, one in zip(names, members, strict=True)}
    except Exception as error:
        # what zipfile and numpy raise over a stranger's bytes has no bound; all of it means the same
        raise ValueError(f"is not a file of plain arrays ({error})") from None


def _parse_array(content: bytes) -> np.ndarray:
    """Reads one `.npy` file, once its header promises what is really there."""
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("an array is in a format that seqmem does not write")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in PLAIN_KINDS or min(shape, default=0) < 0:
        raise ValueError("an array holds more than plain numbers")
    if math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError("an array is larger or smaller than its header says")
    file.seek(0)
    return np.load(file, allow_pickle=False)
