"""A copy of a search for Optuna's own tools, which may be lost."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from seqmem.backend.extras import import_optuna
from seqmem.config.plan import Plan
from seqmem.results.importance import FrozenTrial, study_direction

JOURNAL = "study.log"


class StudyMirror:
    """Writes ended trials into `study.log`, which `optuna-dashboard` opens; seqmem itself does not depend on it.

    Trials are added in order, so their number tells where to continue. Errors are ignored. `rebuild` writes the file
    again, because trials that it holds as failed may run again.
    """

    def __init__(self, folder: Path, plan: Plan, rebuild: bool = False):
        self._path, self._plan, self._name = folder / JOURNAL, plan, folder.resolve().name
        self._study: Any = None
        self._held = self._added = 0
        # only this process writes it; Optuna would wait for the lock of a killed process
        for lock in folder.glob(f"{JOURNAL}.lock*"):
            lock.unlink()
        with contextlib.suppress(Exception):  # a damaged file is written again
            # Optuna would append to a line that a kill has left incomplete
            if not rebuild and self._path.read_bytes().endswith(b"\n"):
                self._study = import_optuna().load_study(study_name=self._name, storage=self._storage())
                self._held = len(self._study.get_trials(deepcopy=False))
        with contextlib.suppress(Exception):
            if self._study is None or self._held > plan.total:
                self._begin()

    def add(self, frozen: FrozenTrial) -> None:
        """Adds the next trial."""
        self._added += 1
        if self._added > self._held:
            with contextlib.suppress(Exception):
                self._study.add_trial(frozen)

    def _begin(self) -> None:
        self._path.unlink(missing_ok=True)
        direction = study_direction(self._plan.rank)
        self._held = 0
        self._study = import_optuna().create_study(storage=self._storage(), study_name=self._name, direction=direction)

    def _storage(self) -> Any:
        storages = import_optuna().storages
        return storages.JournalStorage(storages.journal.JournalFileBackend(str(self._path)))
