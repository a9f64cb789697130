"""A run from end to end: the loop that trains, checks, saves and judges.

It trains while it is iterated over, and has a result at the end::

    with Run(config, directory) as run:
        for progress in run:
            print(progress.presentations)
    print(run.result.summary.verdict)
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError, SeqmemError, UsageError
from seqmem.evaluation.evaluator import Evaluator
from seqmem.evaluation.report import build_result
from seqmem.experiment.accounts import Accounts
from seqmem.judge.baseline import Baseline, mean_baseline, replicate_baselines
from seqmem.models.population import build_population
from seqmem.results.run import Progress, Record, RunResult
from seqmem.storage.checkpoints import Shapes, holds_checkpoints, read_checkpoint, save_checkpoint, shapes_of
from seqmem.storage.run_directory import CHECKPOINTS, HISTORY, RunDirectory, StoredRun, open_run_directory, read_run
from seqmem.training.trainer import Trainer

# Default interval: often enough that little is lost, seldom enough that it costs nothing.
SECONDS_BETWEEN_CHECKPOINTS = 30.0


def run(config: RunConfig) -> RunResult:
    """Trains and judges a population, and returns what it found; nothing is written.

    Args:
        config: All settings.
    """
    with Run(config) as whole:
        for _ in whole:
            pass
    return whole.result


class Run:
    """A run of a population. Left early, it saves a checkpoint, from which `Run.resume` goes on.

    Args:
        config: All settings.
        directory: Where records, checkpoints and the result are written; None writes nothing.
        threads: Threads that one operation may use.
        cache: Whether compiled programs are kept for the next process.
        checkpoint_every: Presentations between checkpoints; None for one each half minute.

    Attributes:
        history: The checks so far.
        accounts: What became of each replicate so far.
        population, trainer, evaluator: What is trained, by what, and what measures it; from the first chunk on.
        baselines: The best without memory, for each replicate; from the first chunk on.
    """

    def __init__(
        self,
        config: RunConfig,
        directory: RunDirectory | None = None,
        *,
        threads: int = 1,
        cache: bool = True,
        checkpoint_every: int | None = None,
    ):
        self.config, self.directory = config, directory
        self._threads, self._cache, self._checkpoint_every = threads, cache, checkpoint_every
        self._stored: StoredRun | None = None
        self.history: list[Record] = []
        self.accounts = Accounts.of(config.replicates)
        self.baselines: list[Baseline] = []
        self._saved = (0, 0.0)  # presentations, and the time, of the last checkpoint or the start
        self._iterated = self._between_chunks = False
        self._result: RunResult | None = None
        self._seconds: dict[str, float] = {}

    @classmethod
    def resume(
        cls, path: Path, *, trusted: Collection[str] = (), cache: bool = True, checkpoint_every: int | None = None
    ) -> Run:
        """Returns the rest of an interrupted run: from its last checkpoint on, or all of it if it has none.

        Threads are those it was started with, so that it ends with the bytes of the unbroken run.

        Args:
            path: The run directory.
            trusted: As for `RunConfig.from_settings`.
            cache: As for a new run.
            checkpoint_every: As for a new run.

        Raises:
            UsageError: If the run is complete, or another process is running it.
            DamagedFileError: If what is stored cannot be read.
        """
        directory = open_run_directory(path)
        try:
            stored = read_run(path, trusted)
            if stored.result is not None:
                raise UsageError(f"{path}: this run is complete; `seqmem show {path}` draws it")
        except SeqmemError:
            directory.close()
            raise
        rest = cls(stored.config, directory, threads=stored.threads, cache=cache, checkpoint_every=checkpoint_every)
        rest._stored = stored
        return rest

    @property
    def result(self) -> RunResult:
        """What was found: after the loop."""
        if self._result is None:
            raise UsageError("this run has not come to its end, and has no result yet")
        return self._result

    def __iter__(self) -> Iterator[Progress]:
        """Trains chunk by chunk, and yields where the run stands after each.

        Raises:
            UsageError: If it was iterated over before.
            DamagedFileError: If there are checkpoints, but none that is whole and of this run.
        """
        # a second start would draw the weights again, while accounts and history went on
        if self._iterated:
            raise UsageError("this run was iterated over already; go on with `Run.resume`, or make a new one")
        self._iterated = True
        with self._timed("total"):
            with self._timed("start"):
                self._start()

            # Compiled before the first chunk, so that the time it takes is known apart from training.
            with self._timed("compile"):
                self.trainer.compile()

            config, trainer, baseline = self.config, self.trainer, mean_baseline(self.baselines)
            # Until the budget is used up, or every replicate is solved or has diverged.
            while trainer.updates_done < config.updates and self.accounts.active.any():
                # Train up to the next check, but no more than one compiled chunk: the caller wants to hear of it.
                # Checks come at fixed counts of updates, however large a chunk is and wherever a run was broken off.
                next_check = (trainer.updates_done // config.check_interval + 1) * config.check_interval
                next_check = min(next_check, config.updates)
                with self._timed("train"):
                    trainer.advance(next_check, self.accounts.active)

                # Check; what is solved or has diverged is frozen from now on. The record is on file at once.
                with self._timed("check"):
                    record = self._check() if trainer.updates_done == next_check else None
                if record is not None and self.directory is not None:
                    self.directory.append_record(record)

                # Save now and then. A crash costs the time since then, and never a digit of the result.
                if self._checkpoint_is_due():
                    self._save_checkpoint()

                # Here, between two chunks and nowhere else, a run can be left and resumed.
                self._between_chunks = True
                solved = sum(self.accounts.solved)
                yield Progress(trainer.presentations, config.budget, solved, config.replicates, baseline, record)
                self._between_chunks = False

            # Judge on the reported sequences: all of a finite task, else fresh ones from a stream of their own.
            with self._timed("evaluate"):
                self._result = self._evaluate()
        self._write_end(self._result)

    def _start(self) -> None:
        """Builds all parts, and takes them to where training starts or goes on."""
        # The first tensor loads TensorFlow, which reads the number of threads only then.
        process.prepare(self._threads, self._cache)
        if self.directory is not None and self._stored is None:
            self.directory.write_environment(process.environment(self._threads))

        self.population = build_population(self.config)
        self.baselines = replicate_baselines(self.config.task, self.config.seeds, self.config.scoring)
        self.evaluator = Evaluator(self.config, self.population, self.baselines)
        self.trainer = Trainer(self.config, self.population)

        # From the newest checkpoint, else from weights that each replicate draws from its own seed.
        if self._stored is not None and holds_checkpoints(self._stored.path / CHECKPOINTS):
            self._restore(self._stored)
        else:
            self.population.start(self.config)
        # Records after the checkpoint are cut off: they are made again, with the same bytes.
        if self.directory is not None and self._stored is not None:
            self.directory.cut_history(self.trainer.presentations)
        self._saved = (self.trainer.presentations, time.monotonic())

    def _check(self) -> Record:
        """Measures every replicate, and brings accounts and history up to date."""
        metrics, passed = self.evaluator.check()
        self.accounts.update(self.trainer.presentations, metrics, passed, self.config.stop)
        record = Record.of(self.trainer.presentations, metrics, self.accounts.solved)
        self.history.append(record)
        return record

    def _evaluate(self) -> RunResult:
        """The result of the population as it is now."""
        accounts = self.accounts.at_end(self.trainer.presentations)
        cost = {"updates": self.trainer.updates_made, "time_steps": self.trainer.time_steps}
        report = self.evaluator.report()
        return build_result(self.config, self.config, accounts, report, self.baselines, cost, tuple(self.history))

    def _write_end(self, result: RunResult) -> None:
        """Writes what a complete run has beside its history: the weights, which `seqmem eval` reads, and the result."""
        if self.directory is not None:
            self._save_checkpoint()
            self.directory.write_timing({name: round(seconds, 4) for name, seconds in self._seconds.items()})
            # last of all: its presence means that the run is complete
            self.directory.write_result(result)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Saves a checkpoint if the run is between two chunks, and lets go of the run directory."""
        if self.directory is not None:
            if self._between_chunks:
                self._save_checkpoint()
            self._between_chunks = False
            self.directory.close()

    def _checkpoint_is_due(self) -> bool:
        if self.directory is None:
            return False
        presentations, moment = self._saved
        if self._checkpoint_every is not None:
            return self.trainer.presentations - presentations >= self._checkpoint_every
        return time.monotonic() - moment >= SECONDS_BETWEEN_CHECKPOINTS

    def _save_checkpoint(self) -> None:
        """Writes all that `_restore` needs to go on with the same bytes."""
        assert self.directory is not None
        self.directory.sync_history()  # a checkpoint assumes the records before it are on disk
        presentations, folder = self.trainer.presentations, self.directory.path / CHECKPOINTS
        save_checkpoint(folder, self.directory.run_id, presentations, self._arrays(), self._state())
        self._saved = (presentations, time.monotonic())

    def _restore(self, stored: StoredRun) -> None:
        """Goes on from the newest checkpoint; the history on file may hold more records than it counts."""
        assert self.directory is not None
        folder = stored.path / CHECKPOINTS
        checkpoint = read_checkpoint(folder, self.directory.run_id, self._check_shapes)
        try:
            records = int(checkpoint.state["records"])
            self.accounts = Accounts(**checkpoint.state["accounts"])
            self.trainer.restore(checkpoint.state["training"])
            self.evaluator.restore(checkpoint.state["checks"])
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            raise DamagedFileError(folder, f"the state is not of this run ({error})") from None
        if len(stored.history) < records:
            raise DamagedFileError(stored.path / HISTORY, f"holds {len(stored.history)} records of {records}")
        self.history = list(stored.history[:records])
        self.population.load(checkpoint.arrays)
        self.trainer.optimizer.load(checkpoint.arrays)

    def _check_shapes(self, shapes: Shapes) -> None:
        """Raises ValueError unless these arrays are those of this run: before any of them is read."""
        expected = shapes_of(self._arrays(), self._state())
        if expected != shapes:
            wrong = next(name for name in (*expected, *shapes) if expected.get(name) != shapes.get(name))
            raise ValueError(f"the array {wrong!r} does not fit the run's settings")

    def _arrays(self) -> dict[str, np.ndarray]:
        return self.population.arrays() | self.trainer.optimizer.arrays()

    def _state(self) -> dict[str, Any]:
        """All that a checkpoint holds beside the arrays, as JSON can hold it."""
        parts = {"training": self.trainer.state(), "checks": self.evaluator.state()}
        return parts | {"accounts": vars(self.accounts), "records": len(self.history)}

    @contextlib.contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """Adds what its block takes to the seconds of `timing.json`.

        They are those of this process: after a resume of the last one. `total` leaves out writing the end.
        """
        started = time.perf_counter()
        yield
        self._seconds[part] = self._seconds.get(part, 0.0) + time.perf_counter() - started
