"""Many replicates of one network, their parameters stacked on a leading axis."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from seqmem.config import RunConfig
from seqmem.models.backend import keras
from seqmem.models.network import Network


class Population:
    """Replicates of a network.

    Args:
        network: What they all are.
        replicates: How many.

    Attributes:
        network: The network.
        parameters: Keras variable, float32 `(replicate, parameters)`.
    """

    def __init__(self, network: Network, replicates: int):
        self.network = network
        self.parameters = keras.Variable(np.zeros((replicates, network.parameter_count), np.float32))

    def start(self, seeds: Sequence[int]) -> None:
        """Gives each replicate the parameters that its seed starts from."""
        self.parameters.assign(np.stack([self.network.initial_parameters(seed) for seed in seeds]))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns the parameters by name, float32 `(replicate, *shape)` each."""
        return dict(zip(self.network.names, self.network.split(self.parameters.numpy()), strict=True))

    def load(self, arrays: dict[str, np.ndarray]) -> None:
        """Takes over parameters as `arrays` gave them."""
        self.parameters.assign(self.network.flatten([arrays[name] for name in self.network.names]))


def build_population(config: RunConfig) -> Population:
    """Returns a population for a run; the same one again, to be started anew, where only its shape matters."""
    return _population(config.cell, config.units, len(config.task.alphabet), config.head, config.replicates)


# What is compiled hangs on a population. Trials of the same shape use it again: a new network costs memory for good.
@functools.lru_cache(maxsize=4)
def _population(cell: str, units: int, alphabet_size: int, head: str, replicates: int) -> Population:
    return Population(Network(cell, units, alphabet_size, alphabet_size, head), replicates)
