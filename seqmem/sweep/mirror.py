"""A search's study as Optuna's own tools read it: an SQLite file that can be thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqmem.sweep.optional import import_optuna

STUDY = "study.db"


class StudyMirror:
    """Writes ended trials into `study.db`, which `optuna-dashboard` opens; nothing ever reads it back.

    Args:
        folder: The sweep directory.
        direction: `maximize` or `minimize`.
        total: Trials of the whole sweep.
    """

    def __init__(self, folder: Path, direction: str, total: int):
        self._path, self._direction, self._total = folder / STUDY, direction, total
        # a driver that was killed may have left half a trial in it: it is made again from what is told
        for path in folder.glob(f"{STUDY}*"):
            path.unlink()
        self._study: Any = None

    def add(self, trials: Sequence[Any]) -> None:
        """Adds trials as they have ended."""
        optuna = import_optuna()
        if self._study is None:
            self._study = optuna.create_study(
                storage=f"sqlite:///{self._path}", study_name=self._path.parent.name, direction=self._direction
            )
            self._study.set_user_attr("trials planned", self._total)
        self._study.add_trials(list(trials))
