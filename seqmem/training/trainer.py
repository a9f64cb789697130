"""Training in compiled chunks of many updates of all replicates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from seqmem.backend.lazy import Tensor, tf
from seqmem.config.run_config import RunConfig
from seqmem.models.population import Population
from seqmem.tasks.layout import Windows
from seqmem.training.batches import Batches
from seqmem.training.chunk import ChunkPlan, compiled_trainer
from seqmem.training.construction import Construction
from seqmem.training.head import steps_at_once

# Time steps of all replicates in one compiled call: a few seconds of work, so that progress and Ctrl-C get through.
CHUNK_STEPS = 1_000_000
# What a window may keep of its steps, bytes; a longer one goes block by block. A unit has about 16 numbers a step: an
# LSTM's states, gates and their derivatives, and its output.
MOST_KEPT, BYTES_PER_UNIT = 2**26, 64


class Trainer:
    """Trains a population chunk by chunk; it knows nothing of checks, or of what is solved.

    Args:
        config: The run.
        population: Trained in place; started, or restored, by the caller.

    Attributes:
        optimizer: Of all replicates; its arrays belong into a checkpoint.
        updates_done: Batches so far, of the replicates that still train.
        time_steps: That were trained on, of all replicates together.
    """

    def __init__(self, config: RunConfig, population: Population):
        self.config = config
        self._plan = chunk_plan(config)
        self.optimizer, self._train_chunk = compiled_trainer(population, config.optimizer, self._plan)
        self.optimizer.reset(config.learning_rate)
        self._batches = Batches(config)
        self._construction = Construction(config, population)
        self._chunk = chunk_updates(config)
        self.updates_done = self.time_steps = 0

    @property
    def presentations(self) -> int:
        """Presentations so far, of the replicates that still train."""
        return self.updates_done * self.config.sequences_per_batch

    @property
    def updates_made(self) -> int:
        """Updates of all replicates together; a window without a trained step makes none."""
        return int(self.optimizer.updates.numpy().sum())

    def compile(self) -> None:
        """Compiles the chunk by making no update with it, so that compile time is known apart."""
        shape = (self._chunk, self._plan.time, self.config.replicates, self.config.batch_size)
        empty = Windows(
            np.zeros((*shape, self.config.context), np.int32),
            np.zeros(shape, np.int32),
            np.zeros(shape, bool),
            np.zeros(shape, np.float32),
            np.zeros(shape, bool),
        )
        self._run_chunk(empty, 0, np.zeros(self.config.replicates, bool))

    def advance(self, until: int, active: np.ndarray) -> np.ndarray:
        """Trains one chunk, and returns the largest error of each update, float32 `(update, replicate)`.

        The errors are those before the update, at the steps that the criterion asks for; zeros unless the run wants
        a streak of them.

        Args:
            until: Updates at which to stop, where the chunk is not full before.
            active: bool `(replicate,)`: which ones train; the others stay as they are.
        """
        stop = self._construction.next_stop(self.presentations)
        until = until if stop is None else min(until, stop)
        count = min(self._chunk, until - self.updates_done)
        windows = self._batches.take(count)
        losses, errors = self._run_chunk(windows, count, active)
        self.updates_done += count
        self.time_steps += int(windows.valid[:, :, active].sum())
        self._construction.observe(self.presentations, losses * count)
        return errors[:count]

    def state(self) -> dict[str, Any]:
        """Returns all that goes on from here beside the arrays, as JSON can hold it."""
        return {
            "updates_done": self.updates_done,
            "time_steps": self.time_steps,
            "batches": self._batches.state(),
            "construction": self._construction.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from where `state` was taken."""
        self._batches.restore(state["batches"])
        self._construction.restore(state["construction"])
        self.updates_done, self.time_steps = state["updates_done"], state["time_steps"]

    def _run_chunk(self, windows: Windows, count: int, active: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # every call has the shape that was compiled; `count` says how much of it is real
        missing = self._chunk - len(windows.targets)

        def filled(array: np.ndarray) -> Tensor:
            return tf.constant(np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1)) if missing else array)

        order = trained_first(windows.weights, self._plan.window)
        wanted = (windows.inputs, windows.targets, windows.weights, windows.valid, windows.judged, order)
        marks = (tf.constant(active), tf.constant(self._construction.joined))
        losses, errors = self._train_chunk([filled(array) for array in wanted], tf.constant(count), *marks)
        # a check reads the weights next, so wait until the chunk is done
        return losses.numpy(), errors.numpy()


def chunk_updates(config: RunConfig) -> int:
    """Updates in one compiled call; it depends on the settings alone, and no result depends on it."""
    steps = config.replicates * config.batch_size * config.layout.length
    return max(1, min(config.check_interval, CHUNK_STEPS // steps))


def chunk_plan(config: RunConfig) -> ChunkPlan:
    """Works out what has to be compiled for a run."""
    layout = config.layout
    uneven = not config.task.equal_lengths
    some_rows_untrained = config.loss_at == "recall" and config.task.sequences_with_recall < config.task.epoch_size
    some_windows_untrained = layout.blocks > 1 and (
        uneven or config.loss_at == "recall" or not config.task.asks_everywhere
    )
    all_trained = config.loss_at != "recall" and config.task.asks_everywhere and layout.lags == 1
    rows = config.replicates * config.batch_size
    block = block_steps(config)
    return ChunkPlan(
        gradient=config.gradient,
        time=layout.length,
        window=layout.window_steps,
        reset_every=layout.reset_every,
        masked=uneven or not layout.full,
        partial=some_rows_untrained or some_windows_untrained,
        head_steps=steps_at_once(block, rows, len(config.task.output_symbols), all_trained),
        block=block,
        clip_norm=config.clip_norm,
        watched=config.streak > 0,
        joining=config.cell_joins is not None,
    )


def block_steps(config: RunConfig) -> int:
    """Steps of a window that are kept at once: all, or about the square root, so that all blocks are about as long."""
    steps = config.layout.window_steps
    kept = steps * config.replicates * config.batch_size * config.units * config.layers * BYTES_PER_UNIT
    if kept <= MOST_KEPT or config.layout.reset_every < steps:
        return steps
    return -(-steps // math.isqrt(steps))


def bytes_of_training(config: RunConfig) -> int:
    """Estimates what a chunk takes beside the parameters: what is shown, what is kept of a window, and the head."""
    plan, rows = chunk_plan(config), config.replicates * config.batch_size
    # symbols, targets, weights, masks and order, as arrays and as tensors
    shown = chunk_updates(config) * plan.time * rows * (48 + 8 * config.context)
    kept = (plan.block + plan.window // plan.block) * rows * config.units * config.layers * BYTES_PER_UNIT
    outputs = plan.head_steps * rows * len(config.task.output_symbols) * 16
    return shown + kept + outputs


def trained_first(weights: np.ndarray, window: int) -> np.ndarray:
    """Returns int32 `(update, time)`: step indices in each window, those with a nonzero weight in any row first."""
    if window == 1:
        return np.zeros(weights.shape[:2], np.int32)
    trained = weights.any(axis=(2, 3)).reshape(len(weights), -1, window)
    return np.argsort(~trained, axis=-1, kind="stable").astype(np.int32).reshape(weights.shape[:2])
