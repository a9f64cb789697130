"""A run from end to end: the loop that trains, checks, saves and judges.

A run is an iterable that trains while it is iterated over, and then has a result::

    with Run(config, directory) as run:
        for progress in run:
            print(progress.presentations)
    print(run.result.summary.verdict)
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError, SeqmemError, UsageError
from seqmem.evaluation.evaluator import Evaluator
from seqmem.evaluation.report import build_result
from seqmem.experiment.accounts import Accounts
from seqmem.experiment.memory import check_memory
from seqmem.judge.baseline import Baseline, mean_baseline, replicate_baselines
from seqmem.models.population import build_population
from seqmem.results.run import Progress, Record, RunResult
from seqmem.storage.checkpoints import Shapes, holds_checkpoints, read_checkpoint, save_checkpoint, shapes_of
from seqmem.storage.run_directory import CHECKPOINTS, HISTORY, RunDirectory, StoredRun, open_run_directory, read_run
from seqmem.training.trainer import Trainer

# Default interval: a crash loses little, and saving takes a negligible part of the time.
SECONDS_BETWEEN_CHECKPOINTS = 30.0


def run(config: RunConfig, directory: RunDirectory | None = None, threads: int = 1) -> RunResult:
    """Trains and judges a population and returns its result; arguments as for `Run`."""
    with Run(config, directory, threads=threads) as whole:
        for _ in whole:
            pass
    return whole.result


class Run:
    """A run of a population. If the loop is left early, it saves a checkpoint, from which `Run.resume` continues.

    Args:
        config: All settings.
        directory: The run directory for records, checkpoints and the result; None writes nothing.
        threads: Threads per operation.
        cache: Whether compiled programs are kept on disk for the next process.
        checkpoint_every: Presentations between checkpoints; None for one every 30 seconds.

    Attributes:
        history: The checks so far.
        accounts: Whether and when each replicate was solved, stopped or diverged.
        population, trainer, evaluator: The networks, and what trains and measures them; set when iteration starts.
        baselines: The best scores without memory, for each replicate; set when iteration starts.
        stage: What it is doing: `start`, `compile`, `train`, `check` or `evaluate`.
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
        self.stage = "start"

    @classmethod
    def resume(
        cls, path: Path, *, trusted: Collection[str] = (), cache: bool = True, checkpoint_every: int | None = None
    ) -> Run:
        """Returns the rest of an interrupted run: from its last checkpoint, or from the start if it has none.

        It uses the threads that the run was started with, so that it ends with the bytes of an uninterrupted run.
        `trusted` is as for `RunConfig.from_settings`, all else as for a new run.

        Raises:
            UsageError: If the run is complete, or another process is running it.
            DamagedFileError: If a stored file cannot be read.
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
        """The result; UsageError before the end of the loop."""
        if self._result is None:
            raise UsageError("this run has not come to its end, and has no result yet")
        return self._result

    def __iter__(self) -> Iterator[Progress]:
        """Trains chunk by chunk, and yields the progress after each.

        Raises:
            UsageError: If it was iterated over before.
            DamagedFileError: If there are checkpoints, but none of them is intact and of this run.
        """
        # a second iteration would draw the weights again, but keep accounts and history
        if self._iterated:
            raise UsageError("this run was iterated over already; go on with `Run.resume`, or make a new one")
        self._iterated = True
        with self._timed("total"):
            with self._timed("start"):
                self._start()

            # Compile before the first chunk, so that this time is measured separately.
            with self._timed("compile"):
                self._compile()

            config, trainer, baseline = self.config, self.trainer, mean_baseline(self.baselines)
            # Train until the budget is used up, or every replicate is solved or has diverged.
            while trainer.updates_done < config.updates and self.accounts.active.any():
                # Train up to the next check, at most one compiled chunk, so that the caller sees progress. Checks come
                # at fixed numbers of updates, independent of the chunk size and of interruptions.
                next_check = (trainer.updates_done // config.check_interval + 1) * config.check_interval
                next_check = min(next_check, config.updates)
                with self._timed("train"):
                    errors = trainer.advance(next_check, self.accounts.active)
                if config.streak:
                    self.accounts.watch(errors, config.criterion.bound, config.sequences_per_batch)

                # Check. Replicates that are solved or have diverged are frozen from now on.
                with self._timed("check"):
                    record = self._check() if trainer.updates_done == next_check else None
                if record is not None and self.directory is not None:
                    self.directory.append_record(record)

                # Save from time to time. A crash loses the time since the last checkpoint, but changes no result.
                if self._checkpoint_is_due():
                    self._save_checkpoint()

                # A run can be left and resumed here only, between two chunks.
                self._between_chunks = True
                solved = sum(self.accounts.solved)
                yield Progress(trainer.presentations, config.budget, solved, config.replicates, baseline, record)
                self._between_chunks = False

            # Judge on the reported sequences: all of a finite task, else fresh ones from a separate stream.
            with self._timed("evaluate"):
                self._result = self._evaluate()
        self._write_end(self._result)

    def _start(self) -> None:
        """Builds all parts, and sets them to the start of training or to the last checkpoint."""
        # Before the first tensor: TensorFlow reads the number of threads when it is imported.
        check_memory(self.config)
        process.prepare(self._threads, self._cache)
        if self.directory is not None and self._stored is None:
            self.directory.write_environment(process.environment(self._threads))

        self.population = build_population(self.config)
        self.baselines = replicate_baselines(self.config.task, self.config.seeds, self.config.scoring)
        self.evaluator = Evaluator(self.config, self.population, self.baselines)
        self.trainer = Trainer(self.config, self.population)

        if self._stored is not None and holds_checkpoints(self._stored.path / CHECKPOINTS):
            self._restore(self._stored)
        # Records after the checkpoint are removed; training writes them again, with the same bytes.
        if self.directory is not None and self._stored is not None:
            self.directory.cut_history(self.trainer.presentations)
        self._saved = (self.trainer.presentations, time.monotonic())

    def _compile(self) -> None:
        """Compiles the programs for training and for checks side by side, and draws weights where none are restored."""
        with ThreadPoolExecutor() as pool:
            programs = [pool.submit(part.compile) for part in (self.trainer, self.evaluator)]
            drawn = self.population.draw(self.config) if self.trainer.updates_done == 0 else None
            for program in programs:
                program.result()
        # Only now: the training program has written back the parameters that it was given.
        if drawn is not None:
            self.population.parameters.assign(drawn)

    def _check(self) -> Record:
        """Measures every replicate, and updates accounts and history."""
        # what is solved or has diverged is not confirmed again
        ready = self.accounts.active & (np.array(self.accounts.streak) >= self.config.streak)
        metrics, passed = self.evaluator.check(ready)
        self.accounts.update(self.trainer.presentations, metrics, passed, self.config.stop)
        record = Record.of(self.trainer.presentations, metrics, self.accounts.solved)
        self.history.append(record)
        return record

    def _evaluate(self) -> RunResult:
        """The result of the population in its present state."""
        accounts = self.accounts.at_end(self.trainer.presentations)
        cost = {"updates": self.trainer.updates_made, "time_steps": self.trainer.time_steps}
        report = self.evaluator.report()
        return build_result(self.config, self.config, accounts, report, self.baselines, cost, tuple(self.history))

    def _write_end(self, result: RunResult) -> None:
        """Writes the final weights, which `seqmem eval` reads, the timing and the result."""
        if self.directory is not None:
            self._save_checkpoint()
            self.directory.write_timing({name: round(seconds, 4) for name, seconds in self._seconds.items()})
            # last, because its presence means that the run is complete
            self.directory.write_result(result)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Saves a checkpoint if the run is between two chunks, and releases the run directory."""
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
        """Writes everything that `_restore` needs for an identical continuation."""
        assert self.directory is not None
        self.directory.sync_history()  # a checkpoint assumes the records before it are on disk
        presentations, folder = self.trainer.presentations, self.directory.path / CHECKPOINTS
        save_checkpoint(folder, self.directory.run_id, presentations, self._arrays(), self._state())
        self._saved = (presentations, time.monotonic())

    def _restore(self, stored: StoredRun) -> None:
        """Restores the newest checkpoint; the stored history may have more records than that."""
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
        """Raises ValueError unless arrays of these shapes belong to this run; called before any is read."""
        expected = shapes_of(self._arrays(), self._state())
        if expected != shapes:
            wrong = next(name for name in (*expected, *shapes) if expected.get(name) != shapes.get(name))
            raise ValueError(f"the array {wrong!r} does not fit the run's settings")

    def _arrays(self) -> dict[str, np.ndarray]:
        return self.population.arrays() | self.trainer.optimizer.arrays()

    def _state(self) -> dict[str, Any]:
        """Everything else in a checkpoint, as plain values."""
        parts = {"training": self.trainer.state(), "checks": self.evaluator.state()}
        return parts | {"accounts": vars(self.accounts), "records": len(self.history)}

    @contextlib.contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        """Adds the duration of its block to `timing.json`, which covers this process only, and not the final writes."""
        started = time.perf_counter()
        if part != "total":
            self.stage = part
        yield
        self._seconds[part] = self._seconds.get(part, 0.0) + time.perf_counter() - started
