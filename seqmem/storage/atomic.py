"""Files, written atomically and read up to a limit."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from seqmem.errors import DamagedFileError, SeqmemError, UsageError
from seqmem.results.json import document_bytes, json_bytes, parse_json

# Windows has the last of these only; without it, line ends would be converted.
NOT_FOLLOWED, NOT_WAITING, BINARY = (getattr(os, f"O_{name}", 0) for name in ("NOFOLLOW", "NONBLOCK", "BINARY"))
PARTIAL = ".partial"  # suffix of files that are not complete
CHECKSUM = b',\n"sha256": "'  # at the end of a JSON file, followed by the checksum of everything before it
LINE_CHECKSUM = b', "crc": "'  # at the end of a line of JSON, likewise
MOST_LINES = 2**20  # more than any run or sweep writes


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns any OSError (disk full, read-only, no permission) into a SeqmemError that names the file."""
    try:
        yield
    except OSError as error:
        raise SeqmemError(f"{path}: cannot be written: {error.strerror or error}") from None


def open_descriptor(path: Path, flags: int) -> int:
    """Opens a file like `os.open`, without following links, waiting for pipes or converting line ends."""
    if not NOT_FOLLOWED and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    # without NONBLOCK, opening a pipe waits for its other end; 0o666 is the mode that `open` uses, before the umask
    return os.open(path, flags | NOT_FOLLOWED | NOT_WAITING | BINARY, 0o666)


def write_atomically(path: Path, content: bytes | bytearray | str) -> None:
    """Writes a file that is complete or absent, even after a kill or a power cut; SeqmemError for disk errors."""
    with _atomic_file(path, replace=True) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file, which gets its name when it is complete and is removed if anything fails.

    Raises:
        UsageError: If the file exists, or its folder does not.
        SeqmemError: For disk errors.
    """
    refuse_existing(path)
    with _atomic_file(path, replace=False) as file:
        yield file


@contextlib.contextmanager
def _atomic_file(path: Path, replace: bool) -> Iterator[BinaryIO]:
    """A file under a temporary name, renamed once it is on the disk, since a rename is atomic."""
    # in the same folder, as a rename cannot cross file systems; with the process id, so that no two share it
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with disk_errors(path):
            descriptor = open_descriptor(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                # before the rename, or a power cut could leave an empty file under the new name
                os.fsync(descriptor)
            if replace:
                os.replace(partial, path)
            else:
                _name_unless_taken(partial, path)
            sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # an earlier error is more important
            partial.unlink(missing_ok=True)


def _name_unless_taken(partial: Path, path: Path) -> None:
    try:
        # unlike a rename, a link fails if the name exists, even if it was created a moment ago
        os.link(partial, path)
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and nothing is written over") from None
    except OSError:  # a file system without hard links
        refuse_existing(path)
        partial.replace(path)


def refuse_existing(path: Path) -> None:
    """Raises UsageError if a file exists, or its folder does not; for a check before work begins."""
    if os.path.lexists(path):
        raise UsageError(f"{path}: is there already, and nothing is written over")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def make_folder(path: Path, numbered: bool = False, hint: str = "") -> Path:
    """Makes a new folder and its parents, and returns its path.

    Args:
        path: The folder.
        numbered: Whether to add a counter if the name exists: ``name-2``.
        hint: Advice at the end of the error.

    Raises:
        UsageError: If it exists and must not be numbered.
        SeqmemError: For disk errors.
    """
    counted = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    for candidate in itertools.chain([path], counted if numbered else ()):
        with disk_errors(candidate):
            candidate.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                # no check before: of two processes with the same name, exactly one succeeds
                candidate.mkdir()
                return candidate
    raise UsageError(f"{path}: is there already, and nothing is written over{hint}")


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yields a new folder to write into; otherwise like `new_file`."""
    refuse_existing(path)
    with disk_errors(path), tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as around:
        partial = Path(around) / path.name
        partial.mkdir()
        yield partial
        # once more: a rename would replace an empty folder of this name
        refuse_existing(path)
        partial.rename(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open folders
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def open_bounded(path: Path, limit: int) -> Iterator[tuple[BinaryIO, int]]:
    """Opens a regular file of at most `limit` bytes, and yields it with its size; links are not followed.

    Raises:
        DamagedFileError: If it is missing, too large, no regular file, or cannot be read.
    """
    try:
        descriptor = open_descriptor(path, os.O_RDONLY)
        with os.fdopen(descriptor, "rb") as file:
            # of the descriptor: the name may belong to another file by now
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise DamagedFileError(path, "is not a regular file")
            if status.st_size > limit:
                raise DamagedFileError(path, f"is larger than the {limit} bytes that seqmem reads")
            yield file, status.st_size
    except FileNotFoundError:
        raise DamagedFileError(path, "is missing") from None
    except OSError as error:
        raise DamagedFileError(path, f"cannot be read: {error.strerror or error}") from None


def read_bounded(path: Path, limit: int) -> bytes:
    """Reads a whole file; see `open_bounded`."""
    with open_bounded(path, limit) as (file, size):
        return file.read(size)


def write_json(path: Path, document: Mapping[str, object], owner: str = "") -> None:
    """Writes a JSON object atomically, one line per key; the last is a checksum of the others and of the owner."""
    # the checksum replaces the end, so that the file is still one JSON object
    body = document_bytes(document).removesuffix(b"\n}\n")
    write_atomically(path, body + CHECKSUM + sha256(owner.encode() + body).encode() + b'"\n}\n')


def append_line(path: Path, document: object, sync: bool = False, owner: str = "") -> None:
    """Appends a line of JSON with a checksum to a file, after removing an incomplete last line.

    Args:
        path: The file, which may not exist yet.
        document: A mapping or a dataclass, not empty.
        sync: Whether to wait until it is on the disk.
        owner: Id of the run or sweep, part of the checksum: for another owner the line counts as damaged.

    Raises:
        SeqmemError: For disk errors.
    """
    with disk_errors(path), os.fdopen(open_descriptor(path, os.O_RDWR | os.O_CREAT), "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        # a kill may have left an incomplete line without a line feed
        if file.read(1) not in (b"", b"\n"):
            file.seek(0)
            end = file.read().rfind(b"\n") + 1
            file.truncate(end)
        file.seek(end)
        body = json_bytes(document).removesuffix(b"}")
        file.write(body + LINE_CHECKSUM + _line_checksum(body, owner) + b'"}\n')
        if sync:
            file.flush()
            os.fsync(file.fileno())


def read_whole_lines(path: Path, limit: int) -> Iterator[bytes]:
    """Yields the complete lines of a file; none if it is missing."""
    if os.path.lexists(path):
        with open_bounded(path, limit) as (file, _):
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]


def read_lines(path: Path, limit: int, owner: str = "") -> Iterator[dict[str, Any]]:
    """Yields the documents of `append_line`; none if the file is missing. Lines of older versions have no checksum.

    Raises:
        DamagedFileError: If a line is no JSON object or its checksum differs, or the file is too large.
    """
    for number, line in enumerate(read_whole_lines(path, limit), 1):
        try:
            document = parse_json(line, path)
        except DamagedFileError as error:
            raise DamagedFileError(path, f"line {number} {error.problem}") from None
        body, _, checksum = line.rpartition(LINE_CHECKSUM)
        if document.pop("crc", None) is not None and checksum != _line_checksum(body, owner) + b'"}':
            raise DamagedFileError(path, f"line {number} is not as it was written here")
        if number > MOST_LINES:
            raise DamagedFileError(path, f"has more than the {MOST_LINES} lines that seqmem reads")
        yield document


def _line_checksum(body: bytes, owner: str) -> bytes:
    return b"%08x" % zlib.crc32(body, zlib.crc32(owner.encode()))


def read_json(path: Path, limit: int, owner: str = "") -> dict[str, Any]:
    """Reads a file of `write_json`, of at most `limit` bytes; those of older versions have no checksum.

    Raises:
        DamagedFileError: If it is no JSON object, or its checksum differs.
    """
    content = read_bounded(path, limit)
    document = parse_json(content, path)
    body, _, _ = content.rpartition(CHECKSUM)
    if document.pop("sha256", None) not in (None, sha256(owner.encode() + body)):
        raise DamagedFileError(path, "is not as it was written here: its checksum differs")
    return document


def sha256(content: bytes) -> str:
    """Returns the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
