"""Files that are whole or absent when written, and bounded when read."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from seqmem.errors import DamagedFileError, SeqmemError, UsageError
from seqmem.storage.json import to_plain


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the disk refuses (full, read-only, not allowed) into one line that names the file.

    Raises:
        SeqmemError: In place of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise SeqmemError(f"{path}: cannot be written: {error.strerror or error}") from None


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is there whole or not at all, also after a kill or a power cut."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with writing(path):
        try:
            write_through(partial, content)
            os.replace(partial, path)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_through(path: Path, content: bytes) -> None:
    """Writes a file and waits until it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


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
        with writing(candidate):
            candidate.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                candidate.mkdir()
                return candidate
    raise UsageError(f"{path}: is there already, and nothing is written over{hint}")


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bounded(path: Path, limit: int) -> bytes:
    """Reads a regular file of at most `limit` bytes; links are not followed.

    Raises:
        DamagedFileError: If it is missing, too large, no regular file, or cannot be read.
    """
    try:
        # a pipe in place of a file must not make the reader wait
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise DamagedFileError(path, "is not a regular file")
            if found.st_size > limit:
                raise DamagedFileError(path, f"is larger than the {limit} bytes that seqmem reads")
            return file.read(found.st_size)
    except FileNotFoundError:
        raise DamagedFileError(path, "is missing") from None
    except OSError as error:
        raise DamagedFileError(path, f"cannot be read: {error.strerror or error}") from None


def json_bytes(document: Any) -> bytes:
    """Returns a document as one line of JSON: numbers that are not finite become null, never NaN."""
    text = json.dumps(to_plain(document), ensure_ascii=False, allow_nan=False)
    # halves of characters, as in a command line that is not UTF-8, become JSON escapes
    return text.encode("utf-8", "backslashreplace")


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Writes a JSON object whole or not at all, one line a key."""
    lines = [json_bytes(key) + b": " + json_bytes(value) for key, value in document.items()]
    write_whole(path, b"{\n" + b",\n".join(lines) + b"\n}\n")


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """Returns the JSON object that a file's content is.

    Raises:
        DamagedFileError: If it is none, or holds NaN or infinity.
    """
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise DamagedFileError(path, "is not UTF-8 text") from None
    except RecursionError:
        raise DamagedFileError(path, "is nested too deeply") from None
    except ValueError as error:
        raise DamagedFileError(path, f"is not JSON ({error})") from None
    if not isinstance(document, dict):
        raise DamagedFileError(path, "is not a JSON object")
    return document


def append_line(path: Path, document: Any, sync: bool = False) -> None:
    """Adds a line of JSON to a file; what is left of a torn one is cut first.

    Args:
        path: The file, which need not be there.
        document: A mapping or a dataclass.
        sync: Wait until it is on the disk.

    Raises:
        SeqmemError: If the disk refuses.
    """
    with writing(path), open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        if file.read(1) not in (b"", b"\n"):
            file.seek(0)
            end = file.read().rfind(b"\n") + 1
            file.truncate(end)
        file.seek(end)
        file.write(json_bytes(document) + b"\n")
        if sync:
            file.flush()
            os.fsync(file.fileno())


def read_lines(path: Path, limit: int) -> list[dict[str, Any]]:
    """Returns the whole lines of a file that `append_line` wrote; none where it is missing.

    Raises:
        DamagedFileError: If a line is not a JSON object, or the file is larger than `limit` bytes.
    """
    if not os.path.lexists(path):
        return []
    return [parse_json(line, path) for line in read_bounded(path, limit).split(b"\n")[:-1]]


def read_json(path: Path, limit: int) -> dict[str, Any]:
    """Reads a JSON object from a file of at most `limit` bytes; see `read_bounded` and `parse_json`."""
    return parse_json(read_bounded(path, limit), path)


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


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
