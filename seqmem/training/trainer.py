"""A run under way: chunk after compiled chunk, with checks at fixed counts of presentations."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from seqmem.backend.lazy import tf
from seqmem.config.run_config import RunConfig
from seqmem.judge.metrics import Metrics
from seqmem.models.population import Population
from seqmem.results.run import Progress, Record
from seqmem.tasks.layout import Examples
from seqmem.training.batches import Feed
from seqmem.training.bptt import ChunkPlan, compiled_trainer

# Time steps of all replicates in one compiled call: a few seconds of work, so that progress shows and Ctrl-C is heard.
CHUNK_STEPS = 1_000_000

Check = Callable[[], tuple[list[Metrics], list[bool]]]


class Training:
    """Trains a population under a config and keeps account of each replicate.

    Args:
        config: The run.
        population: Trained in place; started, or restored, by the caller.
        check: Gives the metrics of each replicate and whether it is solved.

    Attributes:
        updates_done: Batches so far.
        success_at: Presentations at each replicate's first check of a passing streak; None where it does not pass.
        stopped_at: Presentations after which each replicate was frozen; None where it still trains.
        diverged: Whether each replicate has ceased to give finite numbers.
        seconds: What was spent on `compile`, `train` and `check`.
    """

    def __init__(self, config: RunConfig, population: Population, check: Check):
        self.config = config
        self._check = check
        self._plan = chunk_plan(config)
        self.optimizer, self._train_chunk = compiled_trainer(population, config.optimizer, self._plan)
        self.optimizer.reset(config.learning_rate)
        self._feed = Feed(config)
        self._chunk = chunk_updates(config)
        self.updates_done = self.time_steps = 0
        self.success_at: list[int | None] = [None] * config.replicates
        self.stopped_at: list[int | None] = [None] * config.replicates
        self.diverged = [False] * config.replicates
        self.seconds = {"compile": 0.0, "train": 0.0, "check": 0.0}

    @property
    def presentations(self) -> int:
        """Presentations so far, of the replicates that still train."""
        return self.updates_done * self.config.sequences_per_batch

    @property
    def done(self) -> bool:
        """Whether the budget is used up, or every replicate frozen."""
        return self.updates_done >= self.config.updates or all(at is not None for at in self.stopped_at)

    @property
    def updates_made(self) -> int:
        """Updates of all replicates together."""
        return int(self.optimizer.updates.numpy().sum())

    def compile(self) -> None:
        """Compiles the chunk by making no update with it, so that compile time is known apart."""
        start = time.perf_counter()
        shape = (self._chunk, self._plan.time, self.config.replicates, self.config.batch_size)
        empty = Examples(
            np.zeros((*shape, self.config.context), np.int32),
            np.zeros(shape, np.int32),
            np.zeros(shape, bool),
            np.zeros(shape, np.float32),
        )
        self._run_chunk(empty, 0)
        self.seconds["compile"] += time.perf_counter() - start

    def advance(self) -> Progress:
        """Trains one chunk, and checks where a check is due."""
        start = time.perf_counter()
        interval = self.config.check_interval
        due = min((self.updates_done // interval + 1) * interval, self.config.updates)
        count = min(self._chunk, due - self.updates_done)
        examples = self._feed.take(count)
        self._run_chunk(examples, count)
        self.updates_done += count
        training = np.array([at is None for at in self.stopped_at])
        self.time_steps += int(examples.valid[:, :, training].sum())
        self.seconds["train"] += time.perf_counter() - start
        record = self._record() if self.updates_done == due else None
        solved = sum(at is not None for at in self.success_at)
        return Progress(self.presentations, self.config.budget, solved, self.config.replicates, record)

    def state(self) -> dict[str, Any]:
        """Returns all that goes on from here beside the arrays, as JSON can hold it."""
        names = ("updates_done", "time_steps", "success_at", "stopped_at", "diverged")
        return {name: getattr(self, name) for name in names} | {"feed": self._feed.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from where `state` was taken."""
        self._feed.restore(state["feed"])
        for name in ("updates_done", "time_steps", "success_at", "stopped_at", "diverged"):
            setattr(self, name, state[name])

    def _run_chunk(self, examples: Examples, count: int) -> None:
        missing = self._chunk - len(examples.targets)

        def filled(array: np.ndarray) -> Any:
            return tf.constant(np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1)) if missing else array)

        active = tf.constant([at is None for at in self.stopped_at])
        arrays = [filled(array) for array in (examples.inputs, examples.targets, examples.weights, examples.valid)]
        self._train_chunk(*arrays, tf.constant(count), active).numpy()

    def _record(self) -> Record:
        """Checks every replicate, and freezes those that are solved or have diverged."""
        start = time.perf_counter()
        metrics, passed = self._check()
        for index, (one, good) in enumerate(zip(metrics, passed, strict=True)):
            if self.stopped_at[index] is not None:
                continue
            self.diverged[index] = not math.isfinite(one.loss)
            if not good:
                self.success_at[index] = None
            elif self.success_at[index] is None:
                self.success_at[index] = self.presentations
            if self.diverged[index] or (good and self.config.stop):
                self.stopped_at[index] = self.presentations
        self.seconds["check"] += time.perf_counter() - start
        return Record(
            presentations=self.presentations,
            loss=tuple(_finite(one.loss) for one in metrics),
            recall_loss=tuple(_finite(one.recall_loss) for one in metrics),
            accuracy=tuple(_finite(one.accuracy) for one in metrics),
            recall_accuracy=tuple(_finite(one.recall_accuracy) for one in metrics),
            solved=tuple(at is not None for at in self.success_at),
        )


def chunk_updates(config: RunConfig) -> int:
    """Updates in one compiled call; it depends on the settings alone, and no result depends on it."""
    steps = config.replicates * config.batch_size * config.arrangement.length
    return max(1, min(config.check_interval, CHUNK_STEPS // steps))


def chunk_plan(config: RunConfig) -> ChunkPlan:
    """Works out what has to be compiled for a run."""
    arrangement = config.arrangement
    uneven = not config.task.equal_lengths
    some_rows_untrained = config.loss_at == "recall" and config.task.sequences_with_recall < config.task.epoch_size
    some_windows_untrained = arrangement.blocks > 1 and (uneven or config.loss_at == "recall")
    return ChunkPlan(
        time=arrangement.length,
        window=arrangement.window_steps,
        reset_every=arrangement.reset_every,
        alphabet_size=len(config.task.alphabet),
        masked=uneven or not arrangement.full,
        partial=some_rows_untrained or some_windows_untrained,
        clip_norm=config.clip_norm,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
