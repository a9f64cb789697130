"""What a table needs of the finished trials of a sweep, in one file: a copy, so that thousands need not be read again.

A line of it counts only while the result it was taken from is there as it was; else the run directory is read.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from seqmem.errors import SeqmemError
from seqmem.files import append_line, read_lines
from seqmem.plain_values import from_plain, to_plain
from seqmem.rundir import RESULT
from seqmem.sweep_results import Trial, TrialResult

DIGEST = "digest.jsonl"
DIGEST_LIMIT = 2**30  # bytes


class Digest:
    """The digest of a sweep directory, read when it is first asked.

    Args:
        folder: The sweep directory.
    """

    def __init__(self, folder: Path):
        self._path = folder / DIGEST
        self._lines: dict[str, dict[str, Any]] | None = None

    def find(self, trial: Trial, place: Path) -> TrialResult | None:
        """Returns what a trial found, or None where its run directory must be read.

        Args:
            trial: As it stands in the plan.
            place: Its run directory.
        """
        if self._lines is None:
            self._lines = {}
            with contextlib.suppress(SeqmemError):  # damaged: then every run directory is read
                self._lines = {str(line.get("trial")): line for line in read_lines(self._path, DIGEST_LIMIT)}
        line = self._lines.get(trial.name)
        if line is None or line.get("stamp") != _stamp(place):
            return None
        with contextlib.suppress(ValueError):
            return from_plain(TrialResult, line.get("result"), "result")
        return None

    def add(self, trial: Trial, place: Path) -> None:
        """Adds a trial that is complete."""
        stamp = _stamp(place)
        if stamp is not None:
            append_line(self._path, {"trial": trial.name, "stamp": stamp, "result": to_plain(trial.result)})


def _stamp(place: Path) -> list[int] | None:
    """Size and time of a result; None where there is none."""
    try:
        found = os.lstat(place / RESULT)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]
