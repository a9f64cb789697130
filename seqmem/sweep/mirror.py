"""A search for Optuna's own tools: an SQLite file that may be lost."""

from __future__ import annotations

import contextlib
import copy
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from seqmem.backend.extras import import_optuna
from seqmem.config.plan import Plan
from seqmem.results.importance import study_direction

STUDY = "study.db"
# A learning curve is one row per step, each written by itself: of its fiftieths every fifth is written.
STEPS_APART = 5


class StudyMirror:
    """Writes ended trials into `study.db`, which `optuna-dashboard` opens; no trial ever depends on what is in it.

    A thread of its own writes, behind the sweep where it must, and what cannot be written is left out: the sweep needs
    none of it. Trials are added in their order, so their number says where to resume.

    Args:
        folder: The sweep directory.
        plan: Of the sweep.
        rebuild: Make it again even where there is one: trials that it holds as failed may have been run again.
    """

    def __init__(self, folder: Path, plan: Plan, rebuild: bool = False):
        self._folder, self._path, self._name = folder, folder / STUDY, folder.resolve().name
        self._direction, self._total = study_direction(plan.rank), plan.total
        self._study: Any = None
        self._held = self._added = 0
        self._thread = ThreadPoolExecutor(1, "mirror")
        self._thread.submit(self._open, rebuild)

    def add(self, frozen: Any) -> None:
        """Adds the next trial as it has ended."""
        self._thread.submit(self._add, frozen)

    def close(self, at_once: bool = False) -> None:
        """Waits until everything is written; `at_once` leaves the rest to when the sweep is resumed."""
        self._thread.shutdown(wait=True, cancel_futures=at_once)

    def _open(self, rebuild: bool) -> None:
        if not rebuild and self._path.exists():
            with contextlib.suppress(Exception):  # whatever is wrong with the file: it is made again
                self._study = import_optuna().load_study(study_name=self._name, storage=self._storage())
                self._held = len(self._study.get_trials(deepcopy=False))
                if self._held <= self._total and self._study.user_attrs == {"trials planned": self._total}:
                    return
        self._held = 0
        for path in self._folder.glob(f"{STUDY}*"):
            path.unlink()
        self._study = import_optuna().create_study(
            storage=self._storage(), study_name=self._name, direction=self._direction
        )
        self._study.set_user_attr("trials planned", self._total)

    def _add(self, frozen: Any) -> None:
        self._added += 1
        if self._added <= self._held:
            return
        thinned = copy.copy(frozen)
        curve = frozen.intermediate_values
        thinned.intermediate_values = {step: value for step, value in curve.items() if step % STEPS_APART == 0}
        self._study.add_trial(thinned)

    def _storage(self) -> Any:
        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(self._path, check_same_thread=False)
            # nothing is lost with it, so nobody waits for the disk
            connection.execute("PRAGMA synchronous = OFF")
            return connection

        return import_optuna().storages.RDBStorage("sqlite://", engine_kwargs={"creator": connect})
