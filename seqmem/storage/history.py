"""The history of a run: a line a check, appended, with a last line that a kill may have torn."""

from __future__ import annotations

import os
from pathlib import Path

from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError
from seqmem.results.run import Record
from seqmem.storage.atomic import append_line, parse_json, read_bounded, write_whole, writing
from seqmem.storage.json import from_plain

LIMIT = 2**29  # bytes


def append_record(path: Path, record: Record) -> None:
    """Adds a line; what is left of a torn one is cut first."""
    append_line(path, record)


def sync_history(path: Path) -> None:
    """Waits until the history is on the disk."""
    if path.exists():
        with writing(path), path.open("r+b") as file:
            os.fsync(file.fileno())


def cut_history(path: Path, presentations: int) -> None:
    """Removes the records after so many presentations: those that a resumed run makes again."""
    lines = _whole_lines(path)
    kept = [line for line in lines if _presentations(parse_json(line, path), path) <= presentations]
    if os.path.lexists(path):
        write_whole(path, b"".join(line + b"\n" for line in kept))


def read_history(path: Path, config: RunConfig) -> tuple[Record, ...]:
    """Reads the records of a run; a torn last line does not count.

    Raises:
        DamagedFileError: If another line is no record of this run.
    """
    records: list[Record] = []
    for number, line in enumerate(_whole_lines(path), 1):
        try:
            record = from_plain(Record, parse_json(line, path), "record")
            _check(record, records[-1].presentations if records else 0, config)
        except DamagedFileError as error:
            raise DamagedFileError(path, f"line {number} {error.problem}") from None
        except ValueError as error:
            raise DamagedFileError(path, f"line {number}: {error}") from None
        records.append(record)
    return tuple(records)


def _whole_lines(path: Path) -> list[bytes]:
    return read_bounded(path, LIMIT).split(b"\n")[:-1] if os.path.lexists(path) else []


def _presentations(document: dict, path: Path) -> int:
    try:
        return from_plain(int, document.get("presentations"), "presentations")
    except ValueError as error:
        raise DamagedFileError(path, str(error)) from None


def _check(record: Record, before: int, config: RunConfig) -> None:
    """Raises ValueError unless a record has a value for every replicate and comes after the one before."""
    columns = (record.loss, record.recall_loss, record.accuracy, record.recall_accuracy, record.solved)
    if any(len(column) != config.replicates for column in columns):
        raise ValueError(f"must have {config.replicates} values of each measure, one a replicate")
    if record.presentations < before:
        raise ValueError("presentations must not go down")
