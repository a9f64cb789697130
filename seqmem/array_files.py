"""Named arrays in one uncompressed `.npz` file, read back without trusting it."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping

import numpy as np

# truth values, whole numbers with and without sign, floating point: nothing that could hold an object
PLAIN_KINDS = "biuf"


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
