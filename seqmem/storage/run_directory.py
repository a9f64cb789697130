"""The run directory: settings, records, checkpoints and result of a run.

::

    runs/2026-11-22-conflicting-gap3-lstm20-seed0/
      config.toml  environment.json  history.jsonl  timing.json  checkpoints/  summary.json  result.json  lock

The status of a run is not stored: it is complete if there is a result, running if a process holds the lock, and
interrupted otherwise. A directory may come from a stranger: it is read and checked, and nothing in it is executed.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.config.toml import LIMIT, config_text, parse_toml
from seqmem.errors import DamagedFileError, DamageWarning, SeqmemError, UsageError
from seqmem.results.json import escape_control_characters, from_plain
from seqmem.results.run import Record, RunResult
from seqmem.results.sweep import TRIALS
from seqmem.storage.atomic import (
    append_line,
    disk_errors,
    make_folder,
    read_bounded,
    read_json,
    read_lines,
    read_whole_lines,
    write_atomically,
    write_json,
)
from seqmem.storage.lock import LOCK_NAME, RunLock, is_locked
from seqmem.storage.plan_file import PLAN
from seqmem.storage.result_files import RESULT, read_result, write_result

CONFIG, HISTORY = "config.toml", "history.jsonl"
ENVIRONMENT, TIMING, CHECKPOINTS = "environment.json", "timing.json", "checkpoints"
NOTES_LIMIT, HISTORY_LIMIT = 2**20, 2**29  # bytes


class NoRunError(UsageError):
    """A path is no run directory."""


@dataclasses.dataclass(frozen=True)
class RunDirectory:
    """A run directory that this process writes, with its lock, which is held until `close`."""

    path: Path
    lock: RunLock

    def write_environment(self, environment: Mapping[str, object]) -> None:
        """Writes versions, processor, threads and command line."""
        write_json(self.path / ENVIRONMENT, environment, self.run_id)

    def write_timing(self, timing: Mapping[str, float]) -> None:
        """Writes everything measured in seconds."""
        write_json(self.path / TIMING, timing, self.run_id)

    def append_record(self, record: Record) -> None:
        """Appends a line to the history."""
        append_line(self.path / HISTORY, record, owner=self.run_id)

    def sync_history(self) -> None:
        """Waits until the history is on the disk."""
        path = self.path / HISTORY
        if path.exists():
            with disk_errors(path), path.open("r+b") as file:
                os.fsync(file.fileno())

    def cut_history(self, presentations: int) -> None:
        """Removes the records after this many presentations, which a resumed run makes again."""
        path = self.path / HISTORY
        if os.path.lexists(path):
            # `read_history` has checked before that all lines are records
            lines = [(json.loads(line)["presentations"], line) for line in read_whole_lines(path, HISTORY_LIMIT)]
            write_atomically(path, b"".join(line + b"\n" for reached, line in lines if reached <= presentations))

    def write_result(self, result: RunResult) -> None:
        """Writes the result, whose presence means that the run is complete."""
        # a result implies a complete history, which must be on the disk before it
        self.sync_history()
        write_result(self.path, result)

    @functools.cached_property
    def run_id(self) -> str:
        """The id of the run; see `read_run_id`."""
        return read_run_id(self.path)

    def close(self) -> None:
        """Releases the lock."""
        self.lock.release()

    def __enter__(self) -> RunDirectory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclasses.dataclass(frozen=True)
class StoredRun:
    """A run directory, read.

    Attributes:
        path: The directory.
        config: Its settings.
        history: Its checks in order.
        result: None unless the run is complete.
        environment, timing: The content of these files; empty if they are missing.
        status: `complete`, `running` or `interrupted`.
    """

    path: Path
    config: RunConfig
    history: tuple[Record, ...]
    result: RunResult | None
    environment: dict[str, Any]
    timing: dict[str, Any]
    status: str

    @property
    def threads(self) -> int:
        """Threads that it was started with; 1 if that is not known."""
        threads = self.environment.get("threads")
        return threads if isinstance(threads, int) and 1 <= threads <= 4096 else 1


def create_run_directory(config: RunConfig, out: Path | None = None, root: Path = Path("runs")) -> RunDirectory:
    """Makes and locks a run directory with the settings: `out`, or a new name in `root`.

    Raises:
        UsageError: If `out` exists.
        SeqmemError: For disk errors.
    """
    name = root / directory_name(config, datetime.date.today())
    path = make_folder(name, numbered=True) if out is None else make_folder(out)
    try:
        directory = RunDirectory(path, RunLock(path))
        write_atomically(path / CONFIG, config_text(config))
    except SeqmemError:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return directory


def open_run_directory(path: Path) -> RunDirectory:
    """Locks the directory of an interrupted run, to resume it.

    Raises:
        UsageError: If it is no run directory, or another process is running it.
        DamagedFileError: If its settings are damaged.
    """
    read_config(path)
    return RunDirectory(path, RunLock(path))


def directory_name(config: RunConfig, date: datetime.date) -> str:
    """Returns the name for a run of this day: ``2026-11-22-conflicting-gap3-lstm20-seed0``."""
    low, high = config.task.gap or (0, 0)
    gap = "" if not high else f"gap{low}-" if low == high else f"gap{low}to{high}-"
    return f"{date.isoformat()}-{config.task.name}-{gap}{config.cell}{config.units}-seed{config.seed}"


def read_run(path: Path, trusted: Collection[str] = ()) -> StoredRun:
    """Reads a run directory; `trusted` as for `RunConfig.from_settings`.

    A DamageWarning is given if a complete run has lost the end of its history.

    Raises:
        UsageError: If there is no such directory.
        DamagedFileError: If one of its files is damaged.
    """
    config = read_config(path, trusted)
    # before the result is read, so that a run that ends in between is seen as complete
    status = "running" if is_locked(path) else "interrupted"
    result = read_result(path)
    if result is not None and result.config != config:
        raise DamagedFileError(path / RESULT, f"is of other settings than {CONFIG}")
    history = read_history(path, config)
    environment, timing = (read_notes(path, name) for name in (ENVIRONMENT, TIMING))
    if result is None:
        return StoredRun(path, config, history, None, environment, timing, status)
    result = dataclasses.replace(result, history=history)
    _warn_of_lost_history(path / HISTORY, result)
    return StoredRun(path, config, history, result, environment, timing, "complete")


def read_history(folder: Path, config: RunConfig) -> tuple[Record, ...]:
    """Reads the records of a run, without an incomplete last line.

    Raises:
        DamagedFileError: If a line is no record of this run.
    """
    records: list[Record] = []
    # at most as many as a run has checks, so that reading a stranger's file does not take hours
    path, most = folder / HISTORY, -(-config.updates // config.check_interval)
    for number, document in enumerate(read_lines(path, HISTORY_LIMIT, owner=read_run_id(folder)), 1):
        try:
            record = from_plain(Record, document, "record")
            _check_record(record, records[-1].presentations if records else 0, config)
            if number > most:
                raise ValueError(f"a run of these settings has at most {most}")
        except ValueError as error:
            raise DamagedFileError(path, f"line {number}: {error}") from None
        records.append(record)
    return tuple(records)


def _check_record(record: Record, before: int, config: RunConfig) -> None:
    """Raises ValueError unless a record has a value for every replicate and comes after the one before."""
    columns = (record.loss, record.recall_loss, record.accuracy, record.recall_accuracy, record.solved)
    if any(len(column) != config.replicates for column in columns):
        raise ValueError(f"must have {config.replicates} values of each measure, one per replicate")
    if record.presentations < before:
        raise ValueError("presentations must not go down")


def _warn_of_lost_history(path: Path, result: RunResult) -> None:
    """Warns if the last checks of a complete run are missing; its result is still valid."""
    reached = result.history[-1].presentations if result.history else 0
    # replicates stop at different times; the last check is that of the last replicate
    trained = max(replicate.presentations for replicate in result.replicates)
    if reached < trained:
        warnings.warn(f"{path}: ends after {reached} of {trained} presentations", DamageWarning, stacklevel=3)


def read_config(path: Path, trusted: Collection[str] = ()) -> RunConfig:
    """Reads the settings of a run directory; `trusted` as for `RunConfig.from_settings`. Raises like `read_run`."""
    settings = _read_settings(path)
    try:
        return RunConfig.from_settings(settings, trusted)
    except UsageError as error:
        raise DamagedFileError(path / CONFIG, str(error)) from None


def _read_settings(path: Path) -> dict[str, Any]:
    """The settings in `config.toml`."""
    names = (CONFIG, RESULT, HISTORY, CHECKPOINTS, LOCK_NAME)
    # a sweep has a lock too, and its plan beside it
    if os.path.lexists(path / PLAN) or not any(os.path.lexists(path / name) for name in names):
        raise NoRunError(f"{path}: is no run directory" + _why_not(path))
    content = read_bounded(path / CONFIG, LIMIT)
    try:
        settings = parse_toml(content, CONFIG)
    except UsageError as error:
        raise DamagedFileError(path / CONFIG, str(error).removeprefix(f"{CONFIG}: ")) from None
    # the first and the last setting: a truncated file would otherwise be read as other settings
    if not {"task", "seed"} <= settings.keys() or not content.endswith(b"\n"):
        raise DamagedFileError(path / CONFIG, "is cut short")
    return settings


def _why_not(path: Path) -> str:
    if not path.exists():
        return ": there is nothing of that name"
    if os.path.lexists(path / PLAN):
        return f": it is a sweep; its trials are runs: seqmem list {path / TRIALS}"
    if not path.is_dir():
        return ""
    holds_runs = any(path.glob(f"*/{CONFIG}"))
    return f": it has no {CONFIG}" + (f"; its runs are named by: seqmem list {path}" if holds_runs else "")


def read_run_id(path: Path) -> str:
    """Returns the id of a run: a hash of the settings in its file, including the seed.

    It does not change if the folder is copied or renamed, if comments are added, or with settings of a later version.
    Runs of equal settings share an id, which is harmless, as their files are equal. Raises like `read_run`.
    """
    settings = _read_settings(path)
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def read_notes(folder: Path, name: str) -> dict[str, Any]:
    """The content of a file of notes, with control characters escaped."""
    path = folder / name
    if not os.path.lexists(path):
        return {}
    notes: dict[str, Any] = escape_control_characters(read_json(path, NOTES_LIMIT, read_run_id(folder)))
    return notes
