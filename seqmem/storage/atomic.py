"""Files, complete or absent when written, and bounded when read."""

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

# Windows knows the last of these alone, without which its line ends would change what is written.
NOT_FOLLOWED, NOT_WAITING, BINARY = (getattr(os, f"O_{name}", 0) for name in ("NOFOLLOW", "NONBLOCK", "BINARY"))
PARTIAL = ".partial"  # ends the name of a file that is not complete
CHECKSUM = b',\n"sha256": "'  # ends a JSON file: of all that stands before it
LINE_CHECKSUM = b', "crc": "'  # ends a line of JSON, likewise
MOST_LINES = 2**20  # more than any run or sweep makes


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns what the disk refuses (full, read-only, not allowed) into one line that names the file.

    Raises:
        SeqmemError: In place of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise SeqmemError(f"{path}: cannot be written: {error.strerror or error}") from None


def open_descriptor(path: Path, flags: int) -> int:
    """Opens a file as `os.open` does, without following a link, waiting for a pipe or changing line ends.

    Raises:
        OSError: If it is a link, or the disk refuses.
    """
    if not NOT_FOLLOWED and path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    # without NONBLOCK, to open a pipe is to wait for its other end; 0o666 less the umask is what `open` gives a file
    return os.open(path, flags | NOT_FOLLOWED | NOT_WAITING | BINARY, 0o666)


def write_atomically(path: Path, content: bytes | bytearray | str) -> None:
    """Writes a file so that it is there complete or not at all, also after a kill or a power cut.

    Raises:
        SeqmemError: If the disk refuses.
    """
    with _atomic_file(path, replace=True) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file; it takes its name when it is complete, and is gone where anything fails.

    Raises:
        UsageError: If the file is there already, or its folder is not.
        SeqmemError: If the disk refuses.
    """
    refuse_existing(path)
    with _atomic_file(path, replace=False) as file:
        yield file


@contextlib.contextmanager
def _atomic_file(path: Path, replace: bool) -> Iterator[BinaryIO]:
    """A file under another name, renamed when it is on the disk: a rename is the one step no kill can cut in two."""
    # in the same folder, as no rename crosses file systems; by process, so that no two write into one
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with disk_errors(path):
            descriptor = open_descriptor(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                # before the rename: else a power cut could leave the new name on a file without content
                os.fsync(descriptor)
            if replace:
                os.replace(partial, path)
            else:
                _name_unless_taken(partial, path)
            sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):  # of two errors the first is to be reported
            partial.unlink(missing_ok=True)


def _name_unless_taken(partial: Path, path: Path) -> None:
    try:
        # unlike a rename, a link fails where the name is taken, also by a process that took it a moment ago
        os.link(partial, path)
    except FileExistsError:
        raise UsageError(f"{path}: is there already, and nothing is written over") from None
    except OSError:  # a file system without hard links
        refuse_existing(path)
        partial.replace(path)


def refuse_existing(path: Path) -> None:
    """Checks, before work begins, that a new file can be written.

    Raises:
        UsageError: If the file is there already, or its folder is not.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path}: is there already, and nothing is written over")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def make_folder(path: Path, numbered: bool = False, hint: str = "") -> Path:
    """Makes a folder that was not there before, and its parents.

    Args:
        path: The folder.
        numbered: Where the name is taken, add a counter: ``name-2``.
        hint: What else a user may want, at the end of the error.

    Returns:
        The path of the folder made.

    Raises:
        UsageError: If it is there already and is not to be numbered.
        SeqmemError: If the disk refuses.
    """
    counted = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    for candidate in itertools.chain([path], counted if numbered else ()):
        with disk_errors(candidate):
            candidate.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                # no question before it: of two processes that ask for the same name, one gets it
                candidate.mkdir()
                return candidate
    raise UsageError(f"{path}: is there already, and nothing is written over{hint}")


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Gives a new folder to write into; it takes its name when it is complete, and is gone where anything fails.

    Raises:
        UsageError: If something of that name is there already, or the folder around it is not.
        SeqmemError: If the disk refuses.
    """
    refuse_existing(path)
    with disk_errors(path), tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as around:
        partial = Path(around) / path.name
        partial.mkdir()
        yield partial
        # again: a rename would replace an empty folder of this name
        refuse_existing(path)
        partial.rename(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folders
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
            # of what was opened: by its name another file could be meant by now
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
    """Writes a JSON object atomically, one line per key, the last one a checksum of the others and of the owner."""
    # the checksum takes the place of the end, so that the file stays one JSON object
    body = document_bytes(document).removesuffix(b"\n}\n")
    write_atomically(path, body + CHECKSUM + sha256(owner.encode() + body).encode() + b'"\n}\n')


def append_line(path: Path, document: object, sync: bool = False, owner: str = "") -> None:
    """Adds a line of JSON with a checksum to a file; what is left of a torn one is cut first.

    Args:
        path: The file, which need not be there.
        document: A mapping or a dataclass, not empty.
        sync: Wait until it is on the disk.
        owner: What the line belongs to, such as a run: read as belonging to something else it is damaged.

    Raises:
        SeqmemError: If the disk refuses.
    """
    with disk_errors(path), os.fdopen(open_descriptor(path, os.O_RDWR | os.O_CREAT), "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        # the last byte tells whether the last line is complete
        file.seek(max(0, end - 1))
        # a kill may have left half a line, and the next one must not be glued to it
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
    """Yields the lines of a file without what a kill tore at its end; none where the file is missing."""
    if os.path.lexists(path):
        with open_bounded(path, limit) as (file, _):
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]


def read_lines(path: Path, limit: int, owner: str = "") -> Iterator[dict[str, Any]]:
    """Yields what `append_line` wrote; none where the file is missing. Lines of older versions have no checksum.

    Raises:
        DamagedFileError: If a line is not a JSON object or not as it was written, there are too many lines, or the
            file is larger than `limit` bytes.
    """
    for number, line in enumerate(read_whole_lines(path, limit), 1):
        try:
            document = parse_json(line, path)
        except DamagedFileError as error:
            raise DamagedFileError(path, f"line {number} {error.problem}") from None
        # the checksum starts from the owner: the line of another run is as damaged as a flipped bit
        body, _, checksum = line.rpartition(LINE_CHECKSUM)
        if document.pop("crc", None) is not None and checksum != _line_checksum(body, owner) + b'"}':
            raise DamagedFileError(path, f"line {number} is not as it was written here")
        if number > MOST_LINES:
            raise DamagedFileError(path, f"has more than the {MOST_LINES} lines that seqmem reads")
        yield document


def _line_checksum(body: bytes, owner: str) -> bytes:
    return b"%08x" % zlib.crc32(body, zlib.crc32(owner.encode()))


def read_json(path: Path, limit: int, owner: str = "") -> dict[str, Any]:
    """Reads what `write_json` wrote, in a file of at most `limit` bytes; older files have no checksum.

    Raises:
        DamagedFileError: If it is no JSON object, or not the one that was written for this owner.
    """
    content = read_bounded(path, limit)
    document = parse_json(content, path)
    body, _, _ = content.rpartition(CHECKSUM)
    if document.pop("sha256", None) not in (None, sha256(owner.encode() + body)):
        raise DamagedFileError(path, "is not as it was written here: its checksum differs")
    return document


def sha256(content: bytes) -> str:
    """Returns the SHA-256 of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
