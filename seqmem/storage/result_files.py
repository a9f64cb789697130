"""Files of a complete run: `summary.json`, one row, and `result.json`."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError, UsageError
from seqmem.results.json import document_bytes, from_plain, parse_json, to_plain
from seqmem.results.run import SCHEMA, RunResult
from seqmem.results.summary import RunSummary, summary_from_json
from seqmem.storage.atomic import read_bounded, read_json, sha256, write_atomically, write_json

SUMMARY, RESULT = "summary.json", "result.json"
SUMMARY_LIMIT, RESULT_LIMIT = 2**20, 2**28  # bytes


@dataclasses.dataclass(frozen=True)
class StoredSummary:
    """A complete run in one row: its settings and its summary, which lists and the tables of sweeps are made of."""

    config: dict[str, Any]
    summary: RunSummary


def write_result(folder: Path, result: RunResult) -> None:
    """Writes the row of a run, and then the result, whose presence means that the run is complete."""
    # the row holds the checksum of the result
    content = document_bytes(result.to_json())
    row = {"config": result.config.to_settings(), "summary": result.summary}
    write_json(folder / SUMMARY, {"schema": SCHEMA, **row, "result_sha256": sha256(content)})
    write_atomically(folder / RESULT, content)


def read_result(folder: Path) -> RunResult | None:
    """Reads the result of a run without its history; None if there is none.

    Raises:
        DamagedFileError: If it is no result, or its checksum differs.
    """
    if (content := _result_bytes(folder)) is None:
        return None
    _read_row(folder, content)
    return _parse(folder, content)


def read_summary(folder: Path) -> StoredSummary | None:
    """Reads the row of a run; None if it has no result. Raises like `read_result`.

    The result is only compared with its checksum, unless the run has no row, as in older versions.
    """
    if (content := _result_bytes(folder)) is None:
        return None
    if (row := _read_row(folder, content)) is not None:
        return row
    result = _parse(folder, content)
    return StoredSummary(result.config.to_settings(), result.summary)


def has_settings(config: dict[str, Any], settings: Mapping[str, object]) -> bool:
    """Tells whether a row has these settings, among others."""
    if config == to_plain(settings):  # true of nearly all trials, and faster than building two configs
        return True
    try:
        return RunConfig.from_settings(config) == RunConfig.from_settings({**config, **settings})
    except UsageError:  # the settings contradict each other
        return False


def _result_bytes(folder: Path) -> bytes | None:
    return read_bounded(folder / RESULT, RESULT_LIMIT) if os.path.lexists(folder / RESULT) else None


def _read_row(folder: Path, result: bytes) -> StoredSummary | None:
    """The content of `summary.json`, which must belong to this result; None if it is missing."""
    if not os.path.lexists(folder / SUMMARY):
        return None
    document = read_json(folder / SUMMARY, SUMMARY_LIMIT)
    try:
        if document.get("schema") != SCHEMA:
            raise ValueError(f"schema {document.get('schema')!r} is not {SCHEMA}, the one this version reads")
        config = from_plain(dict[str, Any], document.get("config"), "config")
        row = StoredSummary(config, summary_from_json(document.get("summary")))
    except ValueError as error:
        raise DamagedFileError(folder / SUMMARY, str(error)) from None
    if document.get("result_sha256") != sha256(result):
        raise DamagedFileError(folder / RESULT, f"is not as it was written: {SUMMARY} has another checksum")
    return row


def _parse(folder: Path, content: bytes) -> RunResult:
    try:
        return RunResult.from_json(parse_json(content, folder / RESULT))
    except ValueError as error:
        raise DamagedFileError(folder / RESULT, str(error)) from None
