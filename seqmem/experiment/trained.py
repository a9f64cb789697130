"""The weights of a stored run: those of its newest checkpoint."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np

from seqmem.backend import process
from seqmem.config.run_config import RunConfig
from seqmem.errors import DamagedFileError, SettingError
from seqmem.models.population import Population, build_population
from seqmem.results.run import Account
from seqmem.results.summary import ranked_replicates
from seqmem.storage.checkpoints import Checkpoint, Shapes, read_checkpoint
from seqmem.storage.run_directory import CHECKPOINTS, StoredRun, read_run_id

WEIGHTS = ("cell/", "head/")  # what the names of weights begin with
MOST_SLOTS = 4


@dataclasses.dataclass(frozen=True)
class TrainedRun:
    """A stored run with seed, accounts and weights (float32 `(replicate, *shape)`) of all or one of its replicates."""

    stored: StoredRun
    seed: int
    accounts: list[Account]
    weights: dict[str, np.ndarray]

    def population(self, config: RunConfig, cache: bool = True) -> Population:
        """Returns the networks of these replicates, for the run's settings or others with the same network.

        Raises:
            DamagedFileError: If the weights do not fit the settings.
        """
        process.prepare(self.stored.threads, cache)
        population = build_population(config)
        expected = {name: array.shape for name, array in population.arrays().items()}
        if expected != {name: array.shape for name, array in self.weights.items()}:
            raise DamagedFileError(self.stored.path / CHECKPOINTS, "the weights do not fit the run's settings")
        population.load(self.weights)
        return population


def read_trained(stored: StoredRun, replicate: str = "all") -> TrainedRun:
    """Reads the weights of one replicate (`best`, `worst` or a number) or `all` of a run that has a checkpoint.

    Raises:
        SettingError: If there is no such replicate.
        DamagedFileError: If no checkpoint of this run can be read.
    """
    path, config = stored.path, stored.config
    checkpoint = read_checkpoint(path / CHECKPOINTS, read_run_id(path), functools.partial(_check_shapes, config))
    weights = {name: array for name, array in checkpoint.arrays.items() if name.startswith(WEIGHTS)}
    accounts = _accounts(stored, checkpoint)
    if replicate == "all":
        return TrainedRun(stored, config.seed, accounts, weights)
    # replicate i of seed s is the run of seed s + i
    index = _chosen(replicate, stored)
    row = slice(index, index + 1)
    weights = {name: array[row] for name, array in weights.items()}
    return TrainedRun(stored, config.seed + index, accounts[row], weights)


def _check_shapes(config: RunConfig, shapes: Shapes) -> None:
    """Raises ValueError unless the weights fit the settings; called before a network of that size is built."""
    weights = {name: shape for name, shape in shapes.items() if name.startswith(WEIGHTS)}
    head = {f"head/{name}": (config.replicates, *shape) for name, shape in config.head_shapes.items()}
    if any(weights.get(name) != (shape, "float32") for name, shape in head.items()):
        raise ValueError("the weights do not fit the run's settings")
    if any(dtype != "float32" for _, dtype in weights.values()):
        raise ValueError("the weights are not 32-bit floats")
    count = sum(math.prod(shape) for shape, _ in weights.values())
    expected = config.parameter_count
    if expected is not None and count != config.replicates * expected:
        raise ValueError("the weights do not fit the run's settings")
    # an optimizer has a few slots per weight, and the streams of training and checks each hold the order of an epoch
    most = MOST_SLOTS * count + config.replicates * (2 * config.task.epoch_size + 1)
    if sum(math.prod(shape) for name, (shape, _) in shapes.items() if name not in weights) > most:
        raise ValueError("holds more than a run of these settings keeps")


def _accounts(stored: StoredRun, checkpoint: Checkpoint) -> list[Account]:
    """The account of each replicate; of an interrupted run only the presentations so far."""
    if stored.result is None:
        return [Account(checkpoint.presentations, None, False, looked=False)] * stored.config.replicates
    return [Account(each.presentations, each.met_at, each.diverged) for each in stored.result.replicates]


def _chosen(replicate: str, stored: StoredRun) -> int:
    """The number of the replicate asked for."""
    if replicate in ("best", "worst"):
        if stored.result is None:
            raise SettingError("replicate", replicate, "this run has no result yet; give a number")
        return ranked_replicates(stored.result.replicates)[0 if replicate == "best" else -1]
    count = stored.config.replicates
    if not replicate.isdigit() or int(replicate) >= count:
        raise SettingError("replicate", replicate, f"must be best, worst, all or a number below {count}")
    return int(replicate)
