"""A run under way with all that belongs to it: population, judge, training, history, and its checkpoints."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError
from seqmem.evaluation.evaluator import Judge
from seqmem.evaluation.report import build_result
from seqmem.judge.baseline import replicate_baselines
from seqmem.models.population import build_population
from seqmem.results.run import Account, Progress, Record, RunResult
from seqmem.storage.checkpoints import Shapes, read_checkpoint, save_checkpoint, shapes_of
from seqmem.storage.run_directory import CHECKPOINTS, HISTORY, RunDirectory
from seqmem.training.trainer import Training

# Where nobody says how often: often enough that little is lost, seldom enough that it costs nothing.
SECONDS_BETWEEN_CHECKPOINTS = 30.0


class Session:
    """A run that can be taken a chunk further, kept, and taken up again.

    Args:
        config: All settings.

    Attributes:
        history: The checks so far.
    """

    def __init__(self, config: RunConfig):
        self.config = config
        self.baselines = replicate_baselines(config.task, config.seeds, config.head)
        self._population = build_population(config)
        self._judge = Judge(config, self._population, self.baselines)
        self.training = Training(config, self._population, self._judge.check)
        self.history: list[Record] = []
        self._kept = (0, time.monotonic())

    def start(self) -> None:
        """Draws the initial weights of every replicate."""
        self._population.start(self.config)

    def advance(self) -> Progress:
        """Trains a chunk, and remembers the check if there was one."""
        progress = self.training.advance()
        if progress.record is not None:
            self.history.append(progress.record)
        return progress

    def result(self) -> RunResult:
        """Judges the population as it is now on the reported evaluation."""
        training = self.training
        accounts = [
            Account(training.presentations if stopped is None else stopped, met, diverged)
            for stopped, met, diverged in zip(training.stopped_at, training.success_at, training.diverged, strict=True)
        ]
        cost = {"updates": training.updates_made, "time_steps": training.time_steps}
        report = self._judge.report()
        return build_result(self.config, self.config, accounts, report, self.baselines, cost, tuple(self.history))

    def checkpoint_is_due(self, every: int | None) -> bool:
        """Tells whether so many presentations, or else half a minute, have gone by since the last checkpoint."""
        presentations, moment = self._kept
        if every is not None:
            return self.training.presentations - presentations >= every
        return time.monotonic() - moment >= SECONDS_BETWEEN_CHECKPOINTS

    def save_checkpoint(self, directory: RunDirectory) -> None:
        """Writes all that `restore` needs to go on with the same bytes."""
        directory.sync_history()  # a checkpoint counts on the records before it
        presentations = self.training.presentations
        save_checkpoint(directory.path / CHECKPOINTS, directory.run_id, presentations, self._arrays(), self._state())
        self._kept = (presentations, time.monotonic())

    def restore(self, directory: RunDirectory, history: tuple[Record, ...]) -> None:
        """Goes on from the newest checkpoint.

        Args:
            directory: The run directory.
            history: The checks on file, of which there may be more than the checkpoint knows.

        Raises:
            DamagedFileError: If there is no checkpoint that is whole and of this run.
        """
        folder = directory.path / CHECKPOINTS
        checkpoint = read_checkpoint(folder, directory.run_id, self._check_shapes)
        try:
            records = int(checkpoint.state["records"])
            self.training.restore(checkpoint.state["training"])
            self._judge.restore(checkpoint.state["checks"])
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            raise DamagedFileError(folder, f"the state is not of this run ({error})") from None
        if len(history) < records:
            raise DamagedFileError(directory.path / HISTORY, f"holds {len(history)} records of {records}")
        self.history = list(history[:records])
        self._population.load(checkpoint.arrays)
        self.training.optimizer.load(checkpoint.arrays)

    def _check_shapes(self, found: Shapes) -> None:
        expected = shapes_of(self._arrays(), self._state())
        if expected != found:
            wrong = next(name for name in (*expected, *found) if expected.get(name) != found.get(name))
            raise ValueError(f"the array {wrong!r} does not fit the run's settings")

    def _state(self) -> dict[str, Any]:
        return {"training": self.training.state(), "checks": self._judge.state(), "records": len(self.history)}

    def _arrays(self) -> dict[str, np.ndarray]:
        return self._population.arrays() | self.training.optimizer.arrays()


def seconds_of(session: Session, **others: float) -> dict[str, Any]:
    """Returns what a run took, in seconds, for `timing.json`."""
    return {name: round(value, 4) for name, value in (session.training.seconds | others).items()}
